//! `table`: any delimited file, or file of a JSON object per line, by a [mapping](TableMapping) from its columns to the fields
//! of a call. A feed whose files have such a form is a mapping in a file of its own; see `yeti_csv`.
//!
//! # Form
//!
//! The mapping says what separates fields, how quotes are read, which lines come before the table, and whether a heading
//! names the columns. Names are compared without regard to case and blanks around them. Columns may be named by their
//! place, from 1. The members of JSON objects are named by dotted paths.
//!
//! The values become those of the [native](super::native) format, and the call is made of them as there. A value that is
//! missing in the mapping follows from others: the end is `duration` after the start, or `talk` after the answer; the answer
//! of a call that succeeded is `talk` before the end; a call succeeded if it has an answer, or else talk.
//!
//! # Key
//!
//! The columns that the mapping names as the key. Without a value in them, the digest and the number of the row among
//! equal rows of the file. The digest of a record is SHA-256 over the names and values of the columns that the mapping
//! names, so neither the order of columns nor other columns change it.

mod built_in;
mod cells;
mod document;
mod guess;
mod length;
mod map;
mod mapping;
mod mapping_error;
mod moment;
mod objects;
mod rows;
mod rule;

#[cfg(test)]
mod tests;

use std::io::Read;

pub use built_in::BuiltIn;
pub use guess::guess_mapping;
pub use mapping::TableMapping;
pub use mapping_error::MappingError;

use self::document::Form;
use self::map::Map;
use super::{Feed, FeedSettings, Likeness, Origin, Records};
use crate::delimited::Delimited;
use crate::error::IntakeError;
use crate::input::FileSample;
use crate::rows::{CsvRecords, LineRecords};

/// Any table, by the mapping of the settings.
pub struct Table;

impl Feed for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn summary(&self) -> &'static str {
        "any delimited file, or file of a JSON object per line, by a mapping: `tollbook feed guess` writes a first one"
    }

    fn takes_mapping(&self) -> bool {
        true
    }

    fn likeness(&self, _: &FileSample) -> Likeness {
        Likeness::Possible
    }

    fn open<'a>(
        &self,
        input: Box<dyn Read + 'a>,
        origin: &Origin,
        settings: &FeedSettings,
    ) -> Result<Box<dyn Records + 'a>, IntakeError> {
        let mapping = settings.mapping.as_ref().ok_or(IntakeError::NoMapping { feed: self.name() })?;
        open(mapping, input, origin, settings)
    }
}

/// Starts reading a file by a mapping.
fn open<'a>(
    mapping: &TableMapping,
    input: Box<dyn Read + 'a>,
    origin: &Origin,
    settings: &FeedSettings,
) -> Result<Box<dyn Records + 'a>, IntakeError> {
    let settings = &FeedSettings { quoting: settings.quoting.or(Some(mapping.quoting)), ..settings.clone() };
    let mut lines = Delimited::of(input, settings).separated_by(mapping.delimiter);
    if let Some(comment) = &mapping.comment {
        lines = lines.commented_by(comment);
    }
    let map = Map::new(mapping, origin, settings);
    if mapping.form == Form::Delimited {
        let rows = rows::rows(&mut lines, map, &origin.file, settings)?;
        return Ok(Box::new(CsvRecords::new(lines, rows, &origin.file)));
    }
    for _ in 0..mapping.skip {
        let position = format!("{}:{}", origin.file, lines.line());
        lines.next_line().map_err(|source| IntakeError::Input { position, source })?;
    }
    let objects = objects::Objects { map, extra: settings.extra.clone() };
    Ok(Box::new(LineRecords::new(lines, objects, &origin.file)))
}
