//! The filters of an order, for customers and administrators: how they are read, and the query that they stand for.
//!
//! Source: yeti-web, the filters of `cdr_export.rb`, of which customers may use a few.

mod filters;
mod table;

pub(super) use filters::{By, Filters};
pub(super) use table::CUSTOMER_KEYS;
