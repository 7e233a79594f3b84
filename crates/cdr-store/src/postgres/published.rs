//! The published watermark of a store that is distributed over several nodes.
//!
//! A transaction over several nodes becomes visible on one after the other: first on the coordinator, which has the
//! counters, then on the nodes that have the calls. A reader that went by the last number given would miss calls in
//! between, and after a crash for as long as a node has not settled the transaction. So the counter `record`, by
//! which readers go, is the last *published* number here, and the counter [`GIVEN`] is the last one given. A loader
//! holds a session lock from before `BEGIN` until its numbers are published, and publishes them once no node has a
//! prepared transaction of that time any more. If it ends in between, the next one that gets the lock publishes them.
//!
//! On one server a transaction becomes visible as a whole, and none of this happens.

use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;

use super::citus::{self, Prepared};
use super::engine::{Conn, GIVEN, in_transaction};
use super::statements::{self, Lock};
use super::tables::{Store, WriteLock};
use crate::error::{StoreError, StorePlace, TransactionError};
use crate::schema::counters;

/// The counter with the last record number that readers may go by.
const PUBLISHED: &str = "record";

/// The pause between two questions whether a transaction is settled.
const PAUSE: Duration = Duration::from_millis(50);

/// How long to wait until a transaction is settled. Citus settles what a crash has left every minute
/// (`citus.recover_2pc_interval`).
const SETTLED_WITHIN: Duration = Duration::from_secs(if cfg!(test) { 20 } else { 90 });

/// Runs `work`, which gives record numbers, in one transaction that holds the write lock of records. Readers see the
/// numbers together with the records.
pub(crate) fn write_records<T>(
    store: &Store,
    work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    if !store.0.engine.spread {
        return store.write(WriteLock::Records, work);
    }
    let place = &store.0.place;
    while_locked(store, |conn| {
        publish(conn, place)?;
        let done = in_transaction(conn, WriteLock::Records, work)?;
        publish(conn, place)?;
        Ok(done)
    })
}

/// Publishes the numbers that a loader gave before it ended, unless a loader is at work, which does so itself.
pub(super) fn catch_up(store: &Store) -> Result<(), TransactionError> {
    let mut conn = store.writer()?;
    if !statements::try_lock(&mut conn, Lock::Records)? {
        return Ok(());
    }
    let done = publish(&mut conn, &store.0.place);
    release(&mut conn);
    done
}

/// Waits for the lock under which record numbers are given and published. It is released when the connection is closed.
#[cfg(feature = "sqlite")]
pub(crate) fn lock_numbers(conn: &mut Conn) -> QueryResult<()> {
    statements::lock_session(conn, Lock::Records)
}

/// Runs `work` while no other process gives or publishes record numbers.
fn while_locked<T>(
    store: &Store,
    work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    let mut conn = store.writer()?;
    statements::lock_session(&mut conn, Lock::Records)?;
    let done = work(&mut conn);
    release(&mut conn);
    done
}

fn release(conn: &mut Conn) {
    if statements::unlock_session(conn, Lock::Records).is_err() {
        // The pool closes a connection that is returned inside a transaction, which releases the lock.
        let _ = AnsiTransactionManager::begin_transaction(conn);
    }
}

/// Publishes the last number given, once every node has settled the transactions of before. Only the holder of the
/// lock may call it.
pub(crate) fn publish(conn: &mut Conn, place: &StorePlace) -> Result<(), TransactionError> {
    let rows: Vec<(String, i64)> =
        counters::table.filter(counters::name.eq_any([PUBLISHED, GIVEN])).load::<(String, i64)>(conn)?;
    let last = |name: &str| rows.iter().find(|(of, _)| of == name).map(|(_, last)| *last);
    match (last(PUBLISHED), last(GIVEN)) {
        // A store is being moved into this database. The transaction that follows is refused for that.
        (None, _) => Ok(()),
        (Some(published), Some(given)) if published >= given => Ok(()),
        (Some(_), Some(given)) => {
            settle(conn, place)?;
            diesel::update(counters::table.find(PUBLISHED)).set(counters::last.eq(given)).execute(conn)?;
            Ok(())
        }
        // A program of before gave the numbers, or nobody has given any.
        (Some(published), None) => {
            settle(conn, place)?;
            let given = (counters::name.eq(GIVEN), counters::last.eq(published));
            diesel::insert_into(counters::table).values(given).on_conflict_do_nothing().execute(conn)?;
            Ok(())
        }
    }
}

/// Waits until every transaction that a node has prepared by now is committed or rolled back there. Transactions
/// that begin later are not waited for.
pub(crate) fn settle(conn: &mut Conn, place: &StorePlace) -> Result<(), TransactionError> {
    let started = Instant::now();
    let mut open = prepared(conn, place)?;
    while let Some((node, transaction)) = open.first() {
        if started.elapsed() >= SETTLED_WITHIN {
            let what = format!("{transaction} on {node}");
            return Err(StoreError::Unsettled { path: place.path.clone(), what }.into());
        }
        sleep(PAUSE);
        let now = prepared(conn, place)?;
        open.retain(|one| now.contains(one));
    }
    Ok(())
}

/// Every prepared transaction with its node. Fails if a node does not say which it has.
fn prepared(conn: &mut Conn, place: &StorePlace) -> Result<Vec<(String, String)>, TransactionError> {
    let mut all = Vec::new();
    for Prepared { node, transactions } in citus::prepared(conn)? {
        let transactions =
            transactions.map_err(|what| StoreError::NodeDown { path: place.path.clone(), node: node.clone(), what })?;
        all.extend(transactions.into_iter().map(|transaction| (node.clone(), transaction)));
    }
    Ok(all)
}
