//! What can be wrong with a file and its receipt.

use std::{fmt, io};

use thiserror::Error;

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

/// One thing that differs between a file and its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The file, or the sheet in it.
    pub part: String,
    /// What differs: `size`, `sha256`, `rows` and so on.
    pub what: &'static str,
    /// What the receipt says.
    pub expected: String,
    /// What the file says.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { part, what, expected, found } = self;
        write!(f, "{part}: {what} is {found}, the receipt says {expected}")
    }
}
