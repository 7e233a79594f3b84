//! A pool of connections that tells why one could not be made.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use diesel::SqliteConnection;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection};

use super::connect::{Access, connect};
use crate::error::{Place, StoreError};

/// A connection on loan.
pub(crate) type Connection = PooledConnection<Manager>;

/// How the connections of a store that read stand, for those who watch over the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// On loan.
    pub in_use: u32,
    /// Made, and waiting for somebody.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

/// Connections of one purpose to one store.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pool: Pool<Manager>,
    last: Arc<Mutex<Option<StoreError>>>,
    place: Place,
}

impl Connections {
    pub(crate) fn new(place: &Place, access: Access, most: u32) -> Connections {
        let last = Arc::new(Mutex::new(None));
        let manager = Manager { place: place.clone(), access, last: last.clone() };
        let pool = Pool::builder()
            .max_size(most.max(1))
            .min_idle(Some(0))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_on_check_out(false)
            .connection_timeout(place.busy_timeout.max(Duration::from_millis(1)))
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(manager);
        Connections { pool, last, place: place.clone() }
    }

    /// A connection, waited for no longer than the busy timeout.
    pub(crate) fn get(&self) -> Result<Connection, StoreError> {
        self.pool.get().map_err(|_| {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
            last.unwrap_or_else(|| StoreError::Locked {
                path: self.place.path.clone(),
                waited: self.place.busy_timeout,
            })
        })
    }

    /// How they stand.
    pub(crate) fn state(&self) -> PoolState {
        let r2d2::State { connections, idle_connections, .. } = self.pool.state();
        let in_use = connections.saturating_sub(idle_connections);
        PoolState { in_use, idle: idle_connections, most: self.pool.max_size() }
    }
}

/// Makes connections for r2d2, and keeps the last error, of which r2d2 itself would keep the text only.
#[derive(Debug)]
pub(crate) struct Manager {
    place: Place,
    access: Access,
    last: Arc<Mutex<Option<StoreError>>>,
}

/// Stands for the error that the manager keeps.
#[derive(Debug, thiserror::Error)]
#[error("no connection could be made")]
pub(crate) struct NoConnection;

impl ManageConnection for Manager {
    type Connection = SqliteConnection;
    type Error = NoConnection;

    fn connect(&self) -> Result<SqliteConnection, NoConnection> {
        connect(&self.place, self.access).map_err(|error| {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            NoConnection
        })
    }

    fn is_valid(&self, _: &mut SqliteConnection) -> Result<(), NoConnection> {
        Ok(())
    }

    /// A connection that comes back inside a transaction (its user panicked, or the disk was full at the commit) is
    /// closed, which rolls back.
    fn has_broken(&self, conn: &mut SqliteConnection) -> bool {
        AnsiTransactionManager::is_broken_transaction_manager(conn)
    }
}
