#![doc = include_str!("../README.md")]
#![cfg_attr(
    all(feature = "sqlite", feature = "postgres"),
    expect(
        clippy::duplicate_mod,
        reason = "`tables` is compiled once for each database: Diesel's expressions have its type, and generic code over both would \
                  need a bound for every one of them"
    )
)]
#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("cdr-store needs the feature `sqlite` or `postgres`");

mod address;
mod backend;
mod changes;
mod compact_report;
mod error;
mod key_digest;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
mod moving;
mod options;
mod pool_state;
mod ports;
#[cfg(feature = "postgres")]
mod postgres;
mod rehearsal;
mod rejection;
mod rewrite_report;
mod row_visitor;
mod rows;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod types;
mod watching;

#[cfg(test)]
mod tests;

pub use address::{NoAddress, StoreAddress};
pub use changes::{CallChange, CallChanges};
pub use compact_report::CompactReport;
pub use error::StoreError;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
pub use moving::{MoveReport, move_store};
pub use options::{Opened, Partitions, StoreOptions};
pub use pool_state::PoolState;
#[cfg(feature = "postgres")]
pub use postgres::{Maintained, Maintainer, Notices};
pub use rehearsal::Rehearsal;
pub use rewrite_report::RewriteReport;
#[cfg(feature = "sqlite")]
pub use sqlite::{BackupReport, RestoreReport};
pub use store::Store;
pub use watching::Watching;
