//! Options of samples, and the directory that they refer to.

use cdr_model::{Destination, Product, Timestamp};

use super::parties::{self, SampleAccount, SampleCustomer};
use super::random::mixed;
use super::reference::{self, SampleService};

/// The maximum number of accounts. Each takes eight bytes while samples are generated.
const MOST_ACCOUNTS: u32 = 1_000_000;

/// Which samples to generate. The same options generate the same samples, with every version of the toolchain and on
/// every machine. Other options generate other samples, with other keys and UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SampleOptions {
    /// The seed of the random numbers.
    pub seed: u64,
    /// The number of calls. Conferences and charges are not included.
    pub calls: u64,
    /// The number of days, from 1; zero counts as one. Every call starts within these days.
    pub days: u32,
    /// The first day: the UTC day that contains this instant.
    pub from: Timestamp,
    /// The number of accounts that share the calls, clamped to 1 to 1,000,000.
    pub accounts: u32,
}

impl SampleOptions {
    /// The number of accounts, clamped to its bounds.
    pub(super) fn account_count(&self) -> u32 {
        self.accounts.clamp(1, MOST_ACCOUNTS)
    }

    /// A digest of all options except the seed.
    pub(super) fn digest(&self) -> u64 {
        let rest = [self.calls, self.days.max(1).into(), self.from.day() as u64, self.account_count().into()];
        rest.into_iter().fold(0, mixed)
    }
}

/// The customers, with resellers before their customers. They are the same for all options.
pub fn customers(_options: &SampleOptions) -> Vec<SampleCustomer> {
    parties::customers().collect()
}

/// The services. They are the same for all options. Every store already contains the first two.
pub fn services(_options: &SampleOptions) -> Vec<SampleService> {
    reference::SERVICES.to_vec()
}

/// The products. They are the same for all options. Accounts refer to them by number, so they have to be added first.
pub fn products(_options: &SampleOptions) -> Vec<Product> {
    reference::products().collect()
}

/// The destinations that calls refer to by number. They are the same for all options.
pub fn destinations(_options: &SampleOptions) -> Vec<Destination> {
    reference::destinations().collect()
}

/// The accounts, ordered by their share of calls, which is 1/k^0.95 for the k-th account. They depend on
/// [`SampleOptions::accounts`] only.
pub fn accounts(options: &SampleOptions) -> Vec<SampleAccount> {
    (1..=options.account_count()).map(parties::account).collect()
}
