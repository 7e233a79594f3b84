//! The ledger: what every ledger promises, of a store and of a store that is open twice; and what is its own.

mod contract;
mod kept;
mod many;
mod random;
pub(super) mod support;
mod versions;
