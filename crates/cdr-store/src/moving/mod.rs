//! Carrying a store from a file into a database server: every row of every table, with the numbers, ids and versions it has.
//!
//! Calls and keys go in batches, each with a mark of how far the carrying has come, so that it can go on where it was cut
//! short. The rest follows in one transaction, at whose end both sides are compared; only then the counters are carried, and
//! the store is there.

mod rows;
mod verifying;

use std::fmt;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::error::{Place, StoreError, Trouble};
use crate::postgres::{self, make_room};
use crate::schema::*;
use crate::{StoreOptions, sqlite};
use rows::*;

/// Rows of a batch.
const BATCH: i64 = 5_000;
/// The mark of how far the calls have come, by their numbers; it is there while a store is being carried.
const CALLS_MARK: &str = "moving-calls";
/// The same of the keys.
const KEYS_MARK: &str = "moving-keys";
/// Where the source stood when the carrying began. While it is there, the database is no store yet.
pub(crate) const MOVING: &str = "moving-from";

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
        let watermark = self.read(|source| counter!(source, "record"))?;
        self.begin(watermark)?;
        let all = self.read(|source| cdrs::table.count().get_result::<i64>(source))?.unsigned_abs();
        let before = self.write(|target, _| cdrs::table.count().get_result::<i64>(target))?.unsigned_abs();
        let mut done = before;
        progress(done, all);
        while let carried @ 1.. = self.calls()? {
            done += carried;
            progress(done, all);
        }
        while self.keys()? > 0 {}
        let (conferences, others) = self.rest()?;
        Ok(MoveReport { before, conferences, others, watermark, ..self.finish()? })
    }

    /// Sets the marks, or finds them.
    fn begin(&mut self, watermark: i64) -> Result<(), StoreError> {
        let mark = self
            .write(|target, _| counters::table.find(MOVING).select(counters::last).first::<i64>(target).optional())?;
        match mark {
            Some(mark) if mark == watermark => Ok(()),
            Some(_) => {
                Err(self.differs("the file was written to since the first attempt; begin again with an empty database"))
            }
            None if !self.write(|target, _| is_empty(target))? => {
                Err(StoreError::NotEmpty { path: self.places[1].path.clone() })
            }
            None => self.write(|target, _| {
                let marks = [(MOVING, watermark), (CALLS_MARK, 0), (KEYS_MARK, 0)];
                let rows = marks.map(|(name, last)| (counters::name.eq(name), counters::last.eq(last)));
                diesel::insert_into(counters::table).values(rows.to_vec()).execute(target).map(drop)
            }),
        }
    }

    /// Carries the next calls, and says how many those were.
    fn calls(&mut self) -> Result<u64, StoreError> {
        let last = self.write(|target, _| counter!(target, CALLS_MARK))?;
        let rows: Vec<CallWhole> = self.read(|source| {
            let next = cdrs::table.filter(cdrs::number.gt(last)).order(cdrs::number).limit(BATCH);
            next.select(CallWhole::as_select()).load(source)
        })?;
        let Some(newest) = rows.last().map(|row| row.number) else { return Ok(0) };
        let carried = rows.len() as u64;
        let starts: Vec<_> = rows.iter().map(|row| row.started_at.0).collect();
        self.write_with(|target, engine| {
            make_room(target, engine, starts.into_iter())?;
            diesel::copy_from(cdrs::table).from_insertable(rows).execute(target)?;
            Ok(mark(target, CALLS_MARK, newest)?)
        })?;
        Ok(carried)
    }

    /// The same with keys.
    fn keys(&mut self) -> Result<u64, StoreError> {
        let last = self.write(|target, _| counter!(target, KEYS_MARK))?;
        let rows: Vec<KeyWhole> = self.read(|source| {
            let next = intake_keys::table.filter(intake_keys::number.gt(last)).order(intake_keys::number).limit(BATCH);
            next.select(KeyWhole::as_select()).load(source)
        })?;
        let Some(newest) = rows.last().map(|row| row.number) else { return Ok(0) };
        let carried = rows.len() as u64;
        self.write_with(|target, _| {
            diesel::copy_from(intake_keys::table).from_insertable(rows).execute(target)?;
            Ok(mark(target, KEYS_MARK, newest)?)
        })?;
        Ok(carried)
    }

    /// Carries all other tables, in place of what an attempt before carried. Returns how many conferences and other rows.
    fn rest(&mut self) -> Result<(u64, u64), StoreError> {
        let Moving { source, target, places, .. } = self;
        let done = target.transaction::<_, Trouble, _>(|target| {
            let emptied = "DELETE FROM licence_customers; DELETE FROM licences; DELETE FROM logins; DELETE FROM secrets; \
                           DELETE FROM operators; DELETE FROM lanes; DELETE FROM exports; DELETE FROM quarantine; \
                           DELETE FROM conferences; DELETE FROM destinations; DELETE FROM products; DELETE FROM services; \
                           DELETE FROM accounts; DELETE FROM customers; DELETE FROM sources";
            target.batch_execute(emptied)?;
            macro_rules! carry {
                ($table:ident, $row:ty) => {{
                    let rows: Vec<$row> = $table::table.select(<$row>::as_select()).load(&mut **source)?;
                    let carried = rows.len() as u64;
                    if carried > 0 {
                        diesel::copy_from($table::table).from_insertable(rows).execute(target)?;
                    }
                    carried
                }};
            }
            let others = carry!(sources, SourceWhole)
                + carry!(customers, CustomerWhole)
                + carry!(accounts, AccountWhole)
                + carry!(services, ServiceWhole)
                + carry!(products, ProductWhole)
                + carry!(destinations, DestinationWhole)
                + carry!(quarantine, EntryWhole)
                + carry!(exports, ExportWhole)
                + carry!(lanes, LaneWhole)
                + carry!(operators, OperatorWhole)
                + carry!(logins, LoginWhole)
                + carry!(secrets, SecretWhole)
                + carry!(licences, LicenceWhole)
                + carry!(licence_customers, LicenceCustomerWhole);
            Ok((carry!(conferences, ConferenceWhole), others))
        });
        done.map_err(|trouble| places[1].trouble(trouble))
    }

    /// Compares both sides, and carries the counters in place of the marks: the store is there.
    fn finish(&mut self) -> Result<MoveReport, StoreError> {
        let found = verifying::compare(self.source, self.target).map_err(|trouble| self.places[1].trouble(trouble))?;
        let report = match found {
            Ok(report) => report,
            Err(what) => return Err(self.differs(&what)),
        };
        let kept: Vec<CounterWhole> =
            self.read(|source| counters::table.select(CounterWhole::as_select()).load(source))?;
        self.write_with(|target, _| {
            diesel::delete(counters::table).execute(target)?;
            diesel::copy_from(counters::table).from_insertable(kept).execute(target)?;
            Ok(())
        })?;
        Ok(report)
    }

    fn differs(&self, what: &str) -> StoreError {
        StoreError::Differs { path: self.places[1].path.clone(), what: what.to_owned() }
    }

    fn read<T>(&mut self, work: impl FnOnce(&mut sqlite::Conn) -> QueryResult<T>) -> Result<T, StoreError> {
        work(self.source).map_err(|error| self.places[0].sql(&error))
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut postgres::Conn, &postgres::Engine) -> QueryResult<T>,
    ) -> Result<T, StoreError> {
        self.write_with(|target, engine| Ok(work(target, engine)?))
    }

    fn write_with<T>(
        &mut self,
        work: impl FnOnce(&mut postgres::Conn, &postgres::Engine) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        let engine = self.engine;
        self.target.transaction(|target| work(target, engine)).map_err(|trouble| self.places[1].trouble(trouble))
    }
}

/// Whether nothing was ever put into a database of ours.
fn is_empty(target: &mut postgres::Conn) -> QueryResult<bool> {
    let counted: i64 =
        counters::table.select(diesel::dsl::max(counters::last)).first::<Option<i64>>(target)?.unwrap_or(0);
    let operators: i64 = operators::table.count().get_result(target)?;
    Ok(counted == 0 && operators == 0)
}

fn mark(target: &mut postgres::Conn, name: &str, last: i64) -> QueryResult<()> {
    diesel::update(counters::table.find(name)).set(counters::last.eq(last)).execute(target).map(drop)
}
