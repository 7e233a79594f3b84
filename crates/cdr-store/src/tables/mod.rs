//! The tables, and all that is done with them in Diesel's words, which are the same for both databases. Diesel wants to know
//! which database it speaks to, so this folder is compiled once for each: the module above says what a connection is
//! ([`Conn`]), how a transaction begins, and how many rows are read one by one.

mod directory;
mod intake;
pub(crate) mod ledger;
mod licences;
mod logins;
mod lowering;
mod pool;
mod quarantine;
mod retention;
mod secrets;
pub(crate) mod source;
mod store;
mod users;

use super::{
    CUSTOMERS_BY_START, Conn, Db, Engine, Pending, announce, each_row, in_transaction, remove_whole, snapshot,
};

pub(super) use intake::{Entry, Row};
pub(super) use pool::{Connection, Connections, Making};
pub(super) use store::Setup;
pub(crate) use store::Store;
pub(crate) use store::Turn;
