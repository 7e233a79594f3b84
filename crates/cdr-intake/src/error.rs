//! The errors of loading a file.

use std::io;

use cdr_export::ExportError;
use cdr_mediation::PortError;
use thiserror::Error;
use zip::result::ZipError;

use crate::feed::table::MappingError;
use crate::report::LoadReport;
use crate::share::Share;

/// Why a file cannot be loaded, or not completely. An invalid record is not an error: it goes to quarantine, and the
/// load continues.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// No feed has this name.
    #[error("there is no feed `{name}`; the feeds are {known}")]
    NoFeed {
        /// The requested name.
        name: String,
        /// The known names.
        known: String,
    },
    /// No sheet has this name.
    #[error("there is no sheet `{name}`; the sheets are {known}")]
    NoSheet {
        /// The requested name.
        name: String,
        /// The known names.
        known: String,
    },
    /// The feed has no such field to store in `extra`.
    #[error("feed `{feed}` has no field `{name}` for `extra`; it accepts {known}")]
    NoExtra {
        /// The feed's name.
        feed: &'static str,
        /// The requested field.
        name: String,
        /// The fields that can be stored.
        known: String,
    },
    /// The file's header is invalid. The whole file is rejected.
    #[error("{position}: {detail}")]
    Header {
        /// The file and the line.
        position: String,
        /// The invalid value, and what was expected.
        detail: String,
    },
    /// The input cannot be read.
    #[error("{position}: cannot be read")]
    Input {
        /// The file and the line that could not be read.
        position: String,
        /// The cause.
        source: io::Error,
    },
    /// The file is not one of the feed, or was read with a wrong setting. Nothing of it was loaded.
    #[error("{file}: {why}; nothing was loaded")]
    Refused {
        /// The file.
        file: String,
        /// What it is, and what to do.
        why: String,
    },
    /// Too many records of the file could not be read. What was loaded stays.
    #[error("{file}: {report}; {bad} of its records cannot be read, more than intake.max_bad ({most})")]
    Stopped {
        /// The file.
        file: String,
        /// The records that cannot be read.
        bad: u64,
        /// The outcome.
        report: Box<LoadReport>,
        /// The permitted share.
        most: Share,
    },
    /// The file is a ZIP archive of several files or of none.
    #[error("{file}: this is a ZIP archive of {files}; {help}")]
    Archive {
        /// The file.
        file: String,
        /// The names of the files in it.
        files: String,
        /// What to do.
        help: &'static str,
    },
    /// The file starts like a ZIP archive but cannot be read as one.
    #[error("{file}: not a readable ZIP archive")]
    Zip {
        /// The file.
        file: String,
        /// The cause.
        source: ZipError,
    },
    /// The feed reads a file by a mapping, and the settings have none.
    #[error(
        "the feed `{feed}` reads files by a mapping, and none is given; `tollbook feed guess FILE` writes a first one"
    )]
    NoMapping {
        /// The feed's name.
        feed: &'static str,
    },
    /// The mapping by which a file is to be read is invalid.
    #[error("the mapping: {0}")]
    Mapping(#[from] MappingError),
    /// A layout that a feed uses is invalid.
    #[error(transparent)]
    Layout(#[from] ExportError),
    /// The store failed to store a batch.
    #[error("the records were not stored")]
    Sink(#[from] PortError),
    /// The counts that the store reported for a batch do not add up to its number of records.
    #[error("the store reported {taken} of {given} records as loaded, known or quarantined")]
    Miscounted {
        /// The number of records in the batch.
        given: u64,
        /// The sum of the reported counts.
        taken: u64,
    },
    /// The load ended before the end of the file. The records reported as loaded stay loaded; loading the file again
    /// completes it.
    #[error("{file}: the load ended early, after {report}; load the file again to complete it")]
    Ended {
        /// The file.
        file: String,
        /// The outcome of the records read so far.
        report: Box<LoadReport>,
        /// The cause.
        source: Box<IntakeError>,
    },
}

impl IntakeError {
    /// The file cannot be loaded as it is.
    pub(crate) fn refused(file: &str, why: impl Into<String>) -> IntakeError {
        IntakeError::Refused { file: file.to_owned(), why: why.into() }
    }

    /// Whether the file is to blame: it is not what the feed and the settings expect.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            IntakeError::Refused { .. }
                | IntakeError::Stopped { .. }
                | IntakeError::Header { .. }
                | IntakeError::Archive { .. }
                | IntakeError::Zip { .. }
        )
    }
}
