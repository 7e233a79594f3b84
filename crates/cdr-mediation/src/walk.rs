//! Walks: lists that clients read page by page, over several requests. The walk keeps what all its pages have in common,
//! such as the watermark, so that every page belongs to the same answer.

use std::time::Duration;

use cdr_model::{PortError, Timestamp};

/// How long walks are kept, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkLimits {
    /// How long a walk is kept after it was last used.
    pub keep: Duration,
    /// How many walks an owner may have; the oldest ones are dropped.
    pub most: usize,
    /// How many bytes the documents of an owner's walks may have; the oldest walks are dropped, never the newest one.
    pub bytes: usize,
}

/// A walk to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewWalk<'a> {
    /// Whose answers it is of. Only they can join it.
    pub owner: &'a str,
    /// The SHA-256 of what was asked.
    pub question: [u8; 32],
    /// The offset that the first page gives out.
    pub given: u64,
    /// What the pages have in common, in the form of the dialect.
    pub document: &'a str,
}

/// A walk that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Its number; later walks have higher ones.
    pub number: i64,
    /// The highest offset that it gave out. `None` once it has given out its last page, after which it has none to give.
    pub given: Option<u64>,
    /// When it is dropped.
    pub expires_at: Timestamp,
    /// What its pages have in common, in the form of the dialect.
    pub document: String,
}

/// Where walks are kept. Processes that share a store share its walks.
pub trait Walks: Send + Sync {
    /// Keeps a walk until `now` plus the time of the limits. Expired walks are dropped, and of the owner's walks the
    /// oldest ones beyond the limits.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn begin(&self, walk: &NewWalk<'_>, limits: &WalkLimits, now: Timestamp) -> Result<(), PortError>;

    /// The newest walk of the owner for the question that gave out an offset and has not ended; the newest of all if there
    /// is none. Expired walks are not found.
    ///
    /// # Errors
    /// If the walks cannot be read.
    fn join(&self, owner: &str, question: &[u8; 32], offset: u64, now: Timestamp) -> Result<Option<Walk>, PortError>;

    /// Notes that a walk gave out an offset, or with `None` its last page, and keeps it until `expires_at`. Nothing happens
    /// if it is no longer kept.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn give(&self, number: i64, offset: Option<u64>, expires_at: Timestamp) -> Result<(), PortError>;
}

/// The length of a time in microseconds.
pub(crate) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}
