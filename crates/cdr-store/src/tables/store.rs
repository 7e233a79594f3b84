//! A store: the connections to one place, and what is remembered of it.

use std::sync::{Arc, Mutex};

use cdr_mediation::PortError;
use cdr_model::{Directory, Timestamp};

use super::{Conn, Connection, Connections, Engine, in_transaction, retention};
use crate::PoolState;
use crate::error::{Place, StoreError, Trouble};

/// How often a write of records is attempted at most: a partition may be dropped between two attempts.
const ATTEMPTS: u32 = 5;

/// Calls, conferences, the directory, the quarantine, the ledger of exports, users, logins, licences and secrets in one
/// database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Store(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) place: Place,
    pub(crate) clock: fn() -> Timestamp,
    readers: Connections,
    writers: Connections,
    /// What only this kind of database has.
    pub(crate) engine: Engine,
    /// The directory as it was when its counter stood there.
    pub(crate) directory: Mutex<Option<(i64, Arc<Directory>)>>,
}

/// What a store is made of.
pub(crate) struct Setup {
    pub(crate) place: Place,
    pub(crate) clock: fn() -> Timestamp,
    pub(crate) readers: Connections,
    pub(crate) writers: Connections,
    pub(crate) engine: Engine,
}

/// Whose turn it is to write: of those who give numbers out of the same counter, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Records, the quarantine, the directory.
    Records,
    /// The ledger of exports.
    Exports,
    /// Users, logins and secrets.
    People,
    /// Licences.
    Licences,
}

impl Store {
    pub(crate) fn new(setup: Setup) -> Store {
        let Setup { place, clock, readers, writers, engine } = setup;
        Store(Arc::new(Inner { place, clock, readers, writers, engine, directory: Mutex::new(None) }))
    }

    /// Removes what started before an instant; see [`crate::Store::remove_before`].
    pub(crate) fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        retention::remove_before(self, floor, progress)
    }

    /// How the connections that read stand.
    pub(crate) fn pool(&self) -> PoolState {
        self.0.readers.state()
    }

    /// A connection that reads.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        self.0.readers.get()
    }

    /// A connection that writes, outside of any turn.
    pub(crate) fn writer(&self) -> Result<Connection, StoreError> {
        self.0.writers.get()
    }

    /// A connection that reads records: up to a watermark, or as they are now.
    pub(crate) fn record_reader(&self, upto: Option<i64>) -> Result<Connection, StoreError> {
        match self.0.engine.record_reader(upto) {
            Some(conn) => Ok(conn),
            None => self.reader(),
        }
    }

    /// Reads something, and gives the connection back.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Trouble>) -> Result<T, Trouble> {
        work(&mut *self.reader()?)
    }

    /// Reads something of records up to a watermark, or as they are now.
    pub(crate) fn read_records<T>(
        &self,
        upto: Option<i64>,
        work: impl FnOnce(&mut Conn) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        work(&mut *self.record_reader(upto)?)
    }

    /// Does something in one transaction that nobody else with the same turn writes beside.
    pub(crate) fn write<T>(
        &self,
        turn: Turn,
        work: impl FnOnce(&mut Conn) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        in_transaction(&mut *self.writer()?, turn, work)
    }

    /// Writes records in one transaction, like [`Self::write`]. If a partition is missing, it is created and committed first,
    /// and the transaction is run again.
    pub(crate) fn write_records<T>(&self, work: impl Fn(&mut Conn) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let mut attempts = 1;
        loop {
            match self.write(Turn::Records, &work) {
                Err(trouble) if attempts < ATTEMPTS && Engine::makes_room(self, &trouble)? => attempts += 1,
                written => return written,
            }
        }
    }

    /// What ended a transaction, for the one who asked through a port.
    pub(crate) fn failed(&self, doing: &str, trouble: impl Into<Trouble>) -> PortError {
        let error = match trouble.into() {
            Trouble::Port(error) => return error,
            trouble => self.0.place.trouble(trouble),
        };
        if matches!(error, StoreError::Unreachable { .. }) {
            self.0.engine.broke_off();
        }
        if error.is_passing() { PortError::unavailable(doing, error) } else { PortError::failed(doing, error) }
    }

    /// A record in the store that cannot be read.
    pub(crate) fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.0.place.path.clone(), what: what.into() }
    }
}

/// Whether what a database said of a value that is there already is about a column: SQLite names the column, PostgreSQL the
/// index, which is called after it.
pub(super) fn is_about(said: &str, table: &str, column: &str) -> bool {
    [".", "_"].iter().any(|between| said.contains(&format!("{table}{between}{column}")))
}
