//! Options of samples, and the customers and accounts in them.

use uuid::Uuid;

use cdr_model::{BillingPeriod, Destination, Level, Money, Product, Timestamp};

use super::goods::{self, SampleService};
use super::parties;
use super::random::mixed;

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

/// A customer of the samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCustomer {
    /// Its name, unique.
    pub name: &'static str,
    /// The name of the reseller above it.
    pub reseller: Option<&'static str>,
    /// ISO 4217.
    pub currency: &'static str,
    /// Whether it is billed for its own calls or resells.
    pub level: Level,
    /// The number of its environment.
    pub environment: i32,
    /// The IANA name of its time zone.
    pub zone: &'static str,
    /// How often it is billed.
    pub billing_period: BillingPeriod,
}

/// An account of the samples, on which calls are booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleAccount {
    /// The account code in calls; unique across all customers.
    pub code: String,
    /// Its display name.
    pub name: String,
    /// The name of its customer.
    pub customer: &'static str,
    /// Its identifier for clients.
    pub uuid: Uuid,
    /// The balance; negative if the account owes.
    pub balance: Option<Money>,
    /// The balance below which its calls are refused.
    pub min_balance: Option<Money>,
    /// The balance above which calls credited to it are refused.
    pub max_balance: Option<Money>,
    /// The balance below which its owner is notified.
    pub balance_low: Option<Money>,
    /// The balance above which its owner is notified.
    pub balance_high: Option<Money>,
    /// The highest price per minute of a destination it may call.
    pub destination_rate_limit: Option<Money>,
    /// The longest a call may last, in seconds.
    pub max_call_duration: Option<i64>,
    /// The maximum number of concurrent outgoing calls.
    pub origination_capacity: Option<i64>,
    /// The maximum number of concurrent incoming calls.
    pub termination_capacity: Option<i64>,
    /// The maximum number of concurrent calls in both directions.
    pub total_capacity: Option<i64>,
    /// The number of the product it was sold with.
    pub product_id: i64,
}

/// The customers, with resellers before their customers. They are the same for all options.
pub fn customers(_options: &SampleOptions) -> Vec<SampleCustomer> {
    parties::customers().collect()
}

/// The services. They are the same for all options. Every store already contains the first two.
pub fn services(_options: &SampleOptions) -> Vec<SampleService> {
    goods::SERVICES.to_vec()
}

/// The products. They are the same for all options. Accounts refer to them by number, so they have to be added first.
pub fn products(_options: &SampleOptions) -> Vec<Product> {
    goods::products().collect()
}

/// The destinations that calls refer to by number. They are the same for all options.
pub fn destinations(_options: &SampleOptions) -> Vec<Destination> {
    goods::destinations().collect()
}

/// The accounts, ordered by their share of calls, which is 1/k^0.95 for the k-th account. They depend on
/// [`SampleOptions::accounts`] only.
pub fn accounts(options: &SampleOptions) -> Vec<SampleAccount> {
    (1..=options.account_count()).map(parties::account).collect()
}
