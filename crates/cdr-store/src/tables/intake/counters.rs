//! The numbers that a transaction assigns.

use super::super::parts::NOTED;
use super::super::{Conn, Engine};
use diesel::QueryResult;
use diesel::prelude::*;

use crate::schema::counters;

/// The last numbers assigned. They are read first and written last in a transaction that holds the write lock of
/// records, so numbers become visible in order and without gaps.
#[derive(Debug)]
pub(crate) struct Counters {
    record: i64,
    quarantine: i64,
    directory: i64,
    before: (i64, i64, i64),
    /// Whether the parts of all records up to now are noted.
    noted: bool,
}

impl Counters {
    /// Reads the counters.
    pub(crate) fn read(conn: &mut Conn) -> QueryResult<Counters> {
        let mut last = |name: &str| counters::table.find(name).select(counters::last).first::<i64>(conn);
        let (record, quarantine, directory) = (last("record")?, last("quarantine")?, last("directory")?);
        let noted: Option<i64> = counters::table.find(NOTED).select(counters::last).first(conn).optional()?;
        let noted = noted == Some(record);
        Ok(Counters { record, quarantine, directory, before: (record, quarantine, directory), noted })
    }

    /// The next record number.
    pub(crate) fn next_record(&mut self) -> i64 {
        self.record += 1;
        self.record
    }

    /// The last record number given.
    pub(crate) fn last_record(&self) -> i64 {
        self.record
    }

    /// The last number of a quarantine entry.
    pub(crate) fn last_entry(&self) -> i64 {
        self.quarantine
    }

    /// The next number of a quarantine entry.
    pub(crate) fn next_entry(&mut self) -> i64 {
        self.quarantine += 1;
        self.quarantine
    }

    /// Notes that the directory has changed.
    pub(crate) fn directory_moved(&mut self) {
        self.directory = self.before.2 + 1;
    }

    /// Writes the counters that have changed. The parts of the records are written before.
    pub(crate) fn write(self, conn: &mut Conn, engine: &Engine) -> QueryResult<()> {
        let moved = [
            (engine.record_counter(), self.record, self.before.0),
            (NOTED, if self.noted { self.record } else { self.before.0 }, self.before.0),
            ("quarantine", self.quarantine, self.before.1),
            ("directory", self.directory, self.before.2),
        ];
        for (name, now, _) in moved.into_iter().filter(|(_, now, before)| now != before) {
            diesel::update(counters::table.find(name)).set(counters::last.eq(now)).execute(conn)?;
        }
        Ok(())
    }

    /// Increments the counter of the directory, in a transaction that changes no other counter.
    pub(crate) fn move_directory(conn: &mut Conn) -> QueryResult<()> {
        let directory = counters::table.find("directory");
        diesel::update(directory).set(counters::last.eq(counters::last + 1)).execute(conn).map(drop)
    }
}
