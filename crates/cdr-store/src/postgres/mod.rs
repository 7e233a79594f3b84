//! The parts that are specific to PostgreSQL: addresses, connections, partitions, cursors, bulk loads, and the few
//! statements that Diesel cannot express.

mod backend;
mod bulk;
mod citus;
mod compact;
mod connect;
mod cursor;
mod details;
mod engine;
mod held_lock;
mod identity;
mod interrupt;
mod meaning;
mod notices;
mod open;
mod partitions;
mod parts;
mod pooling;
mod published;
mod raw;
mod reachable;
mod replica;
mod statements;
#[path = "../tables/mod.rs"]
pub(crate) mod tables;
mod upkeep;

pub(crate) use bulk::Pending;
pub(crate) use cursor::{each_row, each_row_within};
pub(crate) use details::kept_details;
#[cfg(feature = "sqlite")]
pub(crate) use engine::GIVEN;
pub(crate) use engine::{
    CUSTOMERS_BY_START, Conn, Db, EXACT, Engine, GOES_ON, IDENTITY, SORTS_ACCOUNTS, announce, in_transaction, snapshot,
};
pub(crate) use held_lock::HeldLock;
#[cfg(all(test, feature = "sqlite"))]
pub(crate) use identity::migrations;
pub use notices::Notices;
#[cfg(feature = "sqlite")]
pub(crate) use open::open_incomplete;
pub(crate) use open::{open, spread};
#[cfg(feature = "sqlite")]
pub(crate) use partitions::make_room;
pub(crate) use partitions::partition_start;
pub(crate) use parts::{note_parts, write_counts, write_parts};
pub(crate) use published::write_records;
#[cfg(feature = "sqlite")]
pub(crate) use published::{lock_numbers, publish, settle};
pub(crate) use raw::{document_of, each_raw_row, text_of};
pub(crate) use upkeep::remove_whole;
pub use upkeep::{Maintained, Maintainer};
