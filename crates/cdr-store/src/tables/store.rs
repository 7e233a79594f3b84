//! The store of one kind of database: its connections and its cached state.

use std::sync::{Arc, Mutex};

use cdr_mediation::PortError;
use cdr_model::{Directory, Timestamp};

use super::rollup::{PageStarts, RollupCache};
use super::{Conn, Connection, Connections, Engine, in_transaction, write_records};
use crate::PoolState;
use crate::error::{StoreError, StorePlace, TransactionError};

/// The maximum number of attempts to write records: a partition may be dropped between two attempts.
const ATTEMPTS: u32 = 5;

/// Calls, conferences, the directory, the quarantine, the ledger of exports, users, logins, licences and secrets in one
/// database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Store(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) place: StorePlace,
    pub(crate) clock: fn() -> Timestamp,
    readers: Connections,
    writers: Connections,
    /// The state that only this kind of database has.
    pub(crate) engine: Engine,
    /// The numbers of calls by hour that were read last.
    pub(crate) rollup: RollupCache,
    pub(crate) page_starts: PageStarts,
    /// The directory, with the value of its counter when it was read.
    pub(crate) directory: Mutex<Option<(i64, Arc<Directory>)>>,
}

/// The parts of a store.
pub(crate) struct Setup {
    pub(crate) place: StorePlace,
    pub(crate) clock: fn() -> Timestamp,
    pub(crate) readers: Connections,
    pub(crate) writers: Connections,
    pub(crate) engine: Engine,
}

/// The write locks: one for each counter that transactions take numbers from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteLock {
    /// Records, the quarantine, the directory.
    Records,
    /// The ledger of exports.
    Exports,
    /// Users, logins and secrets.
    People,
    /// Licences.
    Licences,
    /// Walks.
    Walks,
}

impl Store {
    pub(crate) fn new(setup: Setup) -> Store {
        let Setup { place, clock, readers, writers, engine } = setup;
        let (rollup, page_starts, directory) = (RollupCache::default(), PageStarts::default(), Mutex::new(None));
        Store(Arc::new(Inner { place, clock, readers, writers, engine, rollup, page_starts, directory }))
    }

    /// The state of the reading connections.
    pub(crate) fn pool(&self) -> PoolState {
        self.0.readers.state()
    }

    /// A reading connection.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        self.0.readers.get()
    }

    /// A writing connection, without a write lock.
    pub(crate) fn writer(&self) -> Result<Connection, StoreError> {
        self.0.writers.get()
    }

    /// A connection to read records up to a watermark, or the current state.
    pub(crate) fn record_reader(&self, upto: Option<i64>) -> Result<Connection, StoreError> {
        match self.0.engine.record_reader(upto) {
            Some(conn) => Ok(conn),
            None => self.reader(),
        }
    }

    /// Runs `work` on a reading connection.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
    ) -> Result<T, TransactionError> {
        work(&mut *self.reader()?)
    }

    /// Runs `work` on a connection to read records up to a watermark, or the current state.
    pub(crate) fn read_records<T>(
        &self,
        upto: Option<i64>,
        work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
    ) -> Result<T, TransactionError> {
        work(&mut *self.record_reader(upto)?)
    }

    /// Runs `work` in one transaction that holds a write lock.
    pub(crate) fn write<T>(
        &self,
        lock: WriteLock,
        work: impl FnOnce(&mut Conn) -> Result<T, TransactionError>,
    ) -> Result<T, TransactionError> {
        in_transaction(&mut *self.writer()?, lock, work)
    }

    /// Writes records in one transaction, like [`Self::write`]. If a partition is missing, it is created and committed
    /// first, and the transaction is run again.
    pub(crate) fn write_records<T>(
        &self,
        work: impl Fn(&mut Conn) -> Result<T, TransactionError>,
    ) -> Result<T, TransactionError> {
        let mut attempts = 1;
        loop {
            match write_records(self, &work) {
                Err(error) if attempts < ATTEMPTS && Engine::makes_room(self, &error)? => attempts += 1,
                written => return written,
            }
        }
    }

    /// The error that ended a transaction, as the error of a port.
    pub(crate) fn failed(&self, doing: &str, error: impl Into<TransactionError>) -> PortError {
        let error = match error.into() {
            TransactionError::Port(error) => return error,
            TransactionError::Rejected(rejection) => return rejection.into(),
            error => self.0.place.error(error),
        };
        if matches!(error, StoreError::Unreachable { .. }) {
            self.0.engine.broke_off();
        }
        if error.is_temporary() { PortError::unavailable(doing, error) } else { PortError::failed(doing, error) }
    }

    /// The error for a row that cannot be read.
    pub(crate) fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.0.place.path.clone(), what: what.into() }
    }
}

/// Whether the message of a uniqueness violation refers to a column. SQLite names the column, PostgreSQL the index,
/// which is named after the column.
pub(super) fn is_about(message: &str, table: &str, column: &str) -> bool {
    [".", "_"].iter().any(|between| message.contains(&format!("{table}{between}{column}")))
}
