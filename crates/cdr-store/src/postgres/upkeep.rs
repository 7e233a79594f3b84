//! Maintains the partitions: creates them ahead of time, and drops them when all their calls are older than the
//! retention period.

use std::thread::sleep;
use std::time::{Duration, Instant};

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::connect::Access;
use super::engine::Conn;
use super::statements::{self, Lock};
use super::tables::{Store, WriteLock};
use super::{partitions, published};
use crate::error::{StoreError, TransactionError};
use crate::options::Partitions;

/// How long a drop waits for readers of the partition, in milliseconds. New readers wait behind it meanwhile.
const DROP_WAITS: u64 = 1_000;
/// The pause between two attempts to drop a partition.
const DROP_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 3_000 });
/// The number of attempts before a drop is postponed.
const DROP_ATTEMPTS: u32 = 10;
/// How long removal is postponed after readers have blocked all attempts.
const REMOVAL_PAUSE: Duration = Duration::from_secs(600);
/// Keys removed in one transaction.
const KEYS: i64 = 10_000;
/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// The process that maintains a database, or a candidate for that role. It creates partitions ahead of time and removes
/// old records. An advisory lock in the database decides which process it is. The lock is free as soon as the
/// connection of its holder ends.
#[derive(Debug)]
pub struct Maintainer {
    store: Store,
    lock: Option<Held>,
    /// The last floor: all records that started before it have been removed.
    removed: Option<Timestamp>,
    /// When a removal that readers blocked is tried again.
    again: Option<Instant>,
}

/// The connection that holds the lock.
struct Held(PgConnection);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// The result of a round of maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maintained {
    /// Nothing: another program is the maintainer.
    Elsewhere,
    /// Partitions exist ahead of time, and old records were removed.
    Here {
        /// The number of removed calls and conferences, counting all versions.
        removed: u64,
    },
}

impl Maintainer {
    pub(crate) fn new(store: &Store) -> Maintainer {
        Maintainer { store: store.clone(), lock: None, removed: None, again: None }
    }

    /// Does the maintenance that is due at an instant, unless another process is the maintainer. It creates the
    /// partitions of the next weeks, and removes the records in partitions that end at or before `floor`, if given.
    /// Older records in the partition that contains `floor` stay until `floor` passes its end: dropping a whole
    /// partition is fast, deleting its records one by one is not.
    ///
    /// # Errors
    /// When the database cannot be reached or changed. The next round tries again.
    pub fn round(&mut self, now: Timestamp, floor: Option<Timestamp>) -> Result<Maintained, StoreError> {
        if !self.leads()? {
            return Ok(Maintained::Elsewhere);
        }
        let engine = &self.store.0.engine;
        if engine.spread {
            published::catch_up(&self.store).map_err(|error| self.store.0.place.error(error))?;
        }
        let ahead = self.store.write(WriteLock::Records, |conn| {
            statements::wait_at_most(conn, DROP_WAITS)?;
            partitions::make_room(conn, engine, ahead(now, engine.partitions))
        });
        ahead.map_err(|error| self.store.0.place.error(error))?;
        let floor = floor.map(|floor| partitions::partition_start(floor, engine.partitions));
        let removed = match floor {
            Some(floor) if self.removed < Some(floor) && self.again.is_none_or(|again| again <= Instant::now()) => {
                self.remove(floor)?
            }
            _ => 0,
        };
        Ok(Maintained::Here { removed })
    }

    fn remove(&mut self, floor: Timestamp) -> Result<u64, StoreError> {
        let removed = self.store.remove_before(floor, &mut |_| {});
        match &removed {
            Ok(_) => self.removed = Some(floor),
            Err(StoreError::Locked { .. }) => self.again = Some(Instant::now() + REMOVAL_PAUSE),
            Err(_) => (),
        }
        removed
    }

    /// Whether this process is the maintainer. It becomes the maintainer if the lock is free.
    fn leads(&mut self) -> Result<bool, StoreError> {
        let Store(store) = &self.store;
        if let Some(Held(conn)) = &mut self.lock {
            if statements::answer(conn, "SELECT true AS value").is_ok() {
                return Ok(true);
            }
            self.lock = None;
        }
        let mut conn = store.engine.database.connect(Access::Write)?;
        let won = statements::try_lock(&mut conn, Lock::Maintainer).map_err(|error| store.place.sql(&error))?;
        self.lock = won.then_some(Held(conn));
        Ok(won)
    }
}

/// Instants in all partitions that should exist: those of this month and at least the next two, or of today and the
/// next eight days.
fn ahead(now: Timestamp, size: Partitions) -> impl Iterator<Item = Timestamp> {
    let days = match size {
        Partitions::Month => 62,
        Partitions::Day => 8,
    };
    (0..=days).map(move |day| now.plus_micros(day * DAY))
}

/// Drops whole partitions and removes the keys of their records. Returns the number of removed records.
pub(crate) fn remove_whole(store: &Store, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
    let explain = |error| store.0.place.error(error);
    let old = store.read(|conn| Ok(partitions::before(conn, floor)?)).map_err(explain)?;
    let mut removed = 0;
    for name in old {
        // Counted before the drop, which blocks loads.
        let rows = store.read(|conn| Ok(partitions::rows(conn, &name)?)).map_err(explain)?;
        if drop_with_retries(store, &name)? {
            removed += rows;
        }
        partitions::forget(&store.0.engine);
        progress(removed);
    }
    let mut from = Timestamp::MIN;
    loop {
        let forgotten = store.write(WriteLock::Records, |conn| Ok(statements::forget_keys(conn, from, floor, KEYS)?));
        match forgotten.map_err(explain)? {
            (0, _) => return Ok(removed),
            (_, last) => from = last,
        }
    }
}

/// Drops a partition when no reader uses it, and returns whether it existed. A long export may delay that.
fn drop_with_retries(store: &Store, name: &str) -> Result<bool, StoreError> {
    let mut attempt = 1;
    loop {
        let dropped = store.write(WriteLock::Records, |conn| drop_one(conn, name));
        match dropped.map_err(|error| store.0.place.error(error)) {
            Err(StoreError::Locked { .. }) if attempt < DROP_ATTEMPTS => {
                attempt += 1;
                sleep(DROP_PAUSE);
            }
            done => return done,
        }
    }
}

fn drop_one(conn: &mut Conn, name: &str) -> Result<bool, TransactionError> {
    statements::wait_at_most(conn, DROP_WAITS)?;
    statements::lock(conn, Lock::Partitions)?;
    if !statements::partitions(conn)?.iter().any(|existing| existing == name) {
        // Another process has dropped it.
        return Ok(false);
    }
    statements::drop_partition(conn, name)?;
    Ok(true)
}
