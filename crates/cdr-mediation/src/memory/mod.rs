//! The ports in memory: for tests, examples and small embedders.

mod ledger;
mod operators;
mod source;
mod spool;

pub use ledger::MemoryLedger;
pub use operators::MemoryOperators;
pub use source::Memory;
pub use spool::MemorySpool;
