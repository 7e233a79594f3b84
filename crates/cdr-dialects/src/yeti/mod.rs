#![doc = include_str!("README.md")]

mod accounts;
mod admin;
mod auth;
mod caller;
mod cdrs;
mod charts;
mod cookie;
mod date;
mod dialect;
mod exports;
mod fault;
mod filter;
mod from_wire;
mod headers;
mod name;
mod options;
mod order_filters;
mod resource;
mod routes;
mod state;
#[cfg(test)]
mod tests;
mod to_wire;
mod token;
mod types;
mod wire;

pub use cdrs::CDR_COLUMNS;
pub use dialect::DIALECT;
pub use options::YetiOptions;
pub use state::Yeti;
