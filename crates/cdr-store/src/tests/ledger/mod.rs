//! The ledger: the same of `MemoryLedger`, of a store, and of a store that is open twice.

mod callbacks;
mod contract;
mod customers;
mod kept;
mod lists;
mod many;
mod random;
pub(super) mod support;
mod versions;
mod withdrawn;
