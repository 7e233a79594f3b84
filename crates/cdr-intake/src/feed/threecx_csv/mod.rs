//! `3cx-csv`: the log `cdr.log` of a 3CX phone system, or its files of one call each
//! (<https://www.3cx.com/docs/cdr-call-data-records/>).
//!
//! # Form
//!
//! No header; one call per line, with blank lines between. Fields are separated by commas and **not quoted**. The operator
//! chooses the columns and their order: they are those of the settings, else by their number the first 20 or 26 or all 27
//! of `historyid, callid, duration, time-start, time-answered, time-end, reason-terminated, from-no, to-no, from-dn, to-dn,
//! dial-no, reason-changed, final-number, final-dn, bill-code, bill-rate, bill-cost, bill-name, chain, from-type, to-type,
//! final-type, from-dispname, to-dispname, final-dispname, missed-queue-calls`. After the first 20, some installations have
//! `missed-queue-calls`, the names, and the types, in this order; the types show it. A heading, which some scripts add,
//! names the columns.
//!
//! | column | becomes |
//! |---|---|
//! | `time-start`, `time-answered`, `time-end` | `started_at`, `connected_at`, `ended_at` |
//! | `duration` of an answered call | `talk` |
//! | `from-no` | `calling` |
//! | `from-dispname` | `calling_name` |
//! | `dial-no`, else `to-no` | `called` |
//! | `final-number`, else `to-no` | `called_routed`, if it is another number |
//! | `bill-code` | the account, and `account_given` |
//! | `bill-cost` | `price` |
//! | `bill-rate` | `initial_rate`, `next_rate` |
//! | `reason-terminated` | `release_reason` |
//! | `historyid` without `Call` | `source_ref` |
//! | `callid`, else `historyid` | `call_id`, and `group` as `src:SOURCE:CALLID` |
//! | `to-no`, `final-number` of a call to a queue or ring group | `queue.group`, `queue.agent` |
//! | `from-dn`, `to-dn`, `final-dn` | the trunks for account rules |
//!
//! Numbers of extensions are without their `Ext.`. A call from an extension is an outgoing one, another one to an extension
//! is an incoming one; otherwise the direction is `out`, marked as assumed. A call with an answer succeeded. `billed_at` is
//! the end, else the answer, else the start, marked as assumed. Other columns are stored in `extra` if the settings name
//! them.
//!
//! # Traps
//!
//! * A comma in a name makes further fields. They are joined if only one way of joining them gives all other columns values
//!   of their kind; no value but the second part of `Example, Ada` begins with a blank. Otherwise the line is bad.
//! * Times are local, without an offset. Which clock they are of is not documented, and some installations write UTC: the
//!   settings name the zone.
//! * A transferred call has several lines with the same `callid`.
//!
//! # Key
//!
//! `historyid/callid/time-start/` and the digest of the record, as a call may have several lines that begin at the same
//! second. The digest is SHA-256 over the names and values of the columns that have one.

mod columns;
mod length;
mod map;

#[cfg(test)]
mod tests;

use std::io::Read;

use self::columns::{Layouts, is_heading, is_slashed_time};
use super::{Feed, FeedSettings, Likeness, Origin, Records, checks};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::rows::LineRecords;

/// A 3CX's log of calls.
pub struct ThreecxCsv;

impl Feed for ThreecxCsv {
    fn name(&self) -> &'static str {
        "3cx-csv"
    }

    fn summary(&self) -> &'static str {
        "the log of calls of a 3CX (cdr.log), with the default columns, all of them, or those of --columns"
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let has_heading = sample.rows().first().is_some_and(|row| is_heading(row));
        let has_times = |row: &[String]| row.iter().filter(|field| is_slashed_time(field)).count() >= 2;
        let is_marked = |row: &[String]| is_call(row) || row.iter().any(|field| field.starts_with("Chain: "));
        if has_heading || sample.most(|row| has_times(row) && is_marked(row)) {
            return Likeness::Certain;
        }
        if sample.most(has_times) { Likeness::Possible } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        checks::extra(self.name(), &settings.extra, &columns::ALL)?;
        let mut lines = Delimited::of(input, settings);
        let unread = |source| IntakeError::Input { position: format!("{}:1", origin.file), source };
        let first = lines.peek_row().map_err(unread)?.unwrap_or_default();
        let layouts = if let Some(of_heading) = Layouts::named(&first) {
            lines.next_line().map_err(unread)?;
            of_heading
        } else if settings.columns.is_empty() {
            Layouts::known()
        } else {
            Layouts::named(&settings.columns).ok_or_else(|| IntakeError::Header {
                position: origin.file.clone(),
                detail: "the columns that the settings name lack `time-start`, or both `historyid` and `callid`"
                    .to_owned(),
            })?
        };
        Ok(Box::new(LineRecords::new(lines, map::Map::new(layouts, origin, settings), &origin.file)))
    }
}

/// Whether a row begins with the number of a call.
fn is_call(row: &[String]) -> bool {
    let number = row.first().and_then(|field| field.strip_prefix("Call "));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
