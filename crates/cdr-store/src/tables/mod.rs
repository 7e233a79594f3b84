//! The operations on the tables that Diesel expresses in the same way for both databases. Diesel's types depend on the
//! database, so this folder is compiled once for each. The parent module defines the connection type ([`Conn`]), how a
//! transaction starts, and how rows are read one by one.

mod activity;
mod adopting;
mod balances;
mod changes;
mod directory;
mod intake;
pub(crate) mod ledger;
mod licences;
mod lines;
mod loads;
mod logins;
mod lowering;
pub(crate) mod parts;
mod pool;
mod quarantine;
mod retention;
mod rollup;
mod secrets;
pub(crate) mod source;
mod sources;
mod store;
mod users;
mod versions;
mod walks;
mod watched;
mod whereabouts;

use super::{
    CUSTOMERS_BY_START, Conn, Db, EXACT, Engine, GOES_ON, IDENTITY, Pending, SORTS_ACCOUNTS, announce, document_of,
    each_raw_row, each_row, each_row_within, in_transaction, kept_details, note_parts, remove_whole, snapshot, text_of,
    write_counts, write_parts, write_records,
};
use crate::row_visitor::RowVisitor;

pub(crate) use intake::PendingRow;
pub(crate) use pool::Connection;
pub(super) use pool::{Connections, Making};
pub(super) use store::Setup;
pub(crate) use store::Store;
pub(crate) use store::WriteLock;
