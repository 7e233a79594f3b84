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

/// The error of a port for a failed delivery to a spool that is open.
pub(crate) fn undelivered(error: DeliveryError) -> PortError {
    match error {
        DeliveryError::File { what, source } => interrupted(what, source),
        other => PortError::Refused(other.to_string()),
    }
}

/// The error of a port for an I/O error when a spool is opened, with a hint for the cure. A full disk may pass.
pub(crate) fn failed(what: String, error: io::Error) -> PortError {
    let what = what + hint(error.kind());
    if is_full(error.kind()) { PortError::unavailable(what, error) } else { PortError::failed(what, error) }
}

/// The same for a spool that is open. It could be written before, so what its volume, its mount or its network can cause
/// may pass, too.
pub(crate) fn interrupted(what: String, error: io::Error) -> PortError {
    match is_full(error.kind()) || is_lost(&error) {
        true => PortError::unavailable(what + hint(error.kind()), error),
        false => failed(what, error),
    }
}

fn hint(kind: io::ErrorKind) -> &'static str {
    match kind {
        _ if is_full(kind) => ": no space is left; free some",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": the server needs permission to read and write the spool folder and the files in it"
        }
        _ => "",
    }
}

fn is_full(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Errors of devices without a kind, by their numbers on Linux, macOS and the BSDs: `EIO`, `ENXIO` and `ENODEV`.
const OF_DEVICES: [i32; 3] = [5, 6, 19];

/// Whether a volume that is unmounted, mounted read-only, or reached over a network can cause the error.
fn is_lost(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionReset, HostUnreachable, NetworkDown, NetworkUnreachable, NotConnected, NotFound,
        PermissionDenied, ReadOnlyFilesystem, StaleNetworkFileHandle, TimedOut,
    };
    let of_folder = matches!(error.kind(), NotFound | PermissionDenied | ReadOnlyFilesystem);
    let of_network = matches!(
        error.kind(),
        StaleNetworkFileHandle
            | TimedOut
            | NotConnected
            | ConnectionReset
            | ConnectionAborted
            | HostUnreachable
            | NetworkUnreachable
            | NetworkDown
    );
    of_folder || of_network || error.raw_os_error().is_some_and(|code| OF_DEVICES.contains(&code))
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use cdr_mediation::PortError;

    use super::{failed, interrupted};

    #[test]
    fn io_errors_include_a_hint_and_may_pass_once_the_spool_is_open() {
        let (full, refused) = (": no space is left", ": the server needs permission");
        for (error, hint, at_start, later) in [
            (Error::from(ErrorKind::StorageFull), full, true, true),
            (ErrorKind::QuotaExceeded.into(), full, true, true),
            (ErrorKind::PermissionDenied.into(), refused, false, true),
            (ErrorKind::ReadOnlyFilesystem.into(), refused, false, true),
            (ErrorKind::NotFound.into(), "", false, true),
            (ErrorKind::StaleNetworkFileHandle.into(), "", false, true),
            (ErrorKind::NotConnected.into(), "", false, true),
            (ErrorKind::TimedOut.into(), "", false, true),
            // Input/output error, no such device or address, no such device.
            (Error::from_raw_os_error(5), "", false, true),
            (Error::from_raw_os_error(6), "", false, true),
            (Error::from_raw_os_error(19), "", false, true),
            (ErrorKind::BrokenPipe.into(), "", false, false),
            (ErrorKind::NotADirectory.into(), "", false, false),
            (ErrorKind::InvalidInput.into(), "", false, false),
        ] {
            let again = error.raw_os_error().map_or_else(|| Error::from(error.kind()), Error::from_raw_os_error);
            for (error, may_pass) in [
                (failed("a cannot be written".into(), again), at_start),
                (interrupted("a cannot be written".into(), error), later),
            ] {
                assert!(error.to_string().starts_with(&format!("a cannot be written{hint}")), "{error}");
                assert_eq!(matches!(error, PortError::Unavailable { .. }), may_pass, "{error:?}");
            }
        }
    }
}
