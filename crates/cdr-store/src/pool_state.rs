//! The state of a connection pool, for metrics.

/// The state of the reading connections of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// Connections in use.
    pub in_use: u32,
    /// Open connections that are not in use.
    pub idle: u32,
    /// The maximum number of connections.
    pub most: u32,
}
