#![doc = include_str!("../README.md")]

mod amount;
mod call;
mod charges;
mod conference;
mod names;
mod numbers;
mod options;
mod parties;
#[cfg(test)]
mod pinned;
mod plan;
mod random;
mod reference;
mod release;
mod shape;
mod signalling;
mod stream;
mod tariff;
#[cfg(test)]
mod tests;
mod text;
mod xdr;
mod zipf;

pub use charges::SampleCharge;
pub use options::{SampleOptions, accounts, customers, destinations, products, services};
pub use parties::{SampleAccount, SampleCustomer};
pub use reference::SampleService;
pub use stream::{Sample, SampleCall, Samples};
