//! The interface of the tables to SQLite.

use std::marker::PhantomData;

use cdr_model::Timestamp;
use cdr_query::Cancel;
use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, Connection as _, DefaultLoadingMode, TransactionManager};
use diesel::prelude::*;
use diesel::query_dsl::LoadQuery;
use diesel::sqlite::Sqlite;

use super::connect::{Access, connect};
use super::insert::Insert;
use super::tables::{Connection, Connections, Making, PendingRow, Store, WriteLock};
use super::wanted;
use crate::error::{StoreError, StorePlace, TransactionError};

/// A connection.
pub(crate) type Conn = SqliteConnection;
/// The database, as Diesel names it.
pub(crate) type Db = Sqlite;

/// The indexes that start with the customer continue with instants other than the start and the end. With them, SQLite
/// would read and sort all records of a customer. It uses no index for a column in an expression such as `customer_id +
/// 0`.
pub(crate) const CUSTOMERS_BY_START: bool = false;

/// Several accounts are ranges of an index, whose first calls SQLite sorts.
pub(crate) const SORTS_ACCOUNTS: bool = true;

/// What makes an expression of text an amount that is compared exactly: the SQL before it, and after it. The collation
/// is a function of this program.
pub(crate) const EXACT: (&str, &str) = ("", " COLLATE tollbook_amount");

/// The digest of a call and its key, with a space between them.
pub(crate) const IDENTITY: &str =
    "(SELECT lower(hex(k.digest)) || ' ' || k.key FROM intake_keys AS k WHERE k.number = cdrs.number)";

/// SQLite needs no state of its own.
#[derive(Debug)]
pub(crate) struct Engine;

impl Engine {
    /// The counter with the last record number given.
    pub(crate) fn record_counter(&self) -> &'static str {
        "record"
    }

    /// There are no partitions to create.
    pub(crate) fn makes_room(_: &Store, _: &TransactionError) -> Result<bool, TransactionError> {
        Ok(false)
    }

    /// Runs `work`, whose statements fail once the signal has arrived.
    pub(crate) fn until<T>(
        &self,
        conn: &mut Conn,
        cancel: &Cancel,
        work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
    ) -> Result<T, TransactionError> {
        wanted::until(cancel, || work(conn))
    }

    /// The calls are in one file.
    pub(crate) fn is_spread(&self) -> bool {
        false
    }

    /// There are no partitions.
    pub(crate) fn populated(_: &mut Conn) -> QueryResult<Vec<(Timestamp, Timestamp)>> {
        Ok(Vec::new())
    }

    /// There is no replica to pause.
    pub(crate) fn broke_off(&self) {}

    /// There is no replica to read from.
    pub(crate) fn record_reader(&self, _: Option<i64>) -> Option<Connection> {
        None
    }
}

/// A pool of connections.
pub(super) fn connections(place: &StorePlace, access: Access, most: u32) -> Connections {
    let here = place.clone();
    let making = Making {
        connect: Box::new(move || connect(&here, access)),
        answers: None,
        has_broken: AnsiTransactionManager::is_broken_transaction_manager,
        openers: 1,
    };
    Connections::new(place, most, making)
}

/// Runs `work` in one transaction that holds the write lock of the file, which serves as every [`WriteLock`].
pub(crate) fn in_transaction<T>(
    conn: &mut Conn,
    _: WriteLock,
    work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    super::connect::in_transaction(conn, work)
}

/// Runs `work`, which gives record numbers, in one transaction that holds the write lock.
pub(crate) fn write_records<T>(
    store: &Store,
    work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    store.write(WriteLock::Records, work)
}

/// Runs `work` on one snapshot.
pub(crate) fn snapshot<T, E: From<diesel::result::Error>>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(work)
}

/// Passes the rows of the queries to `each` one by one as SQLite finds them, until it returns `false`. The rows of one
/// query belong to one snapshot.
pub(crate) fn each_row<'conn, 'query: 'conn, Q, R>(
    conn: &'conn mut Conn,
    queries: impl IntoIterator<Item = Q>,
    each: &mut dyn FnMut(R) -> Result<bool, TransactionError>,
) -> Result<(), TransactionError>
where
    Q: LoadQuery<'query, Conn, R> + 'query,
    R: 'conn,
{
    for query in queries {
        for row in query.load_iter::<R, DefaultLoadingMode>(&mut *conn)? {
            if !each(row?)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// There are no partitions to drop.
pub(crate) fn remove_whole(_: &Store, _: Timestamp, _: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
    Ok(0)
}

/// There are no notifications: processes that wait for exports on the same file poll for them.
pub(crate) fn announce(_: &mut Conn) -> QueryResult<()> {
    Ok(())
}

/// Rows that wait to be written. Here each row is written immediately, with a cached prepared statement.
#[derive(Debug, Default)]
pub(crate) struct Pending<'a>(PhantomData<&'a ()>);

impl<'a> Pending<'a> {
    /// Writes a row.
    pub(crate) fn push(&mut self, conn: &mut Conn, row: PendingRow<'a>) -> Result<(), TransactionError> {
        match row {
            PendingRow::Call(call) => drop(Insert(&call).execute(conn)?),
            PendingRow::Key(key) => drop(Insert(&key).execute(conn)?),
        }
        Ok(())
    }

    /// Does nothing: no row is left to be written.
    pub(crate) fn flush(&mut self, _: &mut Conn, _: &Engine) -> Result<(), TransactionError> {
        Ok(())
    }
}
