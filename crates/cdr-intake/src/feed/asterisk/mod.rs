//! What the feeds of the Asterisk family share: the columns of a call detail record by their names, and how they become a
//! call (<https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/>).

mod clid;
mod columns;
mod map;
mod values;

pub(super) use columns::{Columns, DISPOSITIONS, EXTRA, is_uniqueid};
pub(super) use map::{Map, counts_rows, seconds};
