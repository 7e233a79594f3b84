//! CDR exports of customers: order, list, status and download.
//!
//! Source: yeti-web, the customer API's documentation of `cdr-exports`.

pub(super) mod download;
mod from_wire;
mod list;
mod memo;
pub(super) mod receipt;
mod routes;
mod to_wire;

pub(super) use routes::mount;
pub(super) use to_wire::status;
