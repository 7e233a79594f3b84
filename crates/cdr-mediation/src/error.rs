//! The errors of mediation.

use cdr_export::ExportError;
use cdr_model::PortError;
use cdr_query::QueryError;
use thiserror::Error;

use crate::limits::ReachedLimit;

/// Why an export or a list failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MediationError {
    /// The query is invalid.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The file could not be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
    /// An export is already alive in the lane.
    #[error("an export is already pending or running in the lane `{lane}`")]
    LaneBusy {
        /// The lane.
        lane: String,
    },
    /// The limit of exports is reached.
    #[error("{0}")]
    LimitReached(ReachedLimit),
}
