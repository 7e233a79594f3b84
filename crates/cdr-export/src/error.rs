//! What can go wrong with an export.

use std::io;

use cdr_model::ZoneError;
use thiserror::Error;

/// Why an export came to nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The output could not be written, or a helper thread not started.
    #[error("the file could not be written")]
    Io(#[from] io::Error),
    /// No layout has this name.
    #[error("there is no layout `{name}`; there are {known}")]
    UnknownLayout {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// A layout says something that cannot be.
    #[error("layout `{layout}`: {what}")]
    Layout {
        /// Its name.
        layout: String,
        /// Where, what was found, and what would be right.
        what: String,
    },
    /// No format has this name.
    #[error("there is no format `{name}`; there are {known}")]
    UnknownFormat {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// No package has this name.
    #[error("there is no package `{name}`; there are plain, gzip and zip")]
    UnknownPackage {
        /// The name asked for.
        name: String,
    },
    /// No time zone has this name.
    #[error(transparent)]
    UnknownZone(#[from] ZoneError),
    /// The package holds one sheet only.
    #[error("a {package} file holds one sheet, not {sheets}: take zip, or ask for one of them")]
    OneSheet {
        /// Its name.
        package: &'static str,
        /// The sheets there would be.
        sheets: String,
    },
    /// A second sheet of the same file name.
    #[error("there is already a `{0}` in the file")]
    SameName(String),
    /// The sheet takes rows of another kind.
    #[error("sheet `{sheet}` does not take {given}")]
    OtherRows {
        /// Its name.
        sheet: String,
        /// What it was given.
        given: &'static str,
    },
    /// The file is not whole: it has no sheet yet, or one of them failed.
    #[error("the file is not whole: {0}")]
    NotWhole(&'static str),
    /// The archive cannot hold what it was given.
    #[error("the archive could not be written: {0}")]
    Archive(String),
    /// The rows could not be compressed.
    #[error("the rows could not be compressed: {0}")]
    Deflate(String),
}

impl From<rawzip::Error> for ExportError {
    fn from(error: rawzip::Error) -> ExportError {
        match error.into_kind() {
            rawzip::ErrorKind::IO(error) => ExportError::Io(error),
            other => ExportError::Archive(other.to_string()),
        }
    }
}
