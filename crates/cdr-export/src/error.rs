//! What can go wrong with an export, and with a receipt.

use std::io;

use cdr_model::ZoneError;
use thiserror::Error;

use crate::receipt::Difference;

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

/// Why a file is not what its receipt says, or the receipt not what was written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
    /// The receipt is no receipt.
    #[error("this is no receipt: {0}")]
    NoReceipt(String),
    /// A newer program wrote the receipt, or the file.
    #[error(
        "the receipt names {what} version {found}, and this program reads up to {known}; use the Tollbook that wrote it"
    )]
    Newer {
        /// `receipt`, or `format` for the file.
        what: &'static str,
        /// Its version.
        found: u32,
        /// The last version that this program reads: [`Receipt::VERSION`](crate::Receipt::VERSION), or
        /// [`FORMAT_VERSION`](crate::FORMAT_VERSION).
        known: u32,
    },
    /// The receipt is not as it was written.
    #[error("the receipt was altered: line {line} should be `{expected}`, not `{found}`")]
    Altered {
        /// The first line that differs, from 1.
        line: usize,
        /// What the rest of the receipt asks for.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The file is not what the receipt says: everything that differs.
    #[error("the file is not what its receipt says: {}", list(.0))]
    Differs(Vec<Difference>),
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("; ")
}
