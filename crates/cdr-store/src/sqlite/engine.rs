//! What the tables need to know of SQLite.

use std::marker::PhantomData;

use cdr_model::Timestamp;
use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, Connection as _, DefaultLoadingMode, TransactionManager};
use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;
use diesel::sqlite::Sqlite;

use super::connect::{Access, connect};
use super::tables::{Connection, Connections, Entry, Making, Row, Store, Turn};
use crate::error::{Place, StoreError, Trouble};
use crate::schema::{cdrs, intake_keys};

/// A connection.
pub(crate) type Conn = SqliteConnection;
/// The database, as Diesel names it.
pub(crate) type Db = Sqlite;

/// The indexes that begin with the customer go on with other instants than the start and the end: by them all of a
/// customer's records would be looked at, and sorted. SQLite takes no index for a column that something is added to.
pub(crate) const CUSTOMERS_BY_START: bool = false;

/// What only SQLite has: nothing that a store would have to remember.
#[derive(Debug)]
pub(crate) struct Engine;

impl Engine {
    /// Nothing has to be made before records are written.
    pub(crate) fn makes_room(_: &Store, _: &Trouble) -> Result<bool, Trouble> {
        Ok(false)
    }

    /// There is nothing else that could be asked.
    pub(crate) fn broke_off(&self) {}

    /// Everybody reads from the one file.
    pub(crate) fn record_reader(&self, _: Option<i64>) -> Option<Connection> {
        None
    }
}

/// Connections for reading or writing.
pub(super) fn connections(place: &Place, access: Access, most: u32) -> Connections {
    let here = place.clone();
    let making = Making {
        connect: Box::new(move || connect(&here, access)),
        answers: None,
        has_broken: AnsiTransactionManager::is_broken_transaction_manager,
    };
    Connections::new(place, most, making)
}

/// Does something in one transaction that nobody else writes beside: the lock is taken first, so what it reads is what
/// it writes to. There is one lock for all turns.
pub(crate) fn in_transaction<T>(
    conn: &mut Conn,
    _: Turn,
    work: impl FnOnce(&mut Conn) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    super::connect::in_transaction(conn, work)
}

/// Reads several things as of one moment.
pub(crate) fn snapshot<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(work)
}

/// Hands on rows one by one as SQLite finds them, until `each` wants no more.
pub(crate) fn each_row<'conn, 'query: 'conn, Q, R>(
    conn: &'conn mut Conn,
    query: Q,
    each: &mut dyn FnMut(R) -> Result<bool, Trouble>,
) -> Result<(), Trouble>
where
    Q: LoadQuery<'query, Conn, R> + 'query,
    R: 'conn,
{
    for row in query.load_iter::<R, DefaultLoadingMode>(conn)? {
        if !each(row?)? {
            break;
        }
    }
    Ok(())
}

/// Nothing lies so that more than rows could be removed at once.
pub(crate) fn remove_whole(_: &Store, _: Timestamp, _: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
    Ok(0)
}

/// Who waits for exports on the same file looks for them from time to time.
pub(crate) fn announce(_: &mut Conn) -> QueryResult<()> {
    Ok(())
}

/// Rows that are to be written: here each is written at once, by a statement that is prepared once.
#[derive(Debug, Default)]
pub(crate) struct Pending<'a>(PhantomData<&'a ()>);

fn insert_key(conn: &mut Conn, key: &Entry<'_>) -> QueryResult<()> {
    diesel::insert_into(intake_keys::table)
        .values((
            intake_keys::source_id.eq(key.source_id),
            intake_keys::key.eq(key.key),
            intake_keys::number.eq(key.number),
            intake_keys::first_number.eq(key.first_number),
            intake_keys::account_id.eq(key.account_id),
            intake_keys::started_at.eq(key.started_at),
            intake_keys::sheet.eq(key.sheet.code()),
            intake_keys::digest.eq(key.digest.as_slice()),
        ))
        .execute(conn)
        .map(drop)
}

impl<'a> Pending<'a> {
    /// Writes a row.
    pub(crate) fn push(&mut self, conn: &mut Conn, row: Row<'a>) -> Result<(), Trouble> {
        match row {
            Row::Call(call) => drop(diesel::insert_into(cdrs::table).values(call).execute(conn)?),
            Row::Key(key) => insert_key(conn, &key)?,
        }
        Ok(())
    }

    /// Nothing is left to be written.
    pub(crate) fn flush(&mut self, _: &mut Conn, _: &Engine) -> Result<(), Trouble> {
        Ok(())
    }
}
