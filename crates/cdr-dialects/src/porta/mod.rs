#![doc = include_str!("README.md")]

mod about;
mod answers;
mod caller;
mod dialect;
mod fault;
mod from_wire;
mod options;
mod routes;
mod service;
mod service_stack;
mod state;
#[cfg(test)]
mod tests;
mod times;
mod to_wire;
mod wire;

pub use dialect::DIALECT;
pub use options::{CallType, DictionaryKey, PortaOptions};
pub use state::Porta;
