//! The interface of the tables to PostgreSQL.

use std::sync::Mutex;

use cdr_mediation::PortError;
use cdr_model::Timestamp;
use diesel::Connection as _;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::CheckViolation;
use diesel::result::Error::DatabaseError;

use super::connect::Database;
use super::partitions::{self, Coverage};
use super::replica::Replica;
use super::statements;
use super::tables::{Connection, Store, WriteLock};
use crate::error::TransactionError;
use crate::options::Partitions;

/// A connection.
pub(crate) type Conn = PgConnection;
/// The database, as Diesel names it.
pub(crate) type Db = Pg;

/// PostgreSQL's planner decides well on its own whether to use an index that starts with the customer.
pub(crate) const CUSTOMERS_BY_START: bool = true;

/// PostgreSQL keeps no more of the calls of several accounts than a page has.
pub(crate) const SORTS_ACCOUNTS: bool = false;

/// The server cancels statements that are no longer wanted; see [`Engine::until`].
pub(crate) const GOES_ON: Option<&str> = None;

/// What makes an expression of text an amount that is compared exactly: the SQL before it, and after it.
pub(crate) const EXACT: (&str, &str) = ("CAST(", " AS numeric)");

/// The digest of a call and its key, with a space between them.
pub(crate) const IDENTITY: &str =
    "(SELECT encode(k.digest, 'hex') || ' ' || k.key FROM intake_keys AS k WHERE k.number = cdrs.number LIMIT 1)";

/// The counter with the last record number given, in a distributed store.
pub(crate) const GIVEN: &str = "given";

/// The state of a store in PostgreSQL.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) database: Database,
    pub(super) replica: Option<Replica>,
    pub(crate) partitions: Partitions,
    /// The partitions found by the last query of them.
    pub(super) known: Mutex<Coverage>,
    /// Whether Citus distributes the calls over several nodes.
    pub(super) spread: bool,
}

impl Engine {
    /// The counter with the last record number given.
    pub(crate) fn record_counter(&self) -> &'static str {
        if self.spread { GIVEN } else { counter(WriteLock::Records) }
    }

    /// Removes the cause of a failed write of records, and returns whether a retry makes sense. It creates and commits
    /// missing partitions, or clears the cached list after a partition was dropped.
    pub(crate) fn makes_room(store: &Store, error: &TransactionError) -> Result<bool, TransactionError> {
        let engine = &store.0.engine;
        match error {
            TransactionError::NoRoom(instants) => {
                let make = |conn: &mut Conn| partitions::make_room(conn, engine, instants.iter().copied());
                store.write(WriteLock::Records, make).map(|()| true)
            }
            // PostgreSQL reports a missing partition as a check violation. Citus reports it only in the message of a
            // `COPY`.
            TransactionError::Sql(error)
                if matches!(error, DatabaseError(CheckViolation, _))
                    || error.to_string().contains("no partition of relation") =>
            {
                partitions::forget(engine);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Whether the calls of each account are on one of several nodes.
    pub(crate) fn is_spread(&self) -> bool {
        self.spread
    }

    /// The times that the partitions cover, in order.
    pub(crate) fn populated(conn: &mut Conn) -> QueryResult<Vec<(Timestamp, Timestamp)>> {
        partitions::covered(conn)
    }

    /// Notes a transient error. A replica cancels queries that conflict with recovery, and may cancel the next attempt
    /// too, so it is not used for a while.
    pub(crate) fn broke_off(&self) {
        if let Some(replica) = &self.replica {
            replica.broke_off();
        }
    }

    /// A connection to the replica, if there is one and it has reached the watermark.
    pub(crate) fn record_reader(&self, upto: Option<i64>) -> Option<Connection> {
        self.replica.as_ref()?.reader(upto?)
    }
}

/// Runs `work` in one transaction that holds a write lock: the row lock of a counter. The lock is taken before anything
/// is read, so every later statement sees the transactions that held the lock before.
pub(crate) fn in_transaction<T>(
    conn: &mut Conn,
    lock: WriteLock,
    work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    conn.transaction(|conn| {
        if !statements::lock_counter(conn, counter(lock))? {
            let why = "a store is being moved into this database; it is read-only until `tollbook move` has finished";
            return Err(PortError::Refused(why.to_owned()).into());
        }
        work(conn)
    })
}

/// The counter of a write lock.
fn counter(lock: WriteLock) -> &'static str {
    match lock {
        WriteLock::Records => "record",
        WriteLock::Exports => "export",
        WriteLock::People => "login",
        WriteLock::Licences => "licence",
        WriteLock::Walks => "walk",
    }
}

/// Runs `work` on one snapshot.
pub(crate) fn snapshot<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.build_transaction().repeatable_read().read_only().run(work)
}

/// Notifies all processes that wait for exports of a change, when the transaction commits.
pub(crate) fn announce(conn: &mut Conn) -> QueryResult<()> {
    statements::notify(conn)
}
