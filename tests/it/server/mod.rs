//! The server: what a client of the original APIs sees, whatever happens to the server meanwhile.

mod bucket;
pub(crate) mod client;
mod crash;
mod curl;
mod dma;
mod many;
mod outside;
pub(crate) mod porta;
mod slow;
pub(crate) mod support;
mod watching;
pub(crate) mod yeti;
