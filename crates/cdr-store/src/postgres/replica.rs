//! Reads records from a replica, if one is configured.
//!
//! A replica replays commits in order, so it has all records up to a watermark once its own record counter has reached
//! it. Until then, and whenever the replica does not answer or cancels a query, records are read from the primary. A
//! query without a watermark needs the current state and always goes to the primary.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connect::{Access, Database};
use super::statements;
use super::tables::{Connection, Connections};

/// How long to wait for a connection to the replica.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
/// How long the replica is not used after it did not answer.
const UNREACHABLE: Duration = Duration::from_secs(10);
/// How long the replica is not used after a query was interrupted. A retry then reads from the primary.
const BROKE_OFF: Duration = Duration::from_secs(300);

/// A replica, or several behind one address.
#[derive(Debug)]
pub(super) struct Replica {
    database: Database,
    connections: Connections,
    /// Until when it is not used.
    paused_until: Mutex<Option<Instant>>,
}

impl Replica {
    pub(super) fn new(database: &Database, readers: u32) -> Replica {
        Replica {
            database: database.clone(),
            connections: database.connections(Access::Read, readers, None),
            paused_until: Mutex::new(None),
        }
    }

    /// Its address.
    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    /// A connection to it, if it has all records up to a watermark.
    pub(super) fn reader(&self, upto: i64) -> Option<Connection> {
        if self.paused_until().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let Some(mut conn) = self.connections.get_within(CONNECT_TIMEOUT) else {
            let state = self.connections.state();
            if state.in_use < state.most {
                self.pause(UNREACHABLE);
            }
            return None;
        };
        // Checked on the connection that will be read from: another connection may lead to another replica.
        match statements::watermark(&mut conn) {
            Ok(reached) => (reached >= upto).then_some(conn),
            Err(_) => {
                self.pause(UNREACHABLE);
                None
            }
        }
    }

    /// Notes that a query was interrupted, on the replica or on the primary.
    pub(super) fn broke_off(&self) {
        self.pause(BROKE_OFF);
    }

    fn pause(&self, time: Duration) {
        *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }

    fn paused_until(&self) -> Option<Instant> {
        *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
