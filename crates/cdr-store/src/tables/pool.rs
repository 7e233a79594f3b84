//! A connection pool that reports why a connection could not be opened.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use r2d2::{ManageConnection, NopErrorHandler, Pool, PooledConnection};
use scheduled_thread_pool::ScheduledThreadPool;

use super::Conn;
use crate::PoolState;
use crate::error::{StoreError, StorePlace};

/// How long a connection is waited for while none can be opened. A database that restarts is back by then.
const PATIENCE: Duration = Duration::from_secs(5);
/// Half of this is the longest time between two attempts to open a connection, which is less than [`PATIENCE`].
const RETRY: Duration = Duration::from_secs(8);

/// A connection taken from the pool.
pub(crate) type Connection = PooledConnection<Manager>;

/// A pool of connections to one store for one purpose.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pool: Pool<Manager>,
    /// Why the last attempt to open a connection failed, if it did.
    last: Arc<Mutex<Option<StoreError>>>,
    place: StorePlace,
}

/// How a connection is opened, and how it is tested when it is taken from the pool and when it is returned.
pub(crate) struct Making {
    pub(crate) connect: Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>,
    /// Tests an idle connection before it is taken from the pool; `None` to skip the test.
    pub(crate) answers: Option<fn(&mut Conn) -> bool>,
    pub(crate) has_broken: fn(&mut Conn) -> bool,
    /// The number of threads that open connections. More than one if opening one may take long.
    pub(crate) openers: usize,
}

impl Connections {
    pub(crate) fn new(place: &StorePlace, most: u32, making: Making) -> Connections {
        let last = Arc::new(Mutex::new(None));
        let tested = making.answers.is_some();
        let openers = ScheduledThreadPool::builder().num_threads(making.openers).thread_name_pattern("connect-{}");
        let manager = Manager { making, last: last.clone() };
        let pool = Pool::builder()
            .max_size(most.max(1))
            .min_idle(Some(0))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_on_check_out(tested)
            .connection_timeout(RETRY)
            .error_handler(Box::new(NopErrorHandler))
            .thread_pool(Arc::new(openers.build()))
            .build_unchecked(manager);
        Connections { pool, last, place: place.clone() }
    }

    /// A connection, waiting at most for the busy timeout, and for less if none can be opened.
    ///
    /// # Errors
    /// Why no connection can be opened; [`StoreError::Locked`] if others use all of them.
    pub(crate) fn get(&self) -> Result<Connection, StoreError> {
        let most = self.place.busy_timeout.max(Duration::from_millis(1));
        let first = most.min(PATIENCE);
        if let Some(connection) = self.get_within(first) {
            return Ok(connection);
        }
        if let Some(error) = self.failure() {
            return Err(error);
        }
        self.get_within(most - first).ok_or_else(|| self.failure().unwrap_or_else(|| self.none_free()))
    }

    /// Why the last attempt to open a connection failed, if it did.
    fn failure(&self) -> Option<StoreError> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The error for a wait during which no attempt to open a connection failed.
    fn none_free(&self) -> StoreError {
        let (path, waited) = (self.place.path.clone(), self.place.busy_timeout);
        if self.pool.state().connections == 0 {
            let what = format!("no connection was opened within {} s", waited.as_secs_f32());
            return StoreError::Unreachable { path, what };
        }
        StoreError::Locked { path, waited }
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::{Conn, Connections, Making};
    use crate::error::{StoreError, StorePlace};

    type Connect = fn() -> Result<Conn, StoreError>;

    const BUSY: Duration = Duration::from_millis(400);

    fn place(busy_timeout: Duration) -> StorePlace {
        StorePlace::new(Path::new("postgres://db/calls"), busy_timeout, |_, error| panic!("{error}"))
    }

    fn making(connect: Connect) -> Making {
        Making { connect: Box::new(connect), answers: None, has_broken: |_| false, openers: 2 }
    }

    /// A pool of two connections that are opened so.
    fn pool(connect: Connect) -> Connections {
        Connections::new(&place(BUSY), 2, making(connect))
    }

    /// Whoever waits for a connection that cannot be opened learns why: the first one and all others, now and later.
    #[test]
    fn a_connection_that_cannot_be_opened_is_the_error_of_everyone_who_waits() {
        let unreachable = || {
            let what = "connection refused".to_owned();
            Err(StoreError::Unreachable { path: "postgres://db/calls".into(), what })
        };
        let denied = || {
            let (path, what) = ("postgres://db/calls".into(), "no such role".to_owned());
            Err(StoreError::Denied { path, what, help: "check the user" })
        };
        let connects: [(Connect, &str); 2] =
            [(unreachable, "does not answer (connection refused)"), (denied, "denied the operation (no such role)")];
        for (connect, words) in connects {
            let pool = pool(connect);
            for round in 0..2 {
                let waiting: Vec<_> =
                    (0..8).map(|_| pool.clone()).map(|pool| thread::spawn(move || pool.get().err())).collect();
                for waits in waiting {
                    let error = waits.join().unwrap().expect("there is no connection").to_string();
                    assert!(error.contains(words) && !error.contains("busy"), "round {round}: {error}");
                }
            }
        }
    }

    /// While no connection can be opened, the busy timeout is not waited for.
    #[test]
    fn a_connection_that_cannot_be_opened_is_not_waited_for_as_long_as_a_busy_one() {
        let place = place(Duration::from_secs(600));
        let pool = Connections::new(&place, 2, making(|| Err(StoreError::TransactionPooling { path: "db".into() })));
        let start = Instant::now();
        assert!(matches!(pool.get().err(), Some(StoreError::TransactionPooling { .. })));
        assert!(start.elapsed() < Duration::from_secs(300));
    }

    /// A host that does not answer at all has no error of its own yet.
    #[test]
    fn an_attempt_that_takes_too_long_is_not_a_busy_store() {
        let pool = pool(|| {
            thread::sleep(BUSY * 5);
            Err(StoreError::Unreachable { path: "postgres://db/calls".into(), what: "timed out".to_owned() })
        });
        let error = pool.get().err().expect("there is no connection");
        assert!(matches!(&error, StoreError::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains("no connection was opened within 0.4 s"), "{error}");
    }
}
