//! The ledger: the same of `MemoryLedger`, of a store, and of a store that is open twice.

mod contract;
mod kept;
mod many;
mod random;
mod support;
