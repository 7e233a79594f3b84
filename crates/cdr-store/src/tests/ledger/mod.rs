//! The ledger: the contract of every ledger, for a store with one handle and with two, and tests specific to the store.

mod contract;
mod kept;
mod many;
mod random;
pub(super) mod support;
mod versions;
