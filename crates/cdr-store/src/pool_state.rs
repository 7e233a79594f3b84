//! How connections stand, for those who watch over the whole.

/// How the connections of a store that read stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// On loan.
    pub in_use: u32,
    /// Made, and waiting for somebody.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}
