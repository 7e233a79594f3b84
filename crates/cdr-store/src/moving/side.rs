//! One of the two stores of a move: a file, or a database.

use std::collections::BTreeSet;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, sql_query};

use super::columns::{DETAILS, DETAILS_COLUMNS, MovedColumn, StoreKind};
use crate::error::{StoreError, StorePlace, TransactionError};
use crate::{StoreAddress, StoreOptions, postgres, sqlite};

/// How often the locks of a database are requested, while other programs change it.
const ATTEMPTS: u32 = 10;

/// A store, and the one connection that the move uses.
pub(super) enum Side {
    File(sqlite::tables::Store, sqlite::tables::Connection),
    Server(postgres::tables::Store, postgres::tables::Connection),
}

/// Rows as JSON, their number, and their highest record number if the table has record numbers.
#[derive(Debug, QueryableByName)]
pub(super) struct RowsAsJson {
    #[diesel(sql_type = Text)]
    pub(super) rows: String,
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) newest: Option<i64>,
}

/// A name, and the type that belongs to it.
#[derive(Debug, QueryableByName)]
pub(super) struct Named {
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    value: Option<i64>,
}

/// Runs `$work` on the connection of a side.
macro_rules! on {
    ($side:expr, |$conn:ident| $work:expr) => {
        match $side {
            Side::File(store, conn) => {
                let $conn: &mut sqlite::Conn = &mut *conn;
                $work.map_err(|error| store.0.place.sql(&error))
            }
            Side::Server(store, conn) => {
                let $conn: &mut postgres::Conn = &mut *conn;
                $work.map_err(|error| store.0.place.sql(&error))
            }
        }
    };
}

impl Side {
    /// The store that is moved. Nobody else writes to it until this is dropped, and everything is read from one
    /// snapshot.
    pub(super) fn source(at: &StoreAddress, options: &StoreOptions) -> Result<Side, StoreError> {
        match at {
            StoreAddress::File(path) => {
                let (store, _) = sqlite::open(path, false, options)?;
                let mut conn = store.writer()?;
                conn.batch_execute("BEGIN IMMEDIATE").map_err(|error| store.0.place.sql(&error))?;
                Ok(Side::File(store, conn))
            }
            StoreAddress::Server(url) => {
                let options = StoreOptions { replica: None, ..options.clone() };
                let (store, _) = postgres::open(url, false, &options)?;
                let mut conn = store.writer()?;
                lock(&store, &mut conn).map_err(|error| store.0.place.error(error))?;
                Ok(Side::Server(store, conn))
            }
        }
    }

    /// The store that is filled. It is created if it is missing.
    pub(super) fn target(at: &StoreAddress, options: &StoreOptions) -> Result<Side, StoreError> {
        match at {
            StoreAddress::File(path) => {
                let (store, _) = sqlite::open_incomplete(path, true, options)?;
                let mut conn = store.writer()?;
                // From the first row on, nobody else opens the file (https://www.sqlite.org/pragma.html#pragma_locking_mode).
                let exclusive = conn.batch_execute("PRAGMA locking_mode = EXCLUSIVE");
                exclusive.map_err(|error| store.0.place.sql(&error))?;
                Ok(Side::File(store, conn))
            }
            StoreAddress::Server(url) => {
                let options = StoreOptions { replica: None, ..options.clone() };
                let (store, _) = postgres::open_incomplete(url, true, &options)?;
                let mut conn = store.writer()?;
                // It is idle while the source is read.
                let settings = conn.batch_execute("SET idle_in_transaction_session_timeout = 0");
                settings.map_err(|error| store.0.place.sql(&error))?;
                Ok(Side::Server(store, conn))
            }
        }
    }

    pub(super) fn place(&self) -> &StorePlace {
        match self {
            Side::File(store, _) => &store.0.place,
            Side::Server(store, _) => &store.0.place,
        }
    }

    pub(super) fn kind(&self) -> StoreKind {
        match self {
            Side::File(..) => StoreKind::File,
            Side::Server(..) => StoreKind::Server,
        }
    }

    /// The names of the tables of the store. A database may have other tables too.
    pub(super) fn tables(&mut self) -> Result<BTreeSet<String>, StoreError> {
        let sql = match self.kind() {
            StoreKind::File => {
                "SELECT name, '' AS kind FROM sqlite_schema WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '__diesel_schema_migrations'"
            }
            StoreKind::Server => {
                "SELECT relname::text AS name, '' AS kind FROM pg_class WHERE relkind IN ('r', 'p') \
                 AND NOT relispartition AND relnamespace = current_schema()::regnamespace \
                 AND relname <> '__diesel_schema_migrations'"
            }
        };
        Ok(self.named(sql, "")?.into_iter().map(|row| row.name).collect())
    }

    /// The columns of a table that are written, each with its type. Unless the other side is of the same kind, those of
    /// a file that have the details of a call count as one.
    pub(super) fn columns(&mut self, table: &str, one_kind: bool) -> Result<Vec<Named>, StoreError> {
        match self.kind() {
            StoreKind::File => {
                let mut columns = self.named("SELECT name, type AS kind FROM pragma_table_info(?)", table)?;
                let all = columns.len();
                if table == "cdrs" && !one_kind {
                    columns.retain(|column| !DETAILS_COLUMNS.contains(&column.name.as_str()));
                }
                if columns.len() < all {
                    columns.push(Named { name: "details".to_owned(), kind: DETAILS.to_owned() });
                }
                Ok(columns)
            }
            StoreKind::Server => self.named(
                "SELECT column_name::text AS name, udt_name::text AS kind FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'",
                table,
            ),
        }
    }

    fn named(&mut self, sql: &str, table: &str) -> Result<Vec<Named>, StoreError> {
        if table.is_empty() {
            return on!(self, |conn| sql_query(sql).load::<Named>(conn));
        }
        on!(self, |conn| sql_query(sql).bind::<Text, _>(table).load::<Named>(conn))
    }

    /// The number that a query has in its column `value`.
    pub(super) fn number(&mut self, sql: &str) -> Result<Option<i64>, StoreError> {
        let found = on!(self, |conn| sql_query(sql).get_result::<Number>(conn).optional())?;
        Ok(found.and_then(|row| row.value))
    }

    /// Reads the rows of a table that `which` selects: the SQL that follows `FROM table`.
    pub(super) fn read(&mut self, table: &str, columns: &[MovedColumn], which: &str) -> Result<RowsAsJson, StoreError> {
        let sql = MovedColumn::reading(self.kind(), table, columns, which);
        on!(self, |conn| sql_query(sql).get_result::<RowsAsJson>(conn))
    }

    /// Writes rows to a table, and then runs a statement, in one transaction.
    pub(super) fn write(
        &mut self,
        table: &str,
        columns: &[MovedColumn],
        rows: &RowsAsJson,
        then: &str,
    ) -> Result<(), StoreError> {
        let sql = MovedColumn::writing(self.kind(), table, columns);
        on!(self, |conn| conn.transaction::<_, diesel::result::Error, _>(|conn| {
            sql_query(sql).bind::<Text, _>(&rows.rows).execute(conn)?;
            if then.is_empty() { Ok(()) } else { conn.batch_execute(then) }
        }))
    }

    /// Runs statements in one transaction.
    pub(super) fn run(&mut self, statements: &[String]) -> Result<(), StoreError> {
        on!(self, |conn| conn.transaction::<_, diesel::result::Error, _>(|conn| {
            statements.iter().try_for_each(|statement| conn.batch_execute(statement))
        }))
    }

    /// Runs `work`, which changes this side, in one transaction.
    pub(super) fn together(
        &mut self,
        work: impl FnOnce(&mut Side) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        on!(self, |conn| AnsiTransactionManager::begin_transaction(conn))?;
        let done = work(self);
        let ended = on!(self, |conn| if done.is_ok() {
            AnsiTransactionManager::commit_transaction(conn)
        } else {
            AnsiTransactionManager::rollback_transaction(conn)
        });
        done.and(ended)
    }

    /// Creates the partitions for rows that are about to be written, in a transaction of their own.
    pub(super) fn make_room(&mut self, starts: &[cdr_model::Timestamp]) -> Result<(), StoreError> {
        let Side::Server(store, conn) = self else { return Ok(()) };
        let made = conn.transaction(|conn| postgres::make_room(conn, &store.0.engine, starts.iter().copied()));
        made.map_err(|error| store.0.place.error(error))
    }

    /// Waits until what was written is on every node.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        match self {
            Side::Server(store, conn) if store.0.engine.is_spread() => {
                postgres::settle(conn, &store.0.place).map_err(|error| store.0.place.error(error))
            }
            _ => Ok(()),
        }
    }
}

/// Begins the snapshot, and locks the counters. Writers of records lock theirs before others.
const LOCK_COUNTERS: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ; \
                             SELECT last FROM counters ORDER BY name <> 'record', name FOR UPDATE";

/// Locks a database against writers, and begins the snapshot. The locks are released when the connection is closed.
fn lock(store: &postgres::tables::Store, conn: &mut postgres::Conn) -> Result<(), TransactionError> {
    conn.batch_execute(
        "SET idle_in_transaction_session_timeout = 0; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'",
    )?;
    let spread = store.0.engine.is_spread();
    if spread {
        postgres::lock_numbers(conn)?;
        postgres::publish(conn, &store.0.place)?;
    }
    let mut attempt = 1;
    loop {
        let locked = conn.batch_execute(LOCK_COUNTERS);
        let Err(error) = locked else { return Ok(()) };
        conn.batch_execute("ROLLBACK")?;
        let changed = store.0.place.sql(&error).is_temporary() && !error.to_string().contains("lock timeout");
        if attempt == ATTEMPTS || !changed {
            return Err(error.into());
        }
        attempt += 1;
    }
}
