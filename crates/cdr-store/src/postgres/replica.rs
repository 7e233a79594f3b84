//! Reading records from a replica, where one is named.
//!
//! A replica repeats commits in their order, so it has everything up to a watermark once its own counter of records stands
//! there. Until then, and whenever it does not answer, the primary is asked; and so it is by whoever names no watermark, who
//! wants what is there now.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connect::{Access, Database};
use super::statements;
use super::tables::{Connection, Connections};

/// How long a connection to it is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it is left alone after it did not answer.
const LEFT_ALONE: Duration = Duration::from_secs(10);

/// A replica, and how far it was seen to be.
#[derive(Debug)]
pub(super) struct Replica {
    connections: Connections,
    reached: AtomicI64,
    /// When it did not answer last.
    silent: Mutex<Option<Instant>>,
}

impl Replica {
    pub(super) fn new(database: &Database, readers: u32) -> Replica {
        Replica {
            connections: database.connections(Access::Read, readers),
            reached: AtomicI64::new(0),
            silent: Mutex::new(None),
        }
    }

    /// A connection to it, if it has everything up to a watermark.
    pub(super) fn reader(&self, upto: i64) -> Option<Connection> {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.is_some_and(|since| since.elapsed() < LEFT_ALONE) {
            return None;
        }
        let conn = self.connections.get_within(PATIENCE);
        *silent = conn.is_none().then(Instant::now);
        drop(silent);
        let mut conn = conn?;
        if self.reached.load(Ordering::Relaxed) < upto {
            let reached = statements::watermark(&mut conn).ok()?;
            self.reached.fetch_max(reached, Ordering::Relaxed);
            if reached < upto {
                return None;
            }
        }
        Some(conn)
    }
}
