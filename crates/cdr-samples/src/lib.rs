#![doc = include_str!("../README.md")]

mod amount;
mod call;
mod charges;
mod conference;
mod goods;
mod names;
mod numbers;
mod options;
mod parties;
#[cfg(test)]
mod pinned;
mod plan;
mod random;
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
pub use goods::SampleService;
pub use options::{
    SampleAccount, SampleCustomer, SampleOptions, accounts, customers, destinations, products, services,
};
pub use stream::{Sample, SampleCall, Samples};
