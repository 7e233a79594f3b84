//! Moves a store: every row of every table, with its numbers, ids and versions, from a file or a database into another
//! file or database.
//!
//! Calls and keys are copied in batches. Each batch updates a mark of the progress, so that an interrupted move can be
//! resumed. The other tables follow in one transaction. Then both sides are compared, and the counters are copied last.
//! The target is a store only once it has them.

mod columns;
mod side;
mod verifying;

use std::collections::BTreeSet;
use std::fmt;

use cdr_model::Timestamp;
use diesel::prelude::*;

use crate::error::{MOVING, OLDER_DETAILS, StoreError};
use crate::postgres::GIVEN;
use crate::schema::cdrs;
use crate::types::At;
use crate::{StoreAddress, StoreOptions};
use columns::{MovedColumn, StoreKind};
use side::{Named, Side};
use verifying::Held;

/// Rows of a batch.
const BATCH: i64 = 5_000;
/// Chunks of kept lines of a batch, each of which has the lines of up to 5,000 records.
const CHUNKS: i64 = 20;
/// The tables that are copied in batches, each with the name of the counter that marks its progress.
const IN_BATCHES: [(&str, &str); 2] = [("cdrs", "moving-calls"), ("intake_keys", "moving-keys")];
/// The other tables; a referenced table precedes the tables that refer to it.
const OTHERS: [&str; 25] = [
    "sources",
    "customers",
    "accounts",
    "services",
    "products",
    "destinations",
    "line_contexts",
    "kept_lines",
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
    "part_versions",
    "hourly_counts",
    "loads",
    "load_ranges",
    "watched_files",
    "source_hours",
    "transactions",
];
/// The table that is copied last and makes the target a store.
const LAST: &str = "counters";

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

/// Moves a store into an empty database or a new file, or resumes an interrupted move of the same store. The source is
/// locked against writes meanwhile and is not changed, but for the upgrade of an older one. `progress` is called with
/// the number of calls copied so far and their total number.
///
/// # Errors
/// When either store cannot be opened; [`StoreError::Locked`] if other programs write to the source or have a target
/// file open; [`StoreError::NotEmpty`] for a target with other content; [`StoreError::Differs`] if the source was
/// changed between two attempts, or if the two sides differ at the end. Rows copied before an error stay, and the next
/// attempt continues after them.
pub fn move_store(
    from: &StoreAddress,
    to: &StoreAddress,
    options: &StoreOptions,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<MoveReport, StoreError> {
    let source = Side::source(from, options)?;
    let target = Side::target(to, options)?;
    Moving { source, target }.run(progress)
}

struct Moving {
    source: Side,
    target: Side,
}

impl Moving {
    fn run(mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<MoveReport, StoreError> {
        self.know_all_tables()?;
        let watermark = counter(&mut self.source, "record")?.unwrap_or(0);
        self.begin(watermark)?;
        let calls = "SELECT count(*) AS value FROM cdrs";
        let all = self.source.number(calls)?.unwrap_or(0).unsigned_abs();
        let before = self.target.number(calls)?.unwrap_or(0).unsigned_abs();
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
        self.target.settle()?;
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

    /// Fails if the source has a table that this module does not know, or lacks one. A database may have tables of
    /// other programs.
    fn know_all_tables(&mut self) -> Result<(), StoreError> {
        let there = self.source.tables()?;
        let known = tables();
        let agree = if self.source.kind() == StoreKind::File { there == known } else { there.is_superset(&known) };
        if agree { Ok(()) } else { Err(self.differs(format!("the source has the tables {there:?}, not {known:?}"))) }
    }

    /// Creates the progress marks, or finds those of an earlier attempt.
    fn begin(&mut self, watermark: i64) -> Result<(), StoreError> {
        match counter(&mut self.target, MOVING)? {
            Some(mark) if mark == watermark => return Ok(()),
            Some(_) => {
                let why = "the source was changed after the first attempt; start again with an empty target";
                return Err(self.differs(why.to_owned()));
            }
            None => {}
        }
        // Nothing was ever stored. The counter of the directory moves with migrations too; these tables begin empty,
        // and customers with nobody.
        let kept = "SELECT coalesce(max(last), 0) + (SELECT count(*) FROM operators) + (SELECT count(*) FROM secrets) \
                    + (SELECT count(*) FROM sources) + (SELECT count(*) FROM customers WHERE id <> 0) \
                    + (SELECT count(*) FROM accounts) + (SELECT count(*) FROM products) \
                    + (SELECT count(*) FROM destinations) AS value FROM counters WHERE name <> 'directory'";
        if self.target.number(kept)? != Some(0) {
            return Err(StoreError::NotEmpty { path: self.target.place().path.clone() });
        }
        // Processes that have a database open find no counter to lock, and so cannot write.
        let marks = IN_BATCHES.map(|(_, mark)| (mark, 0)).into_iter().chain([(MOVING, watermark)]);
        let marks = marks.map(|(name, last)| format!("INSERT INTO counters (name, last) VALUES ('{name}', {last})"));
        let statements: Vec<String> = std::iter::once("DELETE FROM counters".to_owned()).chain(marks).collect();
        self.target.run(&statements)
    }

    /// Copies the next rows in the order of their record numbers, and returns their number.
    fn batch(&mut self, table: &str, mark: &str, columns: &[MovedColumn]) -> Result<u64, StoreError> {
        let last = counter(&mut self.target, mark)?.unwrap_or(0);
        let which = format!("WHERE number > {last} ORDER BY number LIMIT {BATCH}");
        let rows = self.source.read(table, columns, &which)?;
        let Some(newest) = rows.newest else { return Ok(0) };
        if table == "cdrs" {
            let starts = self.starts(last, newest)?;
            self.target.make_room(&starts)?;
        }
        let marked = format!("UPDATE counters SET last = {newest} WHERE name = '{mark}'");
        self.target.write(table, columns, &rows, &marked)?;
        Ok(rows.count.unsigned_abs())
    }

    /// When the calls after a number and up to another one start.
    fn starts(&mut self, after: i64, upto: i64) -> Result<Vec<Timestamp>, StoreError> {
        if self.target.kind() == StoreKind::File {
            return Ok(Vec::new());
        }
        let carried = || cdrs::table.filter(cdrs::number.gt(after)).filter(cdrs::number.le(upto));
        let starts: QueryResult<Vec<At>> = match &mut self.source {
            Side::File(_, conn) => carried().select(cdrs::started_at).load(&mut **conn),
            Side::Server(_, conn) => carried().select(cdrs::started_at).load(&mut **conn),
        };
        let starts = starts.map_err(|error| self.source.place().sql(&error))?;
        Ok(starts.into_iter().map(|start| start.0).collect())
    }

    /// Copies whole tables in one transaction, replacing their content, such as that of an earlier attempt.
    fn whole(&mut self, names: &[&str]) -> Result<(), StoreError> {
        let columns = names.iter().map(|table| self.columns(table)).collect::<Result<Vec<_>, _>>()?;
        let emptied: Vec<String> = names.iter().rev().map(|table| format!("DELETE FROM {table}")).collect();
        let Moving { source, target } = self;
        target.together(|target| {
            target.run(&emptied)?;
            for (table, columns) in names.iter().zip(&columns) {
                let most = match *table {
                    // Customers refer to each other, so one statement inserts all of them.
                    "customers" => i64::MAX,
                    "kept_lines" => CHUNKS,
                    _ => BATCH,
                };
                let mut at = 0;
                loop {
                    // What only one of the two stores counts is not moved.
                    let ours = match *table {
                        LAST if source.kind() == target.kind() => format!("WHERE name <> '{GIVEN}'"),
                        LAST => format!("WHERE name NOT IN ('{GIVEN}', '{OLDER_DETAILS}')"),
                        _ => String::new(),
                    };
                    // An order in which no two rows are equal.
                    let order = match *table {
                        "hourly_counts" => "account_id, hour, customer_id, kind, service_id, last_attempt",
                        "load_ranges" => "load_id, sheet, first",
                        _ => "1, 2",
                    };
                    let part = format!("{ours} ORDER BY {order} LIMIT {most} OFFSET {at}");
                    let rows = source.read(table, columns, &part)?;
                    target.write(table, columns, &rows, "")?;
                    at += rows.count;
                    if rows.count < most {
                        break;
                    }
                }
            }
            // An earlier attempt by an older program may have written calls with details in their older form.
            if names.contains(&LAST) && target.kind() == StoreKind::File && source.kind() == StoreKind::Server {
                target.run(&[format!(
                    "INSERT INTO counters (name, last) SELECT '{OLDER_DETAILS}', number FROM cdrs WHERE document IS NULL \
                     ORDER BY number DESC LIMIT 1"
                )])?;
            }
            Ok(())
        })
    }

    /// Compares the content of both sides.
    fn compare(&mut self) -> Result<Held, StoreError> {
        let all: Vec<&'static str> = IN_BATCHES.iter().map(|(table, _)| *table).chain(OTHERS).collect();
        let (here, there) = (Held::by(&mut self.source, true, &all)?, Held::by(&mut self.target, false, &all)?);
        if here == there {
            return Ok(there);
        }
        Err(self.differs(format!("the source holds {here:?}, the target {there:?}")))
    }

    /// The columns of a table, which both sides have to have.
    fn columns(&mut self, table: &str) -> Result<Vec<MovedColumn>, StoreError> {
        let way = (self.source.kind(), self.target.kind());
        let one_kind = way.0 == way.1;
        let (here, there) = (self.source.columns(table, one_kind)?, self.target.columns(table, one_kind)?);
        let names = |columns: &[Named]| columns.iter().map(|column| column.name.clone()).collect::<BTreeSet<_>>();
        let (ours, theirs) = (names(&here), names(&there));
        if ours != theirs {
            return Err(self.differs(format!("the table {table} has the columns {ours:?} here and {theirs:?} there")));
        }
        let columns = there.into_iter().map(|Named { name, kind: there }| {
            let here = here.iter().find(|column| column.name == name).map(|column| column.kind.clone());
            MovedColumn { name, way, here: here.unwrap_or_default(), there }
        });
        Ok(columns.collect())
    }

    fn differs(&self, what: String) -> StoreError {
        StoreError::Differs { path: self.target.place().path.clone(), what }
    }
}

/// The names of all tables of a store.
pub(crate) fn tables() -> BTreeSet<String> {
    IN_BATCHES.iter().map(|(table, _)| *table).chain(OTHERS).chain([LAST]).map(str::to_owned).collect()
}

/// The value of a counter, if the store has it.
fn counter(side: &mut Side, name: &str) -> Result<Option<i64>, StoreError> {
    side.number(&format!("SELECT last AS value FROM counters WHERE name = '{name}'"))
}
