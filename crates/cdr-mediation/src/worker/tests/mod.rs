//! Exports and workers, including crashes of workers.

mod callers;
mod claims;
mod files;
mod retries;
mod spooling;
pub(crate) mod support;
mod waiting;
mod withdrawn;
