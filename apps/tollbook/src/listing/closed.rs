//! The end of a list that nobody reads any more.

use std::io;

use cdr_export::ExportError;
use cdr_mediation::{MediationError, PortError};

/// Ends a list without an error if the reader has closed the pipe, as in `tollbook calls | head`.
///
/// # Errors
/// Any other error.
pub(crate) fn unless_closed(written: anyhow::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if of_output(&error).is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe) => Ok(()),
        written => written,
    }
}

/// The error of the output, among all that can fail while a list is written.
fn of_output(error: &anyhow::Error) -> Option<&io::Error> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return Some(error);
    }
    if let Some(PortError::PassedOn(error)) = error.downcast_ref::<PortError>() {
        return Some(error);
    }
    match error.downcast_ref::<MediationError>() {
        Some(MediationError::Export(ExportError::Io(error)) | MediationError::Port(PortError::PassedOn(error))) => {
            Some(error)
        }
        _ => None,
    }
}
