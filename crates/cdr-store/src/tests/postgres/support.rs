//! Stores in databases of their own.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use tollbook_tests::cluster;

use crate::tests::support::options;
use crate::{Store, StoreOptions};

/// A store in a database that nobody else uses.
pub(super) struct Home {
    pub(super) url: String,
    pub(super) store: Store,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Home {
    /// `None` where there is no PostgreSQL, which has been said then.
    pub(super) fn new() -> Option<Home> {
        Home::with(&options())
    }

    pub(super) fn with(options: &StoreOptions) -> Option<Home> {
        Some(Home::at(&cluster::shared()?.database(), options))
    }

    pub(super) fn at(url: &str, options: &StoreOptions) -> Home {
        let (store, _) = Store::create_or_open(address(url), options).unwrap();
        Home { url: url.to_owned(), store }
    }

    /// The same database through other connections.
    pub(super) fn again(&self, options: &StoreOptions) -> Store {
        Store::open(address(&self.url), options).unwrap()
    }

    /// A connection as another program would make one.
    pub(super) fn connection(&self) -> PgConnection {
        PgConnection::establish(&self.url).unwrap()
    }

    /// Runs statements as another program would.
    pub(super) fn run(&self, sql: &str) {
        self.connection().batch_execute(sql).unwrap();
    }

    /// What a query with a column `line` answers.
    pub(super) fn lines(&self, sql: &str) -> Vec<String> {
        sql_query(sql).load::<Line>(&mut self.connection()).unwrap().into_iter().map(|row| row.line).collect()
    }

    /// Whether somebody waits there for a lock.
    pub(super) fn somebody_waits(&self) -> bool {
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
