//! Native CSV: the header, and rows with its columns.

use std::io::Read;

use cdr_mediation::Content;

use super::columns::{Column, DIGEST, KEY, SOURCE, required, sheet_of};
use super::given::Given;
use super::record::content;
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::fault::{Fault, number_of_fields, shown};
use crate::feed::InputSheet;
use crate::rows::Mapping;
use crate::text::text;

/// The columns of a file.
pub(super) struct Header {
    sheet: InputSheet,
    /// The number of columns in a row.
    width: usize,
    /// The columns that are read, by name, as their values are digested, each with its place in a row.
    columns: Vec<(usize, String, Column)>,
    /// Whether the file may be an export of a store, of which columns without a value count too.
    is_export: bool,
}

/// Reads the header. An empty file needs no header.
pub(super) fn header<R: Read>(rows: &mut Delimited<R>, file: &str, sheet: InputSheet) -> Result<Header, IntakeError> {
    let position = format!("{file}:{}", rows.line());
    let mut fields = Fields::default();
    let found = rows
        .next(&mut fields, |_| Ok(()))
        .map_err(|source| IntakeError::Input { position: position.clone(), source })?;
    let Some(found) = found else { return Ok(Header { sheet, width: 0, columns: Vec::new(), is_export: false }) };
    let rejected = |detail| IntakeError::Header { position, detail };
    if let Some(fault) = found.fault {
        return Err(rejected(format!("the header cannot be read: {}", fault.detail)));
    }
    let names: Vec<String> = fields.iter().map(|field| text(field).into_owned()).collect();
    let width = names.len();
    let mut columns = columns(sheet, names).map_err(rejected)?;
    columns.retain(|(_, _, column)| *column != Column::ReadOver);
    let is_export = [SOURCE, DIGEST, KEY].iter().all(|name| columns.iter().any(|(_, known, _)| known == name));
    Ok(Header { sheet, width, columns, is_export })
}

fn columns(sheet: InputSheet, names: Vec<String>) -> Result<Vec<(usize, String, Column)>, String> {
    let given: Vec<&str> = names.iter().map(String::as_str).collect();
    // A file of another sheet is a more likely mistake than many misspelt columns.
    let elsewhere = |detail: String| match sheet_of(&given) {
        Some(other) => format!("{detail} (these are the columns of {other})"),
        None => detail,
    };
    let mut columns = Vec::with_capacity(names.len());
    for (at, name) in given.iter().enumerate() {
        if given[..at].contains(name) {
            return Err(format!("the header names {} twice", shown(name)));
        }
        columns.push(Column::named(sheet, name).map_err(|wrong| elsewhere(format!("in the header: {wrong}")))?);
    }
    match required(sheet).iter().find(|name| !given.contains(name)) {
        Some(missing) => Err(elsewhere(format!("the header lacks `{missing}`"))),
        None => {
            let mut columns: Vec<_> =
                names.into_iter().zip(columns).enumerate().map(|(at, (name, column))| (at, name, column)).collect();
            columns.sort_unstable_by(|(_, left, _), (_, right, _)| left.cmp(right));
            Ok(columns)
        }
    }
}

impl Mapping for Header {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        let (found, expected) = (fields.len(), self.width);
        if found == expected {
            return Ok(());
        }
        Err(Fault::new("columns", format!("{}, the header has {expected}", number_of_fields(found))))
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        let texts = fields.texts();
        let mut given = Vec::with_capacity(self.columns.len());
        for (at, name, column) in &self.columns {
            let (text, quoted) = texts.get(*at).unwrap_or_default();
            let is_null = !quoted && text.is_empty();
            if !is_null || self.is_export {
                given.push(Given { name, column, is_null, text });
            }
        }
        content(self.sheet, given)
    }
}
