//! The ports of `cdr-mediation` kept in a SQL database: SQLite, in one file.

mod directory;
mod error;
mod intake;
mod lowering;
mod quarantine;
mod retention;
mod rows;
mod schema;
mod source;
mod sqlite;
mod store;

#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use sqlite::{BackupReport, RestoreReport};
pub use store::{Opened, Store, StoreOptions};
