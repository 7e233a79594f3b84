//! The row of the calls of an hour.

use cdr_model::{Anchor, Timestamp};
use diesel::prelude::*;

use crate::schema::cdrs;
use crate::types::At;

/// What the calls that a row counts have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Counted {
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    pub(crate) kind: i64,
    pub(crate) service_id: i64,
    pub(crate) last_attempt: bool,
}

/// How many calls, of which all are current versions, have their instants in an hour; or by how many that changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HourRow {
    pub(crate) account_id: i64,
    pub(crate) hour: i64,
    pub(crate) customer_id: i64,
    pub(crate) kind: i64,
    pub(crate) service_id: i64,
    pub(crate) last_attempt: bool,
    pub(crate) starts: i64,
    pub(crate) connects: i64,
    pub(crate) ends: i64,
    pub(crate) bills: i64,
}

/// The columns of a call that it is counted by.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = cdrs)]
pub(crate) struct CountedRow {
    account_id: i64,
    customer_id: i64,
    kind: i64,
    service_id: i64,
    last_attempt: bool,
    pub(crate) started_at: At,
    connected_at: Option<At>,
    ended_at: Option<At>,
    billed_at: At,
}

impl CountedRow {
    pub(crate) fn counted(&self) -> Counted {
        let CountedRow { account_id, customer_id, kind, service_id, last_attempt, .. } = *self;
        Counted { account_id, customer_id, kind, service_id, last_attempt }
    }

    pub(crate) fn instant(&self, anchor: Anchor) -> Option<Timestamp> {
        match anchor {
            Anchor::Start => Some(self.started_at.0),
            Anchor::Connect => self.connected_at.map(|at| at.0),
            Anchor::End => self.ended_at.map(|at| at.0),
            Anchor::Bill => Some(self.billed_at.0),
        }
    }
}
