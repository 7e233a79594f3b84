//! The parts that a transaction changes.

use std::collections::HashMap;

use cdr_model::{Anchor, Timestamp};

use super::super::{Conn, write_parts};
use super::{ALL_ACCOUNTS, mark};
use crate::error::TransactionError;
use crate::rows::PartRow;

/// The parts that a transaction changes, which are written before it ends.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// The starts of the first and the last call in each part, by account and part.
    parts: HashMap<(i64, i64), (i64, i64)>,
}

impl Touched {
    /// Notes a call by its account and its instants.
    pub(crate) fn call(
        &mut self,
        account_id: i64,
        started_at: Timestamp,
        instant: impl Fn(Anchor) -> Option<Timestamp>,
    ) {
        let start = started_at.micros();
        let mut noted = None;
        for at in Anchor::ALL.into_iter().filter_map(instant) {
            // Most instants of a call are in one hour.
            if noted != Some(at.hour()) {
                noted = Some(at.hour());
                self.part((ALL_ACCOUNTS, at.hour()), start);
                self.part((account_id, at.day()), start);
            }
        }
    }

    fn part(&mut self, key: (i64, i64), start: i64) {
        let (earliest, latest) = self.parts.entry(key).or_insert((start, start));
        (*earliest, *latest) = ((*earliest).min(start), (*latest).max(start));
    }

    /// Writes the new versions, with the last record number that the transaction gives.
    pub(crate) fn write(self, conn: &mut Conn, number: i64) -> Result<(), TransactionError> {
        let mark = mark();
        let row = |((account_id, part), (earliest, latest))| PartRow {
            account_id,
            part,
            touched_by: number,
            mark,
            earliest,
            latest,
        };
        let mut rows: Vec<PartRow> = self.parts.into_iter().map(row).collect();
        rows.sort_unstable_by_key(|row| (row.account_id, row.part));
        Ok(write_parts(conn, &rows)?)
    }
}
