//! A connection pool that reports why a connection could not be opened.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection};

use super::Conn;
use crate::PoolState;
use crate::error::{StoreError, StorePlace};

/// A connection taken from the pool.
pub(crate) type Connection = PooledConnection<Manager>;

/// A pool of connections to one store for one purpose.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pool: Pool<Manager>,
    last: Arc<Mutex<Option<StoreError>>>,
    place: StorePlace,
}

/// How a connection is opened, and how it is tested when it is taken from the pool and when it is returned.
pub(crate) struct Making {
    pub(crate) connect: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
    /// Tests an idle connection before it is taken from the pool; `None` to skip the test.
    pub(crate) answers: Option<fn(&mut Conn) -> bool>,
    pub(crate) has_broken: fn(&mut Conn) -> bool,
}

impl Connections {
    pub(crate) fn new(place: &StorePlace, most: u32, making: Making) -> Connections {
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

    /// A connection, waiting at most for the busy timeout.
    pub(crate) fn get(&self) -> Result<Connection, StoreError> {
        self.get_within(self.place.busy_timeout.max(Duration::from_millis(1))).ok_or_else(|| {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
            last.unwrap_or_else(|| StoreError::Locked {
                path: self.place.path.clone(),
                waited: self.place.busy_timeout,
            })
        })
    }

    /// A connection, if one becomes available within a time.
    pub(crate) fn get_within(&self, time: Duration) -> Option<Connection> {
        self.pool.get_timeout(time).ok()
    }

    /// The state of the pool.
    pub(crate) fn state(&self) -> PoolState {
        let r2d2::State { connections, idle_connections, .. } = self.pool.state();
        let in_use = connections.saturating_sub(idle_connections);
        PoolState { in_use, idle: idle_connections, most: self.pool.max_size() }
    }
}

/// Opens connections for r2d2, and stores the last error. r2d2 itself stores only its text.
pub(crate) struct Manager {
    making: Making,
    last: Arc<Mutex<Option<StoreError>>>,
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").finish_non_exhaustive()
    }
}

/// A placeholder for the error that the manager stores.
#[derive(Debug, thiserror::Error)]
#[error("no connection could be opened")]
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

    /// A connection that is returned inside a transaction (its user panicked, or the disk was full at the commit) is
    /// closed, which rolls the transaction back.
    fn has_broken(&self, conn: &mut Conn) -> bool {
        (self.making.has_broken)(conn)
    }
}
