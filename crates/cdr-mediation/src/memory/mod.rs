//! The ports in memory: for tests, examples and small embedders.

mod ledger;
mod licences;
mod logins;
mod operators;
mod secrets;
mod source;
mod spool;

pub use ledger::MemoryLedger;
pub use licences::MemoryLicences;
pub use logins::MemoryLogins;
pub use operators::MemoryOperators;
pub use secrets::MemorySecrets;
pub use source::Memory;
pub use spool::MemorySpool;
