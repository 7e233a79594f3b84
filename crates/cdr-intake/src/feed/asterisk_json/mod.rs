//! `asterisk-json`: call detail records of the Asterisk family as JSON objects: files of `cdr_custom` with `format=json`
//! (`configs/samples/cdr_custom.conf.sample` of Asterisk), answers of the CDR API of a Grandstream UCM (Grandstream, "CDR &
//! REC API"), and `Cdr` events of the manager interface that a program has written as JSON
//! (<https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/Cdr/>).
//!
//! # Form
//!
//! Objects, one on each line or over several lines, or the elements of a list: `[…]`, or the member `cdr` or `cdr_root` of
//! an object. The members are columns by their names, in any order and case; `start` or `calldate`, `dst` and `billsec` are
//! required. An object with `StartTime` and `BillableSeconds` has the names of a `Cdr` event. Values are strings, numbers
//! (read digit by digit), `true`, `false`, or `null` for a missing value. A record has at most 1 MiB.
//!
//! The columns become the fields that those of [`asterisk_table`](super::asterisk_table) become, with the same keys and
//! digests: the same record as a row of a table with the same columns adds nothing. A member without a field is stored in
//! `extra` if the settings name it.
//!
//! # Traps
//!
//! * A UCM sums up a call of several parts as `main_cdr` and writes the parts as `sub_cdr_1` and so on. The records are the
//!   parts, or else `main_cdr`. If the object cannot be read, none of them is loaded.
//! * A line that begins with `{` begins a record. An object over several lines has its inner objects further to the right.

mod members;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::Read;

use cdr_mediation::Content;

use super::asterisk::{Columns, Map};
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::clock::ClockCheck;
use crate::documents::{DocumentMapping, DocumentRecords, Documents, Objects};
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::input::FileSample;
use crate::json::{names_of_beginning, not_json};
use crate::lines::joined;
use crate::notes::Note;
use crate::text::text;

/// The members of an object that hold records as a list.
const LISTS: &[&str] = &["cdr", "cdr_root"];

/// Call detail records of the Asterisk family as JSON objects.
pub struct AsteriskJson;

impl Feed for AsteriskJson {
    fn name(&self) -> &'static str {
        "asterisk-json"
    }

    fn summary(&self) -> &'static str {
        "call detail records of the Asterisk family as JSON: cdr_custom, Grandstream UCM, Cdr events"
    }

    fn stated_second(&self, key: &str) -> Option<i64> {
        super::asterisk::stated_second_of(key)
    }

    /// Documents need nothing before them.
    fn file_of(&self, _: &[u8], documents: &[&[u8]]) -> Vec<u8> {
        joined(b"", documents)
    }

    fn likeness(&self, sample: &FileSample) -> Likeness {
        let beginning = sample.beginning().trim_start();
        if !beginning.starts_with(['{', '[']) {
            return Likeness::None;
        }
        let names = names_of_beginning(beginning);
        let is_one = Columns::named(&members::columns(&names), &[]).are_enough();
        if is_one { Likeness::Certain } else { Likeness::Possible }
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let documents = Documents::new(input, Objects::in_lists(LISTS), settings.end);
        let mapping = Members {
            map: Map::new(origin, settings, None),
            extra: settings.extra.clone(),
            names: Vec::new(),
            columns: Columns::default(),
        };
        Ok(Box::new(DocumentRecords::new(documents, mapping, &origin.file)))
    }
}

/// Objects and what was seen in them.
struct Members {
    map: Map,
    extra: Vec<String>,
    /// The names of the last object, and the columns that they are.
    names: Vec<String>,
    columns: Columns,
}

impl Members {
    /// The records of an object.
    fn calls(&mut self, document: &str, notes: &mut Vec<Note>) -> Result<Vec<Content>, Fault> {
        let objects = members::records(serde_json::from_str(document).map_err(not_json)?)?;
        objects.into_iter().map(|object| self.call(object, notes)).collect()
    }

    fn call(&mut self, object: members::Texts<'_>, notes: &mut Vec<Note>) -> Result<Content, Fault> {
        let (names, values): (Vec<String>, Vec<Cow<'_, str>>) = object.into_iter().unzip();
        if names != self.names {
            let columns = members::columns(&names);
            self.columns = Columns::named(&columns, &self.extra).digested_by_name(&columns);
            self.names = names;
        }
        if !self.columns.are_enough() {
            return Err(Fault::new("field-missing", "the object lacks `start`, `dst` or `billsec`"));
        }
        let content = self.map.content(&values, &self.columns)?;
        notes.extend(self.map.notes());
        Ok(content)
    }
}

impl DocumentMapping for Members {
    fn contents(&mut self, document: &[u8], notes: &mut Vec<Note>) -> Vec<Result<Content, Fault>> {
        match self.calls(&text(document), notes) {
            Ok(contents) => contents.into_iter().map(Ok).collect(),
            Err(fault) => {
                notes.clear();
                vec![Err(fault)]
            }
        }
    }

    fn clock(&self) -> Option<&ClockCheck> {
        Some(self.map.clock())
    }
}
