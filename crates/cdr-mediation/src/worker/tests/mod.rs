//! What becomes of exports, whoever dies on the way.

mod callers;
mod claims;
mod files;
mod spooling;
pub(crate) mod support;
mod waiting;
mod withdrawn;
