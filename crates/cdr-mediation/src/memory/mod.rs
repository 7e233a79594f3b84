//! The ports in memory: for tests, examples and small embedders.

mod ledger;
mod source;
mod spool;

pub use ledger::MemoryLedger;
pub use source::Memory;
pub use spool::MemorySpool;
