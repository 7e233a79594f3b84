//! Exports as they are entered, followed and collected.

use cdr_export::Receipt;
use cdr_model::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::export::ExportRequest;
use crate::progress::Progress;

/// An export that somebody wants.
#[derive(Clone, Debug)]
pub struct ExportOrder {
    /// Who will be told how it goes: the dialect's name.
    pub dialect: String,
    /// The lane, a slot in which at most one export is alive (pending or running); `None` for as many as are wanted.
    pub lane: Option<String>,
    /// Which records, in which form.
    pub request: ExportRequest,
    /// The dialect's own words, handed back unread.
    pub memo: String,
}

/// An export in the ledger.
#[derive(Clone, Debug)]
pub struct ExportJob {
    /// Its place in the order of entry.
    pub number: i64,
    /// Its identifier.
    pub id: Uuid,
    /// Who wants it.
    pub caller: String,
    /// What was ordered.
    pub order: ExportOrder,
    /// When it was entered, by the wall clock.
    pub created_at: Timestamp,
    /// How often a worker began it.
    pub attempts: u32,
    /// How it stands.
    pub state: JobState,
}

/// How an export stands.
#[derive(Clone, Debug)]
pub enum JobState {
    /// Nobody has begun it.
    Pending,
    /// A worker is at it.
    Running(Progress),
    /// It is whole, and can be collected.
    Completed(Box<Finished>),
    /// It came to nothing.
    Failed {
        /// Why, for the one who ordered it.
        reason: String,
        /// When, by the wall clock.
        at: Timestamp,
    },
    /// It is no longer offered: too old, or another took its place in the lane.
    Withdrawn,
}

impl JobState {
    /// Whether it is still to be done.
    pub fn is_alive(&self) -> bool {
        matches!(self, JobState::Pending | JobState::Running(_))
    }
}

/// What a finished export left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// What it contains.
    pub receipt: Receipt,
    /// Its key in the spool.
    pub file: String,
    /// When its results were taken, in seconds since 1970 by the wall clock; raised above the last one of its lane, so
    /// that no two files of a lane share it.
    pub tag: i64,
    /// When it was finished, by the wall clock.
    pub at: Timestamp,
}
