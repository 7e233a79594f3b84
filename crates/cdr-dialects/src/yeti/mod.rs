#![doc = include_str!("README.md")]

mod accounts;
mod admin;
mod auth;
mod caller;
mod casts;
mod cdrs;
mod charts;
mod cookie;
mod dialect;
mod exports;
mod filter;
mod headers;
mod json_api;
mod name;
mod options;
mod order_filters;
mod resource;
mod routes;
mod state;
#[cfg(test)]
mod tests;
mod token;
mod types;
mod values;

pub use cdrs::CDR_COLUMNS;
pub use dialect::DIALECT;
pub use options::YetiOptions;
pub use state::Yeti;
