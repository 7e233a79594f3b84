//! What has changed since a record number.

use cdr_model::Cdr;

/// Calls and charges in the order of their commits, as of a watermark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallChanges {
    /// The changes, by the numbers of their versions.
    pub changes: Vec<CallChange>,
    /// The number after which to go on: every change up to it is among these.
    pub next: i64,
}

/// The latest version of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallChange {
    /// The version. One of the kind [`Withdrawn`](cdr_model::RecordKind::Withdrawn) says that the call is no more.
    pub call: Cdr,
    /// The customers of earlier versions.
    pub before: Vec<i64>,
}
