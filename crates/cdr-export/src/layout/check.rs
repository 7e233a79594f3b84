//! Validation of layouts beyond their grammar.

use std::collections::BTreeSet;

use cdr_model::{CdrField, ConferenceField, Field};

use super::column::{Column, ColumnContent};
use super::sheet::{Layout, Sheet, SheetContent};
use crate::error::ExportError;

impl Layout {
    /// Checks that everything in the layout can be printed. [`Layout::read`] does this check. A layout built in code is
    /// checked when a file is created with it.
    ///
    /// # Errors
    /// [`ExportError::Layout`].
    pub fn check(&self) -> Result<(), ExportError> {
        self.fault().map_err(|what| ExportError::Layout { layout: self.name.clone(), what })
    }

    fn fault(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("it has no `name`".to_owned());
        }
        if self.sheets.is_empty() {
            return Err("it has no `sheets`".to_owned());
        }
        if let Some(archive) = self.archive.as_deref().filter(|name| !is_file_name(name)) {
            return Err(format!("archive `{archive}`: {FILE_NAMES}"));
        }
        let mut files = BTreeSet::new();
        for sheet in &self.sheets {
            sheet.fault().map_err(|what| format!("sheet `{}`: {what}", sheet.name))?;
            if !files.insert((&sheet.name, &sheet.extension)) {
                return Err(format!("sheet `{}`: the name is used twice", sheet.name));
            }
        }
        Ok(())
    }
}

impl Sheet {
    fn fault(&self) -> Result<(), String> {
        if !is_file_name(&self.file_name("x")) || self.name.is_empty() {
            return Err(format!("the file would be called `{}`: {FILE_NAMES}", self.file_name("…")));
        }
        if self.columns.is_empty() {
            return Err("it has no `columns`".to_owned());
        }
        if self.rows != SheetContent::Calls && !self.kinds.is_call() {
            return Err("only a sheet of calls (rows = \"calls\") takes `kinds`".to_owned());
        }
        let mut headings = BTreeSet::new();
        for column in &self.columns {
            column.fault(self.rows).map_err(|what| format!("column `{}`: {what}", column.heading))?;
            if !headings.insert(&column.heading) {
                return Err(format!("column `{}`: the heading is used twice", column.heading));
            }
        }
        Ok(())
    }
}

impl Column {
    fn fault(&self, rows: SheetContent) -> Result<(), String> {
        match (rows, &self.content) {
            (_, ColumnContent::Constant(_)) | (SheetContent::Counts, ColumnContent::Summary(_)) => match self.style {
                Some(style) => Err(format!("its style is for {}, but it prints text or counts", style.kind())),
                None => Ok(()),
            },
            (SheetContent::Counts, ColumnContent::Field { field, .. }) => {
                Err(format!("a sheet of counts has no field `{field}`; it takes `summary` and `constant`"))
            }
            (_, ColumnContent::Summary(_)) => {
                Err("only a sheet of counts (rows = \"counts\") takes `summary`".to_owned())
            }
            (SheetContent::Calls, ColumnContent::Field { .. }) => self.fields::<CdrField>().map(drop),
            (SheetContent::Conferences, ColumnContent::Field { .. }) => self.fields::<ConferenceField>().map(drop),
            // The fields of custom records are not known yet.
            (SheetContent::Records, ColumnContent::Field { .. }) => Ok(()),
        }
    }

    /// The fields of the column in the catalogue `F`, in the order in which they are tried. Empty if the column prints
    /// no field.
    pub(crate) fn fields<F: Field>(&self) -> Result<Vec<F>, String> {
        let ColumnContent::Field { field, or, .. } = &self.content else { return Ok(Vec::new()) };
        let fields = std::iter::once(field)
            .chain(or)
            .map(|name| F::named(name).map_err(|error| error.to_string()))
            .collect::<Result<Vec<F>, String>>()?;
        match self.style {
            Some(style) if fields.iter().all(|field| field.kind() != style.kind()) => {
                Err(format!("its style is for {}, but field `{field}` holds {}", style.kind(), fields[0].kind()))
            }
            _ => Ok(fields),
        }
    }
}

const FILE_NAMES: &str = "file names consist of letters, digits, `-`, `_` and `.`, and start with a letter or digit";

fn is_file_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
