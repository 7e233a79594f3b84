//! The parts that are specific to SQLite: files, connections, settings, and the few statements that Diesel cannot
//! express.

mod amount;
mod backend;
mod backup;
mod connect;
mod details;
mod digests;
mod engine;
mod identity;
mod insert;
mod meaning;
mod open;
mod page;
mod parts;
mod raw;
mod restore;
mod space;
mod statements;
#[path = "../tables/mod.rs"]
pub(crate) mod tables;
mod wanted;

pub use backup::BackupReport;
pub(crate) use backup::back_up;
pub(crate) use details::kept_details;
/// Reading row by row needs no transaction of its own.
pub(crate) use engine::each_row as each_row_within;
pub(crate) use engine::{
    CUSTOMERS_BY_START, Conn, Db, EXACT, Engine, IDENTITY, Pending, SORTS_ACCOUNTS, announce, each_row, in_transaction,
    remove_whole, snapshot, write_records,
};
#[cfg(test)]
pub(crate) use identity::migrations;
pub(crate) use open::open;
#[cfg(feature = "postgres")]
pub(crate) use open::open_incomplete;
pub(crate) use parts::{note_parts, write_counts, write_parts};
pub(crate) use raw::{document_of, each_raw_row, text_of};
pub use restore::RestoreReport;
pub(crate) use restore::restore;
#[cfg(test)]
pub(crate) use statements::fault;
pub(crate) use wanted::GOES_ON;
