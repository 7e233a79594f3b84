//! Reading records from a replica, where one is named.
//!
//! A replica repeats commits in their order, so it has everything up to a watermark once its own counter of records stands
//! there. Until then, and whenever it does not answer, the primary is asked.

use std::sync::atomic::{AtomicI64, Ordering};

use super::connect::{Access, Database};
use super::statements;
use super::tables::{Connection, Connections};

/// A replica, and how far it was seen to be.
#[derive(Debug)]
pub(super) struct Replica {
    connections: Connections,
    reached: AtomicI64,
}

impl Replica {
    pub(super) fn new(database: &Database, readers: u32) -> Replica {
        Replica { connections: database.connections(Access::Read, readers), reached: AtomicI64::new(0) }
    }

    /// A connection to it, if it has everything up to a watermark; without one, as far as it has come.
    pub(super) fn reader(&self, upto: Option<i64>) -> Option<Connection> {
        let mut conn = self.connections.get().ok()?;
        match upto {
            Some(upto) if self.reached.load(Ordering::Relaxed) < upto => {
                let reached = statements::watermark(&mut conn).ok()?;
                self.reached.fetch_max(reached, Ordering::Relaxed);
                (reached >= upto).then_some(conn)
            }
            _ => Some(conn),
        }
    }
}
