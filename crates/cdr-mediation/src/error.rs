//! What can go wrong in the work itself.

use cdr_export::ExportError;
use cdr_model::PortError;
use cdr_query::QueryError;
use thiserror::Error;

/// Why an export or a listing came to nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MediationError {
    /// The question is none.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The file could not be made.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The store could not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// An export is alive in the lane already.
    #[error("an export is under way in the lane `{lane}` already")]
    LaneBusy {
        /// The lane.
        lane: String,
    },
}
