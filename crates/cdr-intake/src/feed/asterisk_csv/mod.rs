//! `asterisk-csv`: `Master.csv` as written by Asterisk's module `cdr_csv` (`cdr/cdr_csv.c`; settings in `cdr.conf`).
//!
//! # Columns
//!
//! No header; 16 to 21 fields per row. Always: `accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp,
//! lastdata, start, answer, end, duration, billsec, disposition, amaflags`. Then, each if its option is set: `uniqueid`
//! (`loguniqueid`), `userfield` (`loguserfield`), and `peeraccount, linkedid, sequence` (`newcdrcolumns`). The number
//! of fields determines the optional columns: 16 none, 17 one of the first two, 18 both of them, 19 the last three, 20
//! one and the last three, 21 all. If only one of `uniqueid` and `userfield` is present, it is the `uniqueid` if it
//! ends in digits, a point and digits (`1700000000.12`, `pbx-1700000000.12`).
//!
//! | column | becomes |
//! |---|---|
//! | `accountcode` | the account, and `account_given` |
//! | `src` | `calling`, else the number of `clid` |
//! | `dst` | `called` |
//! | `clid` | `calling_name`: the part before `<` of `"Name" <number>` |
//! | `start`, `answer`, `end` | `started_at`, `connected_at`, `ended_at` |
//! | `billsec` | `talk` (seconds since the answer; the call is not rated yet) |
//! | `disposition` | `release_reason`; `ANSWERED` is success |
//! | `uniqueid` | `call_id` |
//! | `linkedid`, else `uniqueid` | `group`, as `src:SOURCE:LINKEDID`, because it is unique only within one source |
//!
//! `billed_at` is the end, else the answer, else the start, and the direction is `out`; both are marked as assumed. The
//! columns `dcontext, clid, channel, dstchannel, lastapp, lastdata, duration, amaflags, userfield, peeraccount,
//! sequence` have no field and are stored in `extra` if the settings name them.
//!
//! # Traps
//!
//! * An unanswered call has an empty `answer` **without quotes**. `""` is read the same way, and so is an empty `end`.
//!   In text columns Asterisk writes null as `""`.
//! * Times are local time without an offset, or UTC with `usegmtime`; the settings name the zone. A local time that
//!   occurs twice because the clock was set back is read as the earlier instant. A local time that does not exist is
//!   moved forward. Both are marked as assumed.
//! * Names and channels may contain quotes, line breaks, and bytes that are not UTF-8. Such fields are read as Latin-1.
//! * Several rows share a `uniqueid` (transfers, queues, forks). `sequence` distinguishes them, but restarts at 0 with
//!   Asterisk, so the start is part of the key.
//! * An end before the start (the clock was set) is stored unchanged. A negative `billsec` is rejected.
//!
//! # Key
//!
//! `uniqueid/sequence/start`; without a sequence `uniqueid/start/` and the digest; without a `uniqueid`
//! `-/start/digest/` and the ordinal of the row among the equal rows of the file, from 1. A key over 200 bytes becomes
//! `sha256:` and its digest. `start` is the text of the file. The digest of a record is SHA-256 over the decoded
//! fields. A row that was stored with another number of columns is known by the 16 columns that all have, and its
//! `uniqueid`; without a `uniqueid` in both it goes to quarantine (`form-unclear`). Equal rows are counted if at most 50,000 other distinct rows are between them; Asterisk writes them next to
//! each other. Without `uniqueid`, equal rows in two files are one record.

mod columns;

#[cfg(test)]
mod tests;

use std::io::Read;

use cdr_mediation::Content;

use super::asterisk::{DISPOSITIONS, EXTRA, Map};
use super::times::is_time;
use super::{Feed, FeedSettings, Likeness, Origin, Records, checks};
use crate::clock::ClockCheck;
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::input::FileSample;
use crate::notes::Note;
use crate::rows::{CsvRecords, Mapping};

/// Asterisk's `Master.csv`.
pub struct AsteriskCsv;

impl Feed for AsteriskCsv {
    fn name(&self) -> &'static str {
        "asterisk-csv"
    }

    fn summary(&self) -> &'static str {
        "Asterisk's Master.csv (cdr_csv), 16 to 21 columns"
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn counts_rows(&self, key: &str) -> bool {
        super::asterisk::counts_rows(key)
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        if sample.rows().first().is_some_and(|row| columns::are_headings(row)) || sample.most(is_row) {
            Likeness::Certain
        } else if sample.most(|row| columns::WIDTHS.contains(&row.len())) {
            Likeness::Possible
        } else {
            Likeness::None
        }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        checks::extra(self.name(), &settings.extra, EXTRA)?;
        let unread = |source| IntakeError::Input { position: format!("{}:1", origin.file), source };
        let mut rows = Delimited::of(input, settings);
        if rows.peek_row().map_err(unread)?.is_some_and(|row| columns::are_headings(&row)) {
            rows.next(&mut Fields::default(), |_| Ok(())).map_err(unread)?;
        }
        let mapping = Rows { map: Map::new(origin, settings, None), widths: columns::Widths::new(&settings.extra) };
        Ok(Box::new(CsvRecords::new(rows, mapping, &origin.file)))
    }
}

/// Whether a row has the values of `Master.csv` in its columns.
fn is_row(row: &[String]) -> bool {
    let field = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
    columns::WIDTHS.contains(&row.len()) && is_time(field(9)) && DISPOSITIONS.contains(&field(14))
}

/// The rows of a file.
struct Rows {
    map: Map,
    widths: columns::Widths,
}

impl Mapping for Rows {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        columns::check(fields)
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        let mut content = self.map.content(fields, self.widths.of(fields)?)?;
        if let Content::Call(draft) = &mut content {
            draft.form = Some(Box::new(columns::form(fields)));
        }
        Ok(content)
    }

    fn notes(&mut self) -> Vec<Note> {
        self.map.notes()
    }

    fn clock(&self) -> Option<&ClockCheck> {
        Some(self.map.clock())
    }
}
