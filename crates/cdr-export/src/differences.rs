//! Errors and differences found when a file is verified against its receipt.

use std::{fmt, io};

use thiserror::Error;

/// Why a file does not match its receipt, or why the receipt is not valid.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The file could not be read.
    #[error("the file could not be read")]
    Io(#[from] io::Error),
    /// The text is not a receipt.
    #[error("this is not a receipt: {0}")]
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
    /// The receipt was changed after it was written.
    #[error("the receipt was altered: line {line}, `{found}` in place of `{expected}`")]
    Altered {
        /// The first line that differs, from 1.
        line: usize,
        /// The line that the rest of the receipt requires.
        expected: String,
        /// The line in the receipt.
        found: String,
    },
    /// The file does not match its receipt. Contains all differences.
    #[error("{}", list(.0))]
    Differs(Vec<Difference>),
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("; ")
}

/// One thing that differs between a file and its receipt. Printed as one sentence, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// A value that is not the one in the receipt.
    Value {
        /// The file, or the sheet in it.
        part: String,
        /// What differs, as a noun without an article: `size`, `SHA-256`, `number of rows` and so on.
        what: String,
        /// The value in the receipt.
        expected: String,
        /// The value in the file.
        found: String,
    },
    /// Anything else, such as a row that cannot be read, as a whole sentence.
    Statement(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Value { part, what, expected, found } => {
                write!(f, "the {what} of {part} is {found}, not {expected} as in the receipt")
            }
            Difference::Statement(sentence) => f.write_str(sentence),
        }
    }
}
