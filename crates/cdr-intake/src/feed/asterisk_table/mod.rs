//! `asterisk-table`: call detail records of the Asterisk family whose first line names the columns, or whose columns the
//! settings name: exports of the table `cdr` of FreePBX, Issabel, MySQL and ODBC, files of `cdr_custom`, and of a
//! Grandstream UCM (`configs/samples/cdr_custom.conf.sample` of Asterisk; FreePBX, "CDR database").
//!
//! # Form
//!
//! Fields are separated by commas, semicolons, tabs or bars, which the first line shows. Quotes are those of RFC 4180.
//! The first line is a heading if it names `start` or `calldate`, `dst` and `billsec`, in any order and case, among other
//! columns. A file without a heading has the columns of the settings, else those of the sample configuration of
//! `cdr_custom`: `clid, src, dst, dcontext, channel, dstchannel, lastapp, lastdata, start, answer, end, duration,
//! billsec, disposition, amaflags, accountcode, uniqueid, userfield, sequence`.
//!
//! The columns become the fields that those of [`asterisk_csv`](super::asterisk_csv) become, with keys of the same form. The
//! digest of a record is SHA-256 over the names and values of the columns that Asterisk has, so neither their order nor
//! other columns change it; `\N` is
//! a missing value. A table without the columns `answer` and `end`, such as that of FreePBX, has the end `duration` after
//! the start, and an answered call the answer `billsec` before its end. A column without a field, also one with a
//! heading of its own, is stored in `extra` if the settings name it.
//!
//! # Traps
//!
//! * A Grandstream UCM does not quote `lastdata`, whose commas then separate fields. Further fields are counted as its
//!   parts if the heading has `AcctId`.
//! * `duration` and `billsec` may have fractions, and times too. Times may be seconds since 1970.

#[cfg(test)]
mod tests;

use std::io::Read;

use cdr_mediation::Content;

use super::asterisk::{Columns, DISPOSITIONS, Map};
use super::times::is_time;
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::clock::ClockCheck;
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::fault::{Fault, number_of_fields};
use crate::input::FileSample;
use crate::notes::Note;
use crate::rows::{CsvRecords, Mapping};

/// The columns in the sample configuration of `cdr_custom`.
const CUSTOM: [&str; 19] = [
    "clid",
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "accountcode",
    "uniqueid",
    "userfield",
    "sequence",
];
/// The bytes that may separate fields, the most frequent one first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// A missing value, as MySQL writes it (<https://dev.mysql.com/doc/refman/8.4/en/load-data.html>).
const NULL: &str = "\\N";

/// A table of the Asterisk family.
pub struct AsteriskTable;

impl Feed for AsteriskTable {
    fn name(&self) -> &'static str {
        "asterisk-table"
    }

    fn summary(&self) -> &'static str {
        "a table of call detail records of the Asterisk family, with or without a heading: FreePBX, cdr_custom, MySQL"
    }

    fn reads_lines(&self) -> bool {
        true
    }

    fn counts_rows(&self, key: &str) -> bool {
        super::asterisk::counts_rows(key)
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        match heading(sample) {
            (_, Some(_)) => Likeness::Certain,
            (_, None) if sample.most(is_custom_row) => Likeness::Certain,
            (_, None) => Likeness::None,
        }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let unread = |source| IntakeError::Input { position: format!("{}:1", origin.file), source };
        let mut rows = Delimited::of(input, settings);
        let first = rows.peek().map_err(unread)?.map(|line| FileSample::of(line, true)).unwrap_or_default();
        let (separator, heading) = heading(&first);
        let mut rows = rows.separated_by(separator);
        let columns = match heading {
            Some(names) => {
                rows.next(&mut Fields::default(), |_| Ok(())).map_err(unread)?;
                Columns::named(&names, &settings.extra).digested_by_name(&names)
            }
            None if settings.columns.is_empty() => Columns::named(&CUSTOM, &settings.extra).digested_by_name(&CUSTOM),
            None => Columns::named(&settings.columns, &settings.extra).digested_by_name(&settings.columns),
        };
        if !columns.are_enough() {
            let detail = "the columns that the settings name lack `start`, `dst` or `billsec`".to_owned();
            return Err(IntakeError::Header { position: origin.file.clone(), detail });
        }
        let mapping = Table { map: Map::new(origin, settings, Some(NULL)), columns };
        Ok(Box::new(CsvRecords::new(rows, mapping, &origin.file)))
    }
}

/// What separates the fields of a file, and the names in its first line, if it is a heading.
fn heading(sample: &FileSample) -> (u8, Option<Vec<String>>) {
    let first = |separator: u8| sample.rows_by(separator.into()).next().unwrap_or_default();
    let named = |separator: u8| Some(first(separator)).filter(|names| Columns::named(names, &[]).are_enough());
    let found = SEPARATORS.into_iter().find_map(|separator| Some((separator, named(separator)?)));
    match found {
        Some((separator, names)) => (separator, Some(names)),
        // The first one of those that give most fields.
        None => (SEPARATORS.into_iter().rev().max_by_key(|separator| first(*separator).len()).unwrap_or(b','), None),
    }
}

/// Whether a row has the values of `cdr_custom` in its columns.
fn is_custom_row(row: &[String]) -> bool {
    let field = |at: usize| row.get(at).map(String::as_str).unwrap_or_default();
    row.len() == CUSTOM.len() && is_time(field(8)) && DISPOSITIONS.contains(&field(13))
}

/// The rows of a table.
struct Table {
    map: Map,
    columns: Columns,
}

impl Mapping for Table {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        let (found, expected) = (fields.len(), self.columns.width);
        if found == expected || (self.columns.splits_lastdata && found > expected) {
            return Ok(());
        }
        Err(Fault::new("columns", format!("{}, the table has {expected}", number_of_fields(found))))
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        self.map.content(fields, &self.columns)
    }

    fn notes(&mut self) -> Vec<Note> {
        self.map.notes()
    }

    fn clock(&self) -> Option<&ClockCheck> {
        Some(self.map.clock())
    }
}
