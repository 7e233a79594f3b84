//! Stores in separate databases.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use tollbook_tests::cluster;

use crate::tests::support::{database, options, simulate};
use crate::{Store, StoreOptions};

/// A store in a database of its own.
pub(super) struct DatabaseFixture {
    pub(super) url: String,
    pub(super) store: Store,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl DatabaseFixture {
    /// `None` if there is no PostgreSQL; a message about that was printed.
    pub(super) fn new() -> Option<DatabaseFixture> {
        DatabaseFixture::with(&options())
    }

    pub(super) fn with(options: &StoreOptions) -> Option<DatabaseFixture> {
        cluster::shared()?;
        Some(DatabaseFixture::at(&database(), options))
    }

    /// A store that takes its tables for distributed.
    pub(super) fn distributed() -> Option<DatabaseFixture> {
        let url = cluster::shared()?.database();
        simulate(&url);
        Some(DatabaseFixture::at(&url, &options()))
    }

    pub(super) fn at(url: &str, options: &StoreOptions) -> DatabaseFixture {
        let (store, _) = Store::create_or_open(address(url), options).unwrap();
        DatabaseFixture { url: url.to_owned(), store }
    }

    /// Another handle on the same database.
    pub(super) fn again(&self, options: &StoreOptions) -> Store {
        Store::open(address(&self.url), options).unwrap()
    }

    /// A plain connection, as another program would open it.
    pub(super) fn connection(&self) -> PgConnection {
        PgConnection::establish(&self.url).unwrap()
    }

    /// Runs statements as another program would.
    pub(super) fn run(&self, sql: &str) {
        self.connection().batch_execute(sql).unwrap();
    }

    /// The values of the column `line` of a query.
    pub(super) fn lines(&self, sql: &str) -> Vec<String> {
        sql_query(sql).load::<Line>(&mut self.connection()).unwrap().into_iter().map(|row| row.line).collect()
    }

    /// Whether a session waits for a lock.
    pub(super) fn is_lock_awaited(&self) -> bool {
        let waiting = "SELECT count(*)::text AS line FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.lines(waiting) != ["0"]
    }

    /// The partitions, by name.
    pub(super) fn partitions(&self) -> Vec<String> {
        self.lines(
            "SELECT inhrelid::regclass::text AS line FROM pg_inherits WHERE inhparent = 'cdrs'::regclass ORDER BY 1",
        )
    }
}

pub(super) fn address(url: &str) -> crate::StoreAddress {
    url.parse().unwrap()
}

/// The plan of a statement.
pub(super) fn explained(conn: &mut PgConnection, statement: &str) -> String {
    conn.batch_execute(
        "CREATE OR REPLACE FUNCTION pg_temp.explained(statement text) RETURNS SETOF text LANGUAGE plpgsql AS \
         $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || statement; END $$",
    )
    .unwrap();
    let steps = sql_query("SELECT pg_temp.explained($1) AS line").bind::<Text, _>(statement);
    steps.load::<Line>(conn).unwrap().into_iter().map(|step| step.line).collect::<Vec<_>>().join("\n")
}
