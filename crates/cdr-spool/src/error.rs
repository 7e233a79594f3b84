//! Errors of delivering and storing files.

use std::io;
use std::path::PathBuf;

use cdr_files::NotOurs;
use cdr_mediation::PortError;
use thiserror::Error;

/// Why a file could not be delivered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The file exists and must not be replaced.
    #[error("{} already exists; use --replace to replace it", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The path does not end in a file name.
    #[error("{} is not a file name", .path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// Another delivery to the same target is in progress.
    #[error("another process is writing {}", .path.display())]
    Busy {
        /// The target of both.
        path: PathBuf,
    },
    /// The temporary name of the file is taken by something that this program did not leave there.
    #[error("{} is in the way: {why}; remove it, or write to a folder that only you can change", .path.display())]
    Foreign {
        /// The temporary name.
        path: PathBuf,
        /// Why it is not taken over.
        why: NotOurs,
    },
    /// The temporary file was replaced by another while it was written.
    #[error("{} was replaced while it was written; write to a folder that only you can change", .path.display())]
    Replaced {
        /// The temporary name.
        path: PathBuf,
    },
    /// An I/O error of the disk or the folder.
    #[error("{what}")]
    File {
        /// The operation that failed.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
}

/// Adds the failed operation to an I/O error.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, DeliveryError>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, DeliveryError> {
        self.map_err(|source| DeliveryError::File { what: what(), source })
    }
}

/// The error of a port for a failed delivery.
pub(crate) fn undelivered(error: DeliveryError) -> PortError {
    match error {
        DeliveryError::File { what, source } => failed(what, source),
        other => PortError::Refused(other.to_string()),
    }
}

/// The error of a port for an I/O error, with a hint for the cure. A full disk may pass.
pub(crate) fn failed(what: String, error: io::Error) -> PortError {
    let help = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            return PortError::unavailable(what + ": no space is left; free some", error);
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": the server needs permission to read and write the spool folder and the files in it"
        }
        _ => "",
    };
    PortError::failed(what + help, error)
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use cdr_mediation::PortError;

    use super::failed;

    #[test]
    fn io_errors_include_a_hint() {
        for (kind, help, may_pass) in [
            (ErrorKind::StorageFull, "a.part cannot be written: no space is left", true),
            (ErrorKind::QuotaExceeded, "a.part cannot be written: no space is left", true),
            (ErrorKind::PermissionDenied, "a.part cannot be written: the server needs permission", false),
            (ErrorKind::ReadOnlyFilesystem, "a.part cannot be written: the server needs permission", false),
            (ErrorKind::BrokenPipe, "a.part cannot be written", false),
        ] {
            let error = failed("a.part cannot be written".into(), Error::from(kind));
            assert!(error.to_string().starts_with(help), "{error}");
            assert_eq!(matches!(error, PortError::Unavailable { .. }), may_pass, "{error}");
        }
    }
}
