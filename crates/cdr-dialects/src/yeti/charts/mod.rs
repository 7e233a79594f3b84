//! Charts of an account: `POST /chart-active-calls` and `POST /chart-originated-cps`.
//!
//! Source: yeti-web, the customer API's documentation of both. The original draws the first from periodic samples of
//! the calls in progress. Here it is computed from the stored calls, minute by minute, so a call appears once it has
//! ended.

mod minutes;
mod routes;
#[cfg(test)]
mod tests;

pub(super) use routes::mount;
