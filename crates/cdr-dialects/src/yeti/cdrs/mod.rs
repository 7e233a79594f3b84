//! Calls: `GET /cdrs`, `GET /cdrs/{id}` and `GET /cdrs/{id}/rec`.
//!
//! Source: yeti-web, the customer API's documentation of `cdrs`.

pub(super) mod attributes;
mod filters;
mod routes;
mod select;
#[cfg(test)]
pub(super) mod tests;

pub use attributes::CDR_COLUMNS;
pub(super) use routes::mount;
pub(super) use select::each_last_attempt;
