//! A pool of connections that tells why one could not be made.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection};

use super::Conn;
use crate::PoolState;
use crate::error::{Place, StoreError};

/// A connection on loan.
pub(crate) type Connection = PooledConnection<Manager>;

/// Connections of one purpose to one store.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pool: Pool<Manager>,
    last: Arc<Mutex<Option<StoreError>>>,
    place: Place,
}

/// How one connection is made, whether it still answers when it is lent again, and whether it has broken.
pub(crate) struct Making {
    pub(crate) connect: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
    /// Whether one that was idle has to answer before it is lent.
    pub(crate) answers: Option<fn(&mut Conn) -> bool>,
    pub(crate) has_broken: fn(&mut Conn) -> bool,
}

impl Connections {
    pub(crate) fn new(place: &Place, most: u32, making: Making) -> Connections {
        let last = Arc::new(Mutex::new(None));
        let tested = making.answers.is_some();
        let manager = Manager { making, last: last.clone() };
        let pool = Pool::builder()
            .max_size(most.max(1))
            .min_idle(Some(0))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_on_check_out(tested)
            .connection_timeout(place.busy_timeout.max(Duration::from_millis(1)))
            .error_handler(Box::new(NopErrorHandler))
            .build_unchecked(manager);
        Connections { pool, last, place: place.clone() }
    }

    /// A connection, waited for no longer than the busy timeout.
    pub(crate) fn get(&self) -> Result<Connection, StoreError> {
        self.get_within(self.place.busy_timeout.max(Duration::from_millis(1))).ok_or_else(|| {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
            last.unwrap_or_else(|| StoreError::Locked {
                path: self.place.path.clone(),
                waited: self.place.busy_timeout,
            })
        })
    }

    /// A connection, if there is one within a time.
    pub(crate) fn get_within(&self, time: Duration) -> Option<Connection> {
        self.pool.get_timeout(time).ok()
    }

    /// How they stand.
    pub(crate) fn state(&self) -> PoolState {
        let r2d2::State { connections, idle_connections, .. } = self.pool.state();
        let in_use = connections.saturating_sub(idle_connections);
        PoolState { in_use, idle: idle_connections, most: self.pool.max_size() }
    }
}

/// Makes connections for r2d2, and keeps the last error, of which r2d2 itself would keep the text only.
pub(crate) struct Manager {
    making: Making,
    last: Arc<Mutex<Option<StoreError>>>,
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").finish_non_exhaustive()
    }
}

/// Stands for the error that the manager keeps.
#[derive(Debug, thiserror::Error)]
#[error("no connection could be made")]
pub(crate) struct NoConnection;

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = NoConnection;

    fn connect(&self) -> Result<Conn, NoConnection> {
        let (made, error) = match (self.making.connect)() {
            Ok(conn) => (Ok(conn), None),
            Err(error) => (Err(NoConnection), Some(error)),
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = error;
        made
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), NoConnection> {
        match self.making.answers {
            Some(answers) if !answers(conn) => Err(NoConnection),
            _ => Ok(()),
        }
    }

    /// A connection that comes back inside a transaction (its user panicked, or the disk was full at the commit) is
    /// closed, which rolls back.
    fn has_broken(&self, conn: &mut Conn) -> bool {
        (self.making.has_broken)(conn)
    }
}
