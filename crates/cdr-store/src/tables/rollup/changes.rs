//! The changes of a transaction to the numbers of calls.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use cdr_model::{Anchor, Timestamp};

use super::super::parts::{COUNTS, mark, set};
use super::super::{Conn, write_counts};
use super::ALL_ACCOUNTS;
use crate::error::TransactionError;
use crate::rows::{Counted, HourRow};

/// The changes to the numbers of calls that a transaction makes, which are written before it ends.
#[derive(Debug, Default)]
pub(crate) struct HourChanges {
    /// By how many the numbers of each row change, in the order of [`Anchor::ALL`].
    changes: HashMap<(Counted, i64), [i64; 4]>,
}

impl HourChanges {
    /// Adds a call, or takes a version away, in the hours that are wanted.
    fn change(
        &mut self,
        counted: Counted,
        by: i64,
        instant: impl Fn(Anchor) -> Option<Timestamp>,
        is_wanted: impl Fn(i64) -> bool,
    ) {
        let of_all = Counted { account_id: ALL_ACCOUNTS, customer_id: ALL_ACCOUNTS, ..counted };
        for (at, anchor) in Anchor::ALL.into_iter().enumerate() {
            let Some(hour) = instant(anchor).map(Timestamp::hour).filter(|hour| is_wanted(*hour)) else { continue };
            for counted in [counted, of_all] {
                let changes = self.changes.entry((counted, hour)).or_default();
                changes[at] += by;
            }
        }
    }

    /// Adds a call.
    pub(crate) fn add(&mut self, counted: Counted, instant: impl Fn(Anchor) -> Option<Timestamp>) {
        self.change(counted, 1, instant, |_| true);
    }

    /// Takes a version away that was replaced.
    pub(crate) fn take_away(&mut self, counted: Counted, instant: impl Fn(Anchor) -> Option<Timestamp>) {
        self.change(counted, -1, instant, |_| true);
    }

    /// Adds a call in these hours only.
    pub(super) fn add_within(
        &mut self,
        counted: Counted,
        instant: impl Fn(Anchor) -> Option<Timestamp>,
        hours: &RangeInclusive<i64>,
    ) {
        self.change(counted, 1, instant, |hour| hours.contains(&hour));
    }

    /// Writes the changes.
    pub(crate) fn write(self, conn: &mut Conn) -> Result<(), TransactionError> {
        let changed = self.changes.into_iter().filter(|(_, changes)| *changes != [0; 4]);
        let mut rows: Vec<HourRow> = changed.map(|((counted, hour), changes)| row(counted, hour, changes)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_unstable_by_key(|row| (row.account_id, row.hour, row.customer_id, row.kind, row.service_id));
        write_counts(conn, &rows)?;
        Ok(set(conn, COUNTS, mark())?)
    }
}

fn row(counted: Counted, hour: i64, [starts, connects, ends, bills]: [i64; 4]) -> HourRow {
    let Counted { account_id, customer_id, kind, service_id, last_attempt } = counted;
    HourRow { account_id, hour, customer_id, kind, service_id, last_attempt, starts, connects, ends, bills }
}
