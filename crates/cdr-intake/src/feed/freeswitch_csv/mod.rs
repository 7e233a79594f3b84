//! `freeswitch-csv`: `Master.csv` as written by FreeSWITCH's module `mod_cdr_csv`
//! (`src/mod/event_handlers/mod_cdr_csv`; templates in `cdr_csv.conf.xml`).
//!
//! # Form
//!
//! No header; one call per line. All fields are quoted, and **quotes in them are not doubled**: a quote closes its field
//! only where the field ends. The number of fields shows the template: 15 for `example` (the default), 16 for that of
//! `mod_cdr_pg_csv`, 17 or 18 for `asterisk` and the built-in one, whose lines end with a stray semicolon, and 13 for
//! `sql`, whose lines are INSERT statements.
//!
//! | column | becomes |
//! |---|---|
//! | `accountcode` | the account, and `account_given` |
//! | `caller_id_number`, `destination_number` | `calling`, `called` |
//! | `caller_id_name`, else the name in `caller_id` | `calling_name` |
//! | `start_stamp`, `answer_stamp`, `end_stamp` | `started_at`, `connected_at`, `ended_at` |
//! | `billsec` | `talk` |
//! | `hangup_cause` | `release_reason`, and `release_cause` if Q.850 has it |
//! | `uuid` | `call_uuid`, `call_id` |
//! | `uuid` and `bleg_uuid` | `group`, as `src:SOURCE:` and the smaller one, which the legs of a call share |
//!
//! A call with an answer succeeded. `billed_at` is the end, else the answer, else the start, and the direction is `out`;
//! both are marked as assumed. Other columns are stored in `extra` if the settings name them.
//!
//! # Traps
//!
//! * Times are local, without an offset; the settings name the zone.
//! * Each call is written to `Master.csv` and to a file named after its account code, with the same UUID. If the account
//!   code is also the name of a template, the second file has other columns, which is a conflict: load one of the two.
//!
//! # Key
//!
//! The `uuid`. The digest of a record is SHA-256 over the fields.

mod map;
mod templates;

#[cfg(test)]
mod tests;

use std::io::Read;

use super::{Feed, FeedSettings, Likeness, Origin, Records, checks};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::rows::LineRecords;

/// FreeSWITCH's `Master.csv`.
pub struct FreeswitchCsv;

impl Feed for FreeswitchCsv {
    fn name(&self) -> &'static str {
        "freeswitch-csv"
    }

    fn summary(&self) -> &'static str {
        "FreeSWITCH's Master.csv (mod_cdr_csv): the templates example, asterisk, sql and that of mod_cdr_pg_csv"
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let lines = sample.lines();
        let ones = lines.iter().filter(|line| map::is_line(line)).count();
        if ones * 2 > lines.len() {
            return Likeness::Certain;
        }
        let is_possible = sample.most(|row| templates::of(row.len()).is_ok());
        if is_possible { Likeness::Possible } else { Likeness::None }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        checks::extra(self.name(), &settings.extra, templates::EXTRA)?;
        let mapping = map::Map::new(origin, settings);
        Ok(Box::new(LineRecords::new(Delimited::of(input, settings), mapping, &origin.file)))
    }
}
