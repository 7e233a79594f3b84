//! Entries of the quarantine that are read again.

use std::collections::{BTreeMap, BTreeSet};

use cdr_model::Timestamp;
use diesel::QueryResult;

use super::super::Conn;
use super::held::settle;

/// What becomes of the entries that the records of a batch are read from.
#[derive(Debug, Default)]
pub(super) struct Retries {
    /// The entry of the record that is being stored.
    entry: Option<i64>,
    /// The entries of which a record is in the store, each with its number; 0 for a row of the directory.
    done: BTreeMap<i64, i64>,
    /// The entries of which a record is not.
    stay: BTreeSet<i64>,
}

impl Retries {
    /// Begins with the next record, which is read from this entry.
    pub(super) fn begin(&mut self, entry: Option<i64>) {
        self.entry = entry;
    }

    /// The record is in the store under this number.
    pub(super) fn done(&mut self, number: i64) {
        self.done.extend(self.entry.map(|entry| (entry, number)));
    }

    /// The record cannot be stored. Returns its entry, which stays.
    pub(super) fn stays(&mut self) -> Option<i64> {
        self.stay.extend(self.entry);
        self.entry
    }

    /// Settles the entries of which all records are in the store.
    pub(super) fn settle(&self, conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
        let done = self.done.iter().filter(|(entry, _)| !self.stay.contains(entry));
        done.into_iter().try_for_each(|(entry, number)| settle(conn, *entry, *number, now))
    }
}
