//! Keeping the partitions: made ahead, and dropped when all in them is older than what is kept.

use std::thread::sleep;
use std::time::{Duration, Instant};

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::connect::Access;
use super::engine::Conn;
use super::partitions;
use super::statements::{self, Lock};
use super::tables::{Store, Turn};
use crate::error::{StoreError, Trouble};
use crate::store::Partitions;

/// How long a drop waits for those who read, in milliseconds; whoever begins to read meanwhile waits with it.
const DROP_WAITS: u64 = 1_000;
/// How long it leaves them alone before it is tried again.
const DROP_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 3_000 });
/// How often it is tried before it is given up for now.
const DROP_ATTEMPTS: u32 = 10;
/// How long nothing is removed after somebody who read stood in the way of it all that time.
const REMOVAL_PAUSE: Duration = Duration::from_secs(600);
/// Keys removed in one transaction.
const KEYS: i64 = 10_000;
/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// One of the programs on a database, or a candidate for it: it makes partitions ahead and removes what is too old. Which
/// one it is, a lock in the database decides; it is free the moment that the one's connection is gone.
#[derive(Debug)]
pub struct Maintainer {
    store: Store,
    lock: Option<Held>,
    /// Everything that started before is removed.
    removed: Option<Timestamp>,
    /// When the next removal is due that somebody stood in the way of.
    again: Option<Instant>,
}

/// The connection that holds the lock.
struct Held(PgConnection);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// What a maintainer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maintained {
    /// Nothing: another program is the maintainer.
    Elsewhere,
    /// Partitions are there for the time to come, and so many records were removed.
    Here {
        /// All versions of calls and conferences.
        removed: u64,
    },
}

impl Maintainer {
    pub(crate) fn new(store: &Store) -> Maintainer {
        Maintainer { store: store.clone(), lock: None, removed: None, again: None }
    }

    /// Does what is due at an instant, unless another program does: makes the partitions of the next weeks, and removes
    /// whatever is in those that end before `floor`, if there is one. What is younger than the partition in which `floor`
    /// lies stays until that one is over: a partition is dropped in a moment, and its records one by one are not.
    ///
    /// # Errors
    /// When the database cannot be reached or changed; the next round tries again.
    pub fn round(&mut self, now: Timestamp, floor: Option<Timestamp>) -> Result<Maintained, StoreError> {
        if !self.leads()? {
            return Ok(Maintained::Elsewhere);
        }
        let engine = &self.store.0.engine;
        let ahead = self.store.write(Turn::Records, |conn| {
            statements::wait_at_most(conn, DROP_WAITS)?;
            partitions::make_room(conn, engine, ahead(now, engine.partitions))
        });
        ahead.map_err(|trouble| self.store.0.place.trouble(trouble))?;
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

    /// Whether this is the maintainer, or has just become it.
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

/// Instants in all partitions that should be there: this month's and the next two, or the next eight days'.
fn ahead(now: Timestamp, size: Partitions) -> impl Iterator<Item = Timestamp> {
    let days = match size {
        Partitions::Month => 62,
        Partitions::Day => 8,
    };
    (0..=days).map(move |day| now.plus_micros(day * DAY))
}

/// Removes whole partitions, and what was known of the keys in them. Returns how many records that were.
pub(crate) fn remove_whole(store: &Store, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
    let explain = |trouble| store.0.place.trouble(trouble);
    let old = store.read(|conn| Ok(partitions::before(conn, floor)?)).map_err(explain)?;
    let mut removed = 0;
    for name in old {
        // Counted before, since whoever drops stands in the way of those who load.
        let rows = store.read(|conn| Ok(partitions::rows(conn, &name)?)).map_err(explain)?;
        if drop_patiently(store, &name)? {
            removed += rows;
        }
        partitions::forget(&store.0.engine);
        progress(removed);
    }
    let mut from = Timestamp::MIN;
    loop {
        let forgotten = store.write(Turn::Records, |conn| Ok(statements::forget_keys(conn, from, floor, KEYS)?));
        match forgotten.map_err(explain)? {
            (0, _) => return Ok(removed),
            (_, last) => from = last,
        }
    }
}

/// Drops a partition between those who read, and says whether it was there. A long export keeps it a little longer.
fn drop_patiently(store: &Store, name: &str) -> Result<bool, StoreError> {
    let mut attempt = 1;
    loop {
        let dropped = store.write(Turn::Records, |conn| drop_one(conn, name));
        match dropped.map_err(|trouble| store.0.place.trouble(trouble)) {
            Err(StoreError::Locked { .. }) if attempt < DROP_ATTEMPTS => {
                attempt += 1;
                sleep(DROP_PAUSE);
            }
            done => return done,
        }
    }
}

fn drop_one(conn: &mut Conn, name: &str) -> Result<bool, Trouble> {
    statements::wait_at_most(conn, DROP_WAITS)?;
    statements::lock(conn, Lock::Partitions)?;
    if !statements::partitions(conn)?.iter().any(|there| there == name) {
        // Somebody else was faster.
        return Ok(false);
    }
    statements::drop_partition(conn, name)?;
    Ok(true)
}
