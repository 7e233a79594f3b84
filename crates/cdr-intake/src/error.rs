//! Why a file cannot be loaded, or not to its end.

use std::io;

use cdr_export::ExportError;
use cdr_mediation::PortError;
use thiserror::Error;
use zip::result::ZipError;

use crate::report::LoadReport;

/// Why a file cannot be loaded, or not to its end. What is wrong with one record of it is no error: such a record goes
/// to quarantine and the load goes on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// No feed has this name.
    #[error("there is no feed `{name}`, there is {known}")]
    NoFeed {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No sheet has this name.
    #[error("`{name}` is no sheet of a feed, there are {known}")]
    NoSheet {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// The feed knows no such field to keep beside the record.
    #[error("feed `{feed}` has no field `{name}` to keep in `extra`, it has {known}")]
    NoExtra {
        /// The feed's name.
        feed: &'static str,
        /// The field asked for.
        name: String,
        /// The fields that can be kept.
        known: String,
    },
    /// The file's header is none: the whole file is refused.
    #[error("{position}: {detail}")]
    Header {
        /// The file and the line.
        position: String,
        /// What was found, and what would be right.
        detail: String,
    },
    /// The input cannot be read.
    #[error("{position}: cannot be read")]
    Input {
        /// The file and the line that was to be read.
        position: String,
        /// Why.
        source: io::Error,
    },
    /// The file begins as a ZIP archive and is none that can be read.
    #[error("{file}: not a ZIP archive that can be read")]
    Zip {
        /// The file.
        file: String,
        /// Why.
        source: ZipError,
    },
    /// A layout that a feed reads by is none.
    #[error(transparent)]
    Layout(#[from] ExportError),
    /// The store did not take a batch.
    #[error("the records were not taken")]
    Sink(#[from] PortError),
    /// The store says of a batch that other records became of it than it was given.
    #[error("of {given} records the store says that {taken} were loaded, known or quarantined")]
    Miscounted {
        /// Records in the batch.
        given: u64,
        /// The sum of what the store says.
        taken: u64,
    },
    /// The load ended before the end of the file. What it says was loaded stays; loading the file again finishes it.
    #[error("{file}: the load ended early, after {report}; load the file again to finish it")]
    Ended {
        /// The file.
        file: String,
        /// What became of the records until then.
        report: Box<LoadReport>,
        /// Why it ended.
        source: Box<IntakeError>,
    },
}
