//! The parts that are specific to PostgreSQL: addresses, connections, partitions, cursors, bulk loads, and the few
//! statements that Diesel cannot express.

mod backend;
mod bulk;
mod connect;
mod cursor;
mod engine;
mod identity;
mod interrupt;
mod meaning;
mod notices;
mod open;
mod partitions;
mod pooling;
mod replica;
mod statements;
#[path = "../tables/mod.rs"]
pub(crate) mod tables;
mod upkeep;

pub(crate) use bulk::Pending;
pub(crate) use cursor::each_row;
pub(crate) use engine::{CUSTOMERS_BY_START, Conn, Db, EXACT, Engine, GOES_ON, announce, in_transaction, snapshot};
pub use notices::Notices;
pub(crate) use open::open;
#[cfg(feature = "sqlite")]
pub(crate) use open::{MOVING, open_incomplete};
#[cfg(feature = "sqlite")]
pub(crate) use partitions::make_room;
pub(crate) use partitions::partition_start;
pub(crate) use upkeep::remove_whole;
pub use upkeep::{Maintained, Maintainer};
