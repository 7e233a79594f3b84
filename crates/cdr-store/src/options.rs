//! How a store is opened.

use std::time::Duration;

use cdr_model::Timestamp;

use crate::address::StoreAddress;

/// Options of an open store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How long to wait for the write lock and for a free connection.
    pub busy_timeout: Duration,
    /// The maximum number of concurrent readers of one [`Store`](crate::Store).
    pub readers: u32,
    /// The clock that dates entries of the quarantine.
    pub clock: fn() -> Timestamp,
    /// PostgreSQL only: the address of a replica. Calls and conferences are read from it once it has reached the
    /// watermark of the query.
    pub replica: Option<StoreAddress>,
    /// PostgreSQL only: the period that one partition of the calls covers.
    pub partitions: Partitions,
}

/// The period that one partition of the calls covers, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Partitions {
    /// A calendar month.
    #[default]
    Month,
    /// A day, for tens of millions of calls a month.
    Day,
}

impl Default for StoreOptions {
    /// A busy timeout of 30 seconds, 24 readers, the system clock, no replica, monthly partitions.
    fn default() -> StoreOptions {
        StoreOptions {
            busy_timeout: Duration::from_secs(30),
            readers: 24,
            clock: || chrono::Utc::now().into(),
            replica: None,
            partitions: Partitions::default(),
        }
    }
}

/// The state in which a store was found when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It did not exist and was created.
    Created,
    /// It was written by an older version, and its tables were migrated.
    Upgraded {
        /// The number of migrations applied before.
        from: usize,
        /// The number of migrations applied now.
        to: usize,
    },
    /// All migrations were applied already.
    Current,
}
