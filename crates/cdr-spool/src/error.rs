//! Why a file could not be delivered or kept.

use std::io;
use std::path::PathBuf;

use cdr_mediation::PortError;
use thiserror::Error;

/// Why a file could not be delivered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// A file of this name is there, and was not to be replaced.
    #[error("{} is there already; --replace puts the new one in its place", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The path ends in no name, so no file can be called it.
    #[error("{} is no file name", .path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// Another delivery to the same place is under way.
    #[error("another process is writing {} at this moment", .path.display())]
    Busy {
        /// The file both want to deliver.
        path: PathBuf,
    },
    /// The disk or the folder would not.
    #[error("{what}")]
    File {
        /// What could not be done.
        what: String,
        /// Why not.
        source: io::Error,
    },
}

/// Says what was being done when the disk would not.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, DeliveryError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, DeliveryError> {
        self.map_err(|source| DeliveryError::File { what: what(), source })
    }
}

/// A delivery that came to nothing, as a port says it.
pub(crate) fn undelivered(error: DeliveryError) -> PortError {
    match error {
        DeliveryError::File { what, source } => failed(what, source),
        other => PortError::Refused(other.to_string()),
    }
}

/// What the disk said, and what would help.
pub(crate) fn failed(what: String, error: io::Error) -> PortError {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ": no space is left, make room and do it again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": the server needs the right to read and write the spool's folder and what is in it"
        }
        _ => "",
    };
    PortError::failed(what + help, error)
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::failed;

    #[test]
    fn what_the_disk_said_comes_with_what_would_help() {
        for (kind, help) in [
            (ErrorKind::StorageFull, "a.part cannot be written: no space is left"),
            (ErrorKind::QuotaExceeded, "a.part cannot be written: no space is left"),
            (ErrorKind::PermissionDenied, "a.part cannot be written: the server needs the right"),
            (ErrorKind::ReadOnlyFilesystem, "a.part cannot be written: the server needs the right"),
            (ErrorKind::BrokenPipe, "a.part cannot be written"),
        ] {
            let said = failed("a.part cannot be written".into(), Error::from(kind)).to_string();
            assert!(said.starts_with(help), "{said}");
        }
    }
}
