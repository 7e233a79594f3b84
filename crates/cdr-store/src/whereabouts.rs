//! What became of a record that someone misses.

use cdr_mediation::QuarantineEntry;
use cdr_model::{Cdr, Timestamp};

/// What is known of a missing record. It has a key or a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Its natural key, a part of it, or its call ID.
    pub key: Option<String>,
    /// The calling or the called number. Its digits count, without leading zeros.
    pub number: Option<String>,
    /// The first instant at which it may have started, and the first one after. Without it, only the whole key finds a
    /// record.
    pub around: Option<(Timestamp, Timestamp)>,
    /// Its source.
    pub source: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whereabouts {
    /// Records that may be the missing one, at most twenty, in the order of their numbers.
    pub calls: Vec<FoundCall>,
    /// Entries of the quarantine that may be it, settled ones too, at most twenty.
    pub entries: Vec<QuarantineEntry>,
    /// The records of each source before and after it.
    pub neighbours: Vec<Neighbours>,
    /// Whether all was searched: not if a million records started around it.
    pub is_whole: bool,
}

/// A record.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundCall {
    /// Its versions, the first one first. The last one is of the kind [`Withdrawn`](cdr_model::RecordKind::Withdrawn) if it
    /// is no more.
    pub versions: Vec<Cdr>,
    /// The load that stored the first of them, if it was one.
    pub load: Option<i64>,
}

/// The records of a source nearest to an instant, within a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// The source.
    pub source: String,
    /// The start of the last one before.
    pub before: Option<Timestamp>,
    /// The start of the first one at the instant or after.
    pub after: Option<Timestamp>,
}
