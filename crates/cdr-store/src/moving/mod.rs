//! Moves a store from a file into a database server: every row of every table, with its numbers, ids and versions.
//!
//! Calls and keys are copied in batches. Each batch updates a mark of the progress, so that an interrupted move can be
//! resumed. The other tables follow in one transaction. Then both sides are compared, and the counters are copied last.
//! The database is a store only once it has them.

mod tables;
mod verifying;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::error::{Place, StoreError, TransactionError};
use crate::postgres::{self, MOVING, make_room};
use crate::schema::{cdrs, counters, operators, secrets};
use crate::types::At;
use crate::{StoreOptions, sqlite};
use tables::Column;

/// Rows of a batch.
const BATCH: i64 = 5_000;
/// The tables that are copied in batches, each with the name of the counter that marks its progress.
const IN_BATCHES: [(&str, &str); 2] = [("cdrs", "moving-calls"), ("intake_keys", "moving-keys")];
/// The other tables; a referenced table precedes the tables that refer to it.
const OTHERS: [&str; 16] = [
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
    "walks",
];
/// The table that is copied last and makes the database a store.
const LAST: &str = "counters";

/// The value of a counter.
macro_rules! counter {
    ($conn:expr, $name:expr) => {
        counters::table.find($name).select(counters::last).first::<i64>($conn)
    };
}

/// The content that was moved and verified to be identical on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveReport {
    /// Calls and charges, all versions.
    pub calls: u64,
    /// The calls and charges among them that an earlier attempt had copied.
    pub before: u64,
    /// Conferences, all versions.
    pub conferences: u64,
    /// Rows of all other tables.
    pub others: u64,
    /// Total talk time of all versions, in microseconds.
    pub talk_us: i128,
    /// Sum of the prices of all versions and currencies, in hundred-millionths, each rounded down. A checksum, not a
    /// billing amount.
    pub price: i128,
    /// The highest record number.
    pub watermark: i64,
}

impl fmt::Display for MoveReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MoveReport { calls, conferences, others, talk_us, watermark, .. } = self;
        write!(
            f,
            "{calls} calls and charges ({} seconds of talk time), {conferences} conferences and {others} other rows, up \
             to record {watermark}; both sides are identical",
            talk_us / 1_000_000
        )
    }
}

/// Moves the store of a file into an empty database, or resumes an interrupted move of the same file. The file is
/// locked against writes meanwhile and is not changed. `progress` is called with the number of calls copied so far and
/// their total number.
///
/// # Errors
/// When either store cannot be opened; [`StoreError::NotEmpty`] for a database with other content;
/// [`StoreError::Differs`] if the file was changed between two attempts, or if the two sides differ at the end. Rows
/// copied before an error stay, and the next attempt continues after them.
pub fn move_store(
    from: &Path,
    to: &str,
    options: &StoreOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<MoveReport, StoreError> {
    let (source, _) = sqlite::open(from, false, options)?;
    let (target, _) = postgres::open_incomplete(to, true, options)?;
    let (source_place, target_place) = (source.0.place.clone(), target.0.place.clone());
    let mut reading = source.writer()?;
    let mut writing = target.writer()?;
    // The target is idle while the file is read.
    let no_timeout = writing.batch_execute("SET idle_in_transaction_session_timeout = 0");
    no_timeout.map_err(|error| target_place.sql(&error))?;
    // The lock is held until the end: other writers of the file wait, or fail with `StoreError::Locked`.
    reading.batch_execute("BEGIN IMMEDIATE").map_err(|error| source_place.sql(&error))?;
    let moving = Moving {
        source: &mut reading,
        target: &mut writing,
        engine: &target.0.engine,
        places: [source_place, target_place],
    };
    let moved = moving.run(progress);
    // Nothing was written to the file.
    let _ = reading.batch_execute("ROLLBACK");
    moved
}

struct Moving<'a> {
    source: &'a mut sqlite::Conn,
    target: &'a mut postgres::Conn,
    engine: &'a postgres::Engine,
    /// The source and the target.
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

    /// Fails if the file has a table that this module does not know, or lacks one.
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

    /// Creates the progress marks, or finds those of an earlier attempt.
    fn begin(&mut self, watermark: i64) -> Result<(), StoreError> {
        let mark = self.write(|target, _| Ok(counter!(target, MOVING).optional()?))?;
        match mark {
            Some(mark) if mark == watermark => Ok(()),
            Some(_) => {
                let why = "the file was changed after the first attempt; start again with an empty database";
                Err(self.differs(why.to_owned()))
            }
            None if !self.write(|target, _| Ok(is_empty(target)?))? => {
                Err(StoreError::NotEmpty { path: self.places[1].path.clone() })
            }
            None => self.write(|target, _| {
                // Processes that have the database open find no counter to lock, and so cannot write.
                diesel::delete(counters::table).execute(target)?;
                let marks = IN_BATCHES.map(|(_, mark)| (mark, 0)).into_iter().chain([(MOVING, watermark)]);
                let rows: Vec<_> =
                    marks.map(|(name, last)| (counters::name.eq(name), counters::last.eq(last))).collect();
                diesel::insert_into(counters::table).values(rows).execute(target)?;
                Ok(())
            }),
        }
    }

    /// Copies the next rows in the order of their record numbers, and returns their number.
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

    /// Copies whole tables in one transaction, replacing their content, such as that of an earlier attempt.
    fn whole(&mut self, names: &[&str]) -> Result<(), StoreError> {
        let columns = names.iter().map(|table| self.columns(table)).collect::<Result<Vec<_>, _>>()?;
        let Moving { source, target, places, .. } = self;
        let done = target.transaction::<_, TransactionError, _>(|target| {
            for table in names.iter().rev() {
                target.batch_execute(&format!("DELETE FROM {table}"))?;
            }
            for (table, columns) in names.iter().zip(&columns) {
                let mut at = 0;
                loop {
                    // Customers refer to each other, so one statement inserts all of them.
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
        done.map_err(|error| places[1].error(error))
    }

    /// Compares the content of both sides.
    fn compare(&mut self) -> Result<verifying::Held, StoreError> {
        let all: Vec<&'static str> = IN_BATCHES.iter().map(|(table, _)| *table).chain(OTHERS).collect();
        let held = verifying::held(self.source, self.target, &all);
        let (here, there) = held.map_err(|error| self.places[1].error(error))?;
        if here == there {
            return Ok(there);
        }
        Err(self.differs(format!("the file holds {here:?}, the database {there:?}")))
    }

    fn columns(&mut self, table: &str) -> Result<Vec<Column>, StoreError> {
        let found = tables::columns(self.source, self.target, table);
        found.map_err(|error| self.places[1].error(error))?.map_err(|what| self.differs(what))
    }

    fn differs(&self, what: String) -> StoreError {
        StoreError::Differs { path: self.places[1].path.clone(), what }
    }

    fn read<T>(&mut self, work: impl FnOnce(&mut sqlite::Conn) -> QueryResult<T>) -> Result<T, StoreError> {
        work(self.source).map_err(|error| self.places[0].sql(&error))
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut postgres::Conn, &postgres::Engine) -> Result<T, TransactionError>,
    ) -> Result<T, StoreError> {
        let engine = self.engine;
        self.target.transaction(|target| work(target, engine)).map_err(|error| self.places[1].error(error))
    }
}

/// Whether nothing was ever stored in the tables of this crate.
fn is_empty(target: &mut postgres::Conn) -> QueryResult<bool> {
    let counted = counters::table.select(diesel::dsl::max(counters::last)).first::<Option<i64>>(target)?;
    let operators: i64 = operators::table.count().get_result(target)?;
    let secrets: i64 = secrets::table.count().get_result(target)?;
    Ok(counted.unwrap_or(0) == 0 && operators == 0 && secrets == 0)
}
