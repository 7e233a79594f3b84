#![doc = include_str!("README.md")]

mod accept;
mod caller;
mod dialect;
mod download;
mod fault;
mod from_wire;
mod live;
mod options;
mod routes;
mod state;
#[cfg(test)]
mod tests;
mod to_wire;
mod wire;

pub use dialect::DIALECT;
pub use options::{DmaOptions, EndBound, LaneRule};
pub use state::Dma;
