//! What is asked for, and who is in it.

use uuid::Uuid;

use cdr_model::{BillingPeriod, Destination, Level, Money, Product, Timestamp};

use super::goods::{self, SampleService};
use super::parties;
use super::random::mixed;

/// The most accounts that are made up; each takes eight bytes while calls are drawn.
const MOST_ACCOUNTS: u32 = 1_000_000;

/// What samples to make. The same options give the same samples, with every version of the toolchain on every machine;
/// other options give other ones, with other keys and UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SampleOptions {
    /// Where chance begins.
    pub seed: u64,
    /// How many calls. Conferences and charges are counted besides.
    pub calls: u64,
    /// Over how many days, from 1; zero counts as one. Every call starts within them.
    pub days: u32,
    /// The first day: the UTC day in which this instant lies.
    pub from: Timestamp,
    /// How many accounts share the calls, 1 to 1,000,000; what lies outside counts as the nearest of these.
    pub accounts: u32,
}

impl SampleOptions {
    /// How many accounts there are, within the bounds.
    pub(super) fn account_count(&self) -> u32 {
        self.accounts.clamp(1, MOST_ACCOUNTS)
    }

    /// A number that stands for all options but the seed.
    pub(super) fn digest(&self) -> u64 {
        let rest = [self.calls, self.days.max(1).into(), self.from.day() as u64, self.account_count().into()];
        rest.into_iter().fold(0, mixed)
    }
}

/// Somebody to be billed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleCustomer {
    /// Its name, unique.
    pub name: &'static str,
    /// The name of the reseller above it.
    pub reseller: Option<&'static str>,
    /// ISO 4217.
    pub currency: &'static str,
    /// Whether it pays for itself, or sells on.
    pub level: Level,
    /// The number of the environment it lives in.
    pub environment: i32,
    /// Where its clocks are, an IANA name.
    pub zone: &'static str,
    /// How often it is billed.
    pub billing_period: BillingPeriod,
}

/// What calls are booked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleAccount {
    /// The code by which calls name it; unique over all customers.
    pub code: String,
    /// A name for people.
    pub name: String,
    /// The name of its customer.
    pub customer: &'static str,
    /// Its identifier for clients.
    pub uuid: Uuid,
    /// What it has; negative if it owes.
    pub balance: Option<Money>,
    /// Below this its calls are refused.
    pub min_balance: Option<Money>,
    /// Above this calls that would be paid to it are refused.
    pub max_balance: Option<Money>,
    /// Below this its owner is told.
    pub balance_low: Option<Money>,
    /// Above this its owner is told.
    pub balance_high: Option<Money>,
    /// The dearest destination it may call, by the price of a minute.
    pub destination_rate_limit: Option<Money>,
    /// Seconds after which a call is ended.
    pub max_call_duration: Option<i64>,
    /// How many calls it may make at once.
    pub origination_capacity: Option<i64>,
    /// How many calls it may be given at once.
    pub termination_capacity: Option<i64>,
    /// How many calls it may have at once, both ways.
    pub total_capacity: Option<i64>,
    /// The number of the product that was sold to its owner.
    pub product_id: i64,
}

/// The customers, resellers before those under them. They are the same for all options.
pub fn customers(_options: &SampleOptions) -> Vec<SampleCustomer> {
    parties::customers().collect()
}

/// The services, which are the same for all options. The first two are in every store.
pub fn services(_options: &SampleOptions) -> Vec<SampleService> {
    goods::SERVICES.to_vec()
}

/// The products, which are the same for all options. Accounts name them by their numbers, so they come first.
pub fn products(_options: &SampleOptions) -> Vec<Product> {
    goods::products().collect()
}

/// The destinations that calls name, by their numbers. They are the same for all options.
pub fn destinations(_options: &SampleOptions) -> Vec<Destination> {
    goods::destinations().collect()
}

/// The accounts, from the one with the most calls on: the k-th gets a share of 1/k^0.95. They depend on nothing but
/// [`SampleOptions::accounts`].
pub fn accounts(options: &SampleOptions) -> Vec<SampleAccount> {
    (1..=options.account_count()).map(parties::account).collect()
}
