//! What the tables need to know of PostgreSQL.

use std::sync::Mutex;

use cdr_mediation::PortError;
use diesel::Connection as _;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::CheckViolation;
use diesel::result::Error::DatabaseError;

use super::connect::Database;
use super::partitions::{self, Known};
use super::replica::Replica;
use super::statements;
use super::tables::{Connection, Store, Turn};
use crate::error::Trouble;
use crate::store::Partitions;

/// A connection.
pub(crate) type Conn = PgConnection;
/// The database, as Diesel names it.
pub(crate) type Db = Pg;

/// PostgreSQL weighs by itself whether an index that begins with the customer is worth while.
pub(crate) const CUSTOMERS_BY_START: bool = true;

/// What a store in PostgreSQL remembers.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) database: Database,
    pub(super) replica: Option<Replica>,
    pub(crate) partitions: Partitions,
    /// The partitions that were there when somebody looked.
    pub(super) known: Mutex<Known>,
}

impl Engine {
    /// Removes what kept records from being written, and returns whether it is worth trying again: creates and commits missing
    /// partitions, or clears the cached list after a partition was dropped.
    pub(crate) fn makes_room(store: &Store, trouble: &Trouble) -> Result<bool, Trouble> {
        let engine = &store.0.engine;
        match trouble {
            Trouble::NoRoom(instants) => {
                let make = |conn: &mut Conn| partitions::make_room(conn, engine, instants.iter().copied());
                store.write(Turn::Records, make).map(|()| true)
            }
            // PostgreSQL counts it among the violated checks; Citus tells only in words when it is copied to.
            Trouble::Sql(error)
                if matches!(error, DatabaseError(CheckViolation, _))
                    || error.to_string().contains("no partition of relation") =>
            {
                partitions::forget(engine);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Something failed that may go right the next time: a replica ends reading that stands in its way, and would do so
    /// again.
    pub(crate) fn broke_off(&self) {
        if let Some(replica) = &self.replica {
            replica.broke_off();
        }
    }

    /// A connection to the replica, if there is one and it has what is asked for.
    pub(crate) fn record_reader(&self, upto: Option<i64>) -> Option<Connection> {
        self.replica.as_ref()?.reader(upto?)
    }
}

/// Does something in one transaction that nobody else with the same turn writes beside. The counter of the turn is locked
/// before anything is read, and every statement after sees what was committed before.
pub(crate) fn in_transaction<T>(
    conn: &mut Conn,
    turn: Turn,
    work: impl FnOnce(&mut Conn) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    conn.transaction(|conn| {
        if !statements::lock_counter(conn, counter(turn))? {
            let why = "a store is being moved into this database; it can be written to when `tollbook move` has ended";
            return Err(PortError::Refused(why.to_owned()).into());
        }
        work(conn)
    })
}

/// The counter that is locked.
fn counter(turn: Turn) -> &'static str {
    match turn {
        Turn::Records => "record",
        Turn::Exports => "export",
        Turn::People => "login",
        Turn::Licences => "licence",
    }
}

/// Reads several things as of one moment.
pub(crate) fn snapshot<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.build_transaction().repeatable_read().read_only().run(work)
}

/// Tells everybody who waits for exports that something has changed, once this is committed.
pub(crate) fn announce(conn: &mut Conn) -> QueryResult<()> {
    statements::notify(conn)
}
