//! Reading records from a replica, where one is named.
//!
//! A replica repeats commits in their order, so it has everything up to a watermark once its own counter of records stands
//! there. Until then, and whenever it does not answer or breaks off, the primary is asked; and so it is by whoever names no
//! watermark, who wants what is there now.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connect::{Access, Database};
use super::statements;
use super::tables::{Connection, Connections};

/// How long a connection to it is waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it is left alone after it did not answer.
const SILENT: Duration = Duration::from_secs(10);
/// How long it is left alone after something broke off: whoever tries again finds the primary.
const BROKE_OFF: Duration = Duration::from_secs(300);

/// A replica, or several behind one address.
#[derive(Debug)]
pub(super) struct Replica {
    connections: Connections,
    /// Until when it is left alone.
    rests: Mutex<Option<Instant>>,
}

impl Replica {
    pub(super) fn new(database: &Database, readers: u32) -> Replica {
        Replica { connections: database.connections(Access::Read, readers), rests: Mutex::new(None) }
    }

    /// A connection to it, if it has everything up to a watermark.
    pub(super) fn reader(&self, upto: i64) -> Option<Connection> {
        if self.rests().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let Some(mut conn) = self.connections.get_within(PATIENCE) else {
            let state = self.connections.state();
            if state.in_use < state.most {
                self.leave_alone(SILENT);
            }
            return None;
        };
        // Asked on the connection that is read from: the next one may lead to another replica.
        match statements::watermark(&mut conn) {
            Ok(reached) => (reached >= upto).then_some(conn),
            Err(_) => {
                self.leave_alone(SILENT);
                None
            }
        }
    }

    /// Reading broke off, here or on the primary.
    pub(super) fn broke_off(&self) {
        self.leave_alone(BROKE_OFF);
    }

    fn leave_alone(&self, time: Duration) {
        *self.rests.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }

    fn rests(&self) -> Option<Instant> {
        *self.rests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
