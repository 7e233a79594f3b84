//! Carrying a store from a file into a database server: every row of every table, with the numbers, ids and versions it has.
//!
//! Calls and keys go in batches, each with a mark of how far the carrying has come, so that it can go on where it was cut
//! short. The rest follows in one transaction, at whose end both sides are compared; only then the counters are carried, and
//! the store is there.

mod tables;
mod verifying;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::error::{Place, StoreError, Trouble};
use crate::postgres::{self, MOVING, make_room};
use crate::schema::{cdrs, counters, operators, secrets};
use crate::types::At;
use crate::{StoreOptions, sqlite};
use tables::Column;

/// Rows of a batch.
const BATCH: i64 = 5_000;
/// What goes in batches, each with the name of the mark of how far it has come.
const IN_BATCHES: [(&str, &str); 2] = [("cdrs", "moving-calls"), ("intake_keys", "moving-keys")];
/// The other tables, those first that others refer to.
const OTHERS: [&str; 15] = [
    "sources",
    "customers",
    "accounts",
    "services",
    "products",
    "destinations",
    "quarantine",
    "conferences",
    "exports",
    "lanes",
    "operators",
    "logins",
    "secrets",
    "licences",
    "licence_customers",
];
/// What makes a database a store when it is carried.
const LAST: &str = "counters";

/// Where a counter stands.
macro_rules! counter {
    ($conn:expr, $name:expr) => {
        counters::table.find($name).select(counters::last).first::<i64>($conn)
    };
}

/// What was carried, and found to be the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveReport {
    /// Calls and charges, all versions.
    pub calls: u64,
    /// Those that an earlier attempt had carried already.
    pub before: u64,
    /// Conferences, all versions.
    pub conferences: u64,
    /// Rows of all other tables.
    pub others: u64,
    /// Microseconds talked, over all versions.
    pub talk_us: i128,
    /// Prices over all versions and currencies, in hundred-millionths and rounded down each: to compare, not to bill.
    pub price: i128,
    /// The last record number.
    pub watermark: i64,
}

impl fmt::Display for MoveReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MoveReport { calls, conferences, others, talk_us, watermark, .. } = self;
        write!(
            f,
            "{calls} calls and charges ({} seconds talked), {conferences} conferences and {others} other rows, everything up \
             to record {watermark}: the same on both sides",
            talk_us / 1_000_000
        )
    }
}

/// Carries the store of a file into a database that is empty, or into which it was being carried when that was cut short.
/// Nobody writes to the file meanwhile; it stays as it is. `progress` is told how many calls are there of how many.
///
/// # Errors
/// When either cannot be opened; [`StoreError::NotEmpty`] for a database with something else in it;
/// [`StoreError::Differs`] when the file was changed between two attempts, or the two sides are not the same in the end.
/// What was carried so far stays, and is gone on with the next time.
pub fn move_store(
    from: &Path,
    to: &str,
    options: &StoreOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<MoveReport, StoreError> {
    let (source, _) = sqlite::open(from, false, options)?;
    let (target, _) = postgres::open_even_half(to, true, options)?;
    let (source_place, target_place) = (source.0.place.clone(), target.0.place.clone());
    let mut reading = source.writer()?;
    let mut writing = target.writer()?;
    // It is idle while the file is read.
    let patient = writing.batch_execute("SET idle_in_transaction_session_timeout = 0");
    patient.map_err(|error| target_place.sql(&error))?;
    // Held until the end: who would write to the file waits, or is told that it is busy.
    reading.batch_execute("BEGIN IMMEDIATE").map_err(|error| source_place.sql(&error))?;
    let moving = Moving {
        source: &mut reading,
        target: &mut writing,
        engine: &target.0.engine,
        places: [source_place, target_place],
    };
    let moved = moving.run(progress);
    // Nothing was written.
    let _ = reading.batch_execute("ROLLBACK");
    moved
}

struct Moving<'a> {
    source: &'a mut sqlite::Conn,
    target: &'a mut postgres::Conn,
    engine: &'a postgres::Engine,
    /// Of the source, and of the target.
    places: [Place; 2],
}

impl Moving<'_> {
    fn run(mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<MoveReport, StoreError> {
        self.know_all_tables()?;
        let watermark = self.read(|source| counter!(source, "record"))?;
        self.begin(watermark)?;
        let all = self.read(|source| cdrs::table.count().get_result::<i64>(source))?.unsigned_abs();
        let before = self.write(|target, _| Ok(cdrs::table.count().get_result::<i64>(target)?))?.unsigned_abs();
        let mut done = before;
        progress(done, all);
        for (table, mark) in IN_BATCHES {
            let columns = self.columns(table)?;
            while let carried @ 1.. = self.batch(table, mark, &columns)? {
                done += if table == "cdrs" { carried } else { 0 };
                progress(done, all);
            }
        }
        self.whole(&OTHERS)?;
        let held = self.compare()?;
        self.whole(&[LAST])?;
        let rows =
            |table: &str| held.rows.iter().filter(|(of, _)| *of == table).map(|(_, rows)| rows.unsigned_abs()).sum();
        Ok(MoveReport {
            calls: held.calls,
            before,
            conferences: rows("conferences"),
            others: OTHERS.iter().filter(|table| **table != "conferences").map(|table| rows(table)).sum(),
            talk_us: held.talk_us,
            price: held.price,
            watermark,
        })
    }

    /// Refuses to leave a table behind.
    fn know_all_tables(&mut self) -> Result<(), StoreError> {
        let there = self.read(tables::names)?;
        let known = IN_BATCHES.iter().map(|(table, _)| *table).chain(OTHERS).chain([LAST]);
        let known: BTreeSet<String> = known.map(str::to_owned).collect();
        if there == known {
            Ok(())
        } else {
            Err(self.differs(format!("the file has the tables {there:?}, not {known:?}")))
        }
    }

    /// Sets the marks, or finds them.
    fn begin(&mut self, watermark: i64) -> Result<(), StoreError> {
        let mark = self.write(|target, _| Ok(counter!(target, MOVING).optional()?))?;
        match mark {
            Some(mark) if mark == watermark => Ok(()),
            Some(_) => {
                let why = "the file was written to since the first attempt; begin again with an empty database";
                Err(self.differs(why.to_owned()))
            }
            None if !self.write(|target, _| Ok(is_empty(target)?))? => {
                Err(StoreError::NotEmpty { path: self.places[1].path.clone() })
            }
            None => self.write(|target, _| {
                // Whoever has the database open already can give no number any more, and so writes nothing.
                diesel::delete(counters::table).execute(target)?;
                let marks = IN_BATCHES.map(|(_, mark)| (mark, 0)).into_iter().chain([(MOVING, watermark)]);
                let rows: Vec<_> =
                    marks.map(|(name, last)| (counters::name.eq(name), counters::last.eq(last))).collect();
                diesel::insert_into(counters::table).values(rows).execute(target)?;
                Ok(())
            }),
        }
    }

    /// Carries the next rows, in the order of their record numbers, and says how many those were.
    fn batch(&mut self, table: &str, mark: &str, columns: &[Column]) -> Result<u64, StoreError> {
        let last = self.write(|target, _| Ok(counter!(target, mark)?))?;
        let which = format!("WHERE number > {last} ORDER BY number LIMIT {BATCH}");
        let rows = self.read(|source| tables::read(source, table, columns, &which))?;
        let Some(newest) = rows.newest else { return Ok(0) };
        let starts: Vec<At> = match table {
            "cdrs" => self.read(|source| {
                let carried = cdrs::table.filter(cdrs::number.gt(last)).filter(cdrs::number.le(newest));
                carried.select(cdrs::started_at).load(source)
            })?,
            _ => Vec::new(),
        };
        self.write(|target, engine| {
            make_room(target, engine, starts.into_iter().map(|start| start.0))?;
            tables::write(target, table, columns, &rows)?;
            diesel::update(counters::table.find(mark)).set(counters::last.eq(newest)).execute(target)?;
            Ok(())
        })?;
        Ok(rows.count.unsigned_abs())
    }

    /// Carries whole tables in one transaction, in place of what is there, also of an attempt before.
    fn whole(&mut self, names: &[&str]) -> Result<(), StoreError> {
        let columns = names.iter().map(|table| self.columns(table)).collect::<Result<Vec<_>, _>>()?;
        let Moving { source, target, places, .. } = self;
        let done = target.transaction::<_, Trouble, _>(|target| {
            for table in names.iter().rev() {
                target.batch_execute(&format!("DELETE FROM {table}"))?;
            }
            for (table, columns) in names.iter().zip(&columns) {
                let mut at = 0;
                loop {
                    // Customers refer to one another, so they come together.
                    let most = if *table == "customers" { i64::MAX } else { BATCH };
                    let which = format!("ORDER BY 1, 2 LIMIT {most} OFFSET {at}");
                    let rows = tables::read(source, table, columns, &which)?;
                    tables::write(target, table, columns, &rows)?;
                    at += rows.count;
                    if rows.count < most {
                        break;
                    }
                }
            }
            Ok(())
        });
        done.map_err(|trouble| places[1].trouble(trouble))
    }

    /// What both sides hold.
    fn compare(&mut self) -> Result<verifying::Held, StoreError> {
        let all: Vec<&'static str> = IN_BATCHES.iter().map(|(table, _)| *table).chain(OTHERS).collect();
        let held = verifying::held(self.source, self.target, &all);
        let (here, there) = held.map_err(|trouble| self.places[1].trouble(trouble))?;
        if here == there {
            return Ok(there);
        }
        Err(self.differs(format!("the file holds {here:?}, the database {there:?}")))
    }

    fn columns(&mut self, table: &str) -> Result<Vec<Column>, StoreError> {
        let found = tables::columns(self.source, self.target, table);
        found.map_err(|trouble| self.places[1].trouble(trouble))?.map_err(|what| self.differs(what))
    }

    fn differs(&self, what: String) -> StoreError {
        StoreError::Differs { path: self.places[1].path.clone(), what }
    }

    fn read<T>(&mut self, work: impl FnOnce(&mut sqlite::Conn) -> QueryResult<T>) -> Result<T, StoreError> {
        work(self.source).map_err(|error| self.places[0].sql(&error))
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut postgres::Conn, &postgres::Engine) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let engine = self.engine;
        self.target.transaction(|target| work(target, engine)).map_err(|trouble| self.places[1].trouble(trouble))
    }
}

/// Whether nothing was ever put into a database of ours.
fn is_empty(target: &mut postgres::Conn) -> QueryResult<bool> {
    let counted = counters::table.select(diesel::dsl::max(counters::last)).first::<Option<i64>>(target)?;
    let operators: i64 = operators::table.count().get_result(target)?;
    let secrets: i64 = secrets::table.count().get_result(target)?;
    Ok(counted.unwrap_or(0) == 0 && operators == 0 && secrets == 0)
}
