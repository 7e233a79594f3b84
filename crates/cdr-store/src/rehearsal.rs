//! What storing a batch would do.

use cdr_mediation::{BatchReport, QuarantineEntry};

/// The result of [`Store::rehearse`](crate::Store::rehearse).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rehearsal {
    /// The outcome.
    pub report: BatchReport,
    /// The first records that would go to quarantine, at most ten. Those that are there already are not among them.
    pub quarantined: Vec<QuarantineEntry>,
}
