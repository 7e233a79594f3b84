//! The errors of an export.

use std::io;

use cdr_deflate::DeflateError;
use cdr_model::ZoneError;
use thiserror::Error;

/// Why an export failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The output could not be written, or a worker thread could not be started.
    #[error("the file could not be written")]
    Io(#[from] io::Error),
    /// No layout has this name.
    #[error("there is no layout `{name}`; the layouts are {known}")]
    UnknownLayout {
        /// The requested name.
        name: String,
        /// The known names.
        known: String,
    },
    /// A layout is invalid.
    #[error("layout `{layout}`: {what}")]
    Layout {
        /// Its name.
        layout: String,
        /// The location, the invalid value, and the valid ones.
        what: String,
    },
    /// No format has this name.
    #[error("there is no format `{name}`; the formats are {known}")]
    UnknownFormat {
        /// The requested name.
        name: String,
        /// The known names.
        known: String,
    },
    /// No package has this name.
    #[error("there is no package `{name}`; the packages are plain, gzip and zip")]
    UnknownPackage {
        /// The requested name.
        name: String,
    },
    /// No time zone has this name.
    #[error(transparent)]
    UnknownZone(#[from] ZoneError),
    /// The package holds one sheet only.
    #[error("a {package} file holds one sheet, not {sheets}: use zip, or select one of them")]
    OneSheet {
        /// The name of the package.
        package: &'static str,
        /// The names of the sheets.
        sheets: String,
    },
    /// A second sheet has the same file name.
    #[error("the file already contains a sheet `{0}`")]
    SameName(String),
    /// The sheet holds rows of another kind.
    #[error("sheet `{sheet}` does not hold {given}")]
    OtherRows {
        /// The name of the sheet.
        sheet: String,
        /// The kind of the given rows.
        given: &'static str,
    },
    /// The file is incomplete: it has no sheet yet, or one of its sheets failed.
    #[error("the file is incomplete: {0}")]
    NotWhole(&'static str),
    /// The archive could not be written, for example because a limit of its format was exceeded.
    #[error("the archive could not be written: {0}")]
    Archive(String),
    /// The rows could not be compressed.
    #[error("the rows could not be compressed: {0}")]
    Deflate(#[from] DeflateError),
}

impl From<rawzip::Error> for ExportError {
    fn from(error: rawzip::Error) -> ExportError {
        match error.into_kind() {
            rawzip::ErrorKind::IO(error) => ExportError::Io(error),
            other => ExportError::Archive(other.to_string()),
        }
    }
}
