//! The server as clients of the original APIs see it, including crashes, restarts and slow clients.

mod bucket;
mod changes;
pub(crate) mod client;
mod crash;
mod curl;
mod dma;
mod intake;
mod many;
mod outside;
pub(crate) mod porta;
mod readiness;
mod slow;
pub(crate) mod support;
mod watching;
mod who;
pub(crate) mod yeti;
