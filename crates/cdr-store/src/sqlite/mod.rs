//! What is particular to SQLite: files, connections, settings, and the few statements that Diesel has no words for.

mod backup;
mod connect;
mod identity;
mod pool;
mod restore;
mod statements;

pub use backup::BackupReport;
pub(crate) use backup::back_up;
pub(crate) use connect::{Access, connect, in_transaction};
#[cfg(test)]
pub(crate) use identity::migrations;
pub(crate) use identity::{Identity, create, identify, known_changes, upgrade};
pub use pool::PoolState;
pub(crate) use pool::{Connection, Connections};
pub use restore::RestoreReport;
pub(crate) use restore::restore;
