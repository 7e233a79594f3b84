//! In-memory implementations of the ports for tests, examples and small embedders.

mod growing;
mod ledger;
mod packs;
mod source;
mod spool;
#[cfg(all(test, feature = "testsuite"))]
mod tests;
mod walks;

pub use ledger::MemoryLedger;
pub use packs::MemoryPacks;
pub use source::Memory;
pub use spool::MemorySpool;
pub use walks::MemoryWalks;
