//! The server: listeners, dialects, workers, and monitoring.

mod backend;
mod changes;
mod dialects;
mod health;
mod intake;
pub(crate) mod listeners;
pub(crate) mod log;
mod metrics;
mod readiness;
mod reload;
mod request_log;
mod self_signed;
mod serve;
pub(crate) mod shutdown;
mod tls;
#[cfg(feature = "postgres")]
mod upkeep;
mod work;
mod workers;

pub(crate) use backend::Backend;
pub(crate) use listeners::Addresses;
pub(crate) use serve::{serve, serve_on};
pub(crate) use work::work;
