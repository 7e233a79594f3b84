//! The directory: customers, accounts, services, products, destinations and sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::billing::BillingPeriod;
use crate::error::LevelError;
use crate::kind::RecordKind;
use crate::money::Money;
use crate::time::Timestamp;

/// The customer of calls whose customer is not known yet.
pub const NOBODY: i64 = 0;
/// The ISO 4217 code for "no currency": the currency of a customer that was added without one.
pub const NO_CURRENCY: &str = "XXX";
/// The service of ordinary calls.
pub const VOICE_CALLS: i32 = 3;
/// The service of fees charged every period.
pub const SUBSCRIPTIONS: i32 = 4;

/// A customer: the party that is billed. A customer may have a reseller above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its number; [`NOBODY`] is zero.
    pub id: i64,
    /// The reseller above it.
    pub reseller_id: Option<i64>,
    /// Its name, unique.
    pub name: String,
    /// Its number in an external system.
    pub external_id: Option<String>,
    /// ISO 4217, three capitals; [`NO_CURRENCY`] if unknown.
    pub currency: String,
    /// Whether it is billed for its own calls or resells.
    #[serde(default)]
    pub level: Level,
    /// The number of its environment, where one billing system serves several companies.
    #[serde(default = "first_environment")]
    pub environment: i32,
    /// The IANA name of its time zone.
    #[serde(default)]
    pub zone: Option<String>,
    /// How often it is billed.
    #[serde(default)]
    pub billing_period: BillingPeriod,
    /// Its e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The person to speak to.
    #[serde(default)]
    pub contact: Option<String>,
    /// Its postal address.
    #[serde(default)]
    pub address: Option<String>,
    /// When it was added, here or in the system that it comes from.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Its balance, as last received; negative if it owes.
    #[serde(default)]
    pub balance: Option<Money>,
    /// How much it may owe.
    #[serde(default)]
    pub credit_limit: Option<Money>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// The terms that it had before, the oldest first.
    #[serde(default)]
    pub earlier: Vec<EarlierTerms>,
}

/// The currency and the time zone that a customer had up to an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierTerms {
    /// Records that started before this instant have them.
    pub until: Timestamp,
    /// ISO 4217, three capitals.
    pub currency: String,
    /// The IANA name of the time zone.
    pub zone: Option<String>,
}

impl Customer {
    /// The terms of a record that started at this instant, if they are earlier ones.
    fn earlier_at(&self, started_at: Timestamp) -> Option<&EarlierTerms> {
        self.earlier.iter().find(|terms| started_at < terms.until)
    }

    /// The currency of a record that started at this instant.
    pub fn currency_at(&self, started_at: Timestamp) -> &str {
        self.earlier_at(started_at).map_or(&self.currency, |terms| &terms.currency)
    }

    /// The time zone of a record that started at this instant.
    pub fn zone_at(&self, started_at: Timestamp) -> Option<&str> {
        self.earlier_at(started_at).map_or(self.zone.as_deref(), |terms| terms.zone.as_deref())
    }
}

/// The environment of a customer that was added without one.
const FIRST_ENVIRONMENT: i32 = 1;

fn first_environment() -> i32 {
    FIRST_ENVIRONMENT
}

impl Default for Customer {
    fn default() -> Customer {
        Customer {
            id: NOBODY,
            reseller_id: None,
            name: String::new(),
            external_id: None,
            currency: NO_CURRENCY.to_owned(),
            level: Level::Retail,
            environment: FIRST_ENVIRONMENT,
            zone: None,
            billing_period: BillingPeriod::default(),
            email: None,
            contact: None,
            address: None,
            created_at: None,
            balance: None,
            credit_limit: None,
            closed_at: None,
            earlier: Vec::new(),
        }
    }
}

/// Whether a customer is billed for its own calls or resells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// It has accounts and makes calls.
    #[default]
    Retail,
    /// It has customers below it.
    Reseller,
    /// It has resellers below it.
    Distributor,
}

impl Level {
    /// All levels.
    pub const ALL: [Level; 3] = [Level::Retail, Level::Reseller, Level::Distributor];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Retail => "retail",
            Level::Reseller => "reseller",
            Level::Distributor => "distributor",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(name: &str) -> Result<Level, LevelError> {
        Level::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| LevelError(name.to_owned()))
    }
}

/// An account of a customer, on which calls are booked.
///
/// Balances and limits are the values last received from the billing system that owns them. Tollbook neither changes
/// nor enforces them, except for a balance with a date. Amounts are in the customer's currency; `None` means that no value was
/// ever received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Its number in the store.
    pub id: i64,
    /// The customer it belongs to.
    pub customer_id: i64,
    /// The account code that switches send; unique within the customer.
    pub number: String,
    /// Its display name.
    pub name: String,
    /// Its identifier in an external system.
    pub external_id: Option<String>,
    /// Its identifier for clients; unique and never changed.
    pub uuid: Uuid,
    /// The balance; negative if the account owes. With [`Account::balance_at`] it is the opening balance at that instant.
    pub balance: Option<Money>,
    /// The instant of the opening balance, from which the current records of the account are taken off it. `None` if the balance
    /// is one that was received.
    pub balance_at: Option<Timestamp>,
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
    /// The product it was sold with.
    pub product_id: Option<i64>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// The person to speak to.
    pub contact: Option<String>,
    /// Its postal address.
    pub address: Option<String>,
    /// When it was added, here or in the system that it comes from.
    pub created_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A service that is sold: voice calls, messages, subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Its number; [`VOICE_CALLS`] is 3, [`SUBSCRIPTIONS`] is 4.
    pub id: i32,
    /// Its name, unique.
    pub name: String,
    /// The usual kind of its records.
    pub kind: RecordKind,
    /// Flags of the billing system that owns it, as printed by that system.
    pub flags: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A bundle of prices and services that an account is sold with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
}

/// A destination of calls, identified by a prefix of the called number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Destination {
    /// Its number.
    pub id: i64,
    /// The leading digits of its numbers.
    pub prefix: String,
    /// The country's name.
    pub country: Option<String>,
    /// The country's three-letter code (ISO 3166-1 alpha-3).
    pub iso3: Option<String>,
    /// A subdivision of the country.
    pub subdivision: Option<String>,
    /// A description for display: `Mobile`, `Proper`.
    pub description: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// A switch that writes CDRs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its number in the store.
    pub id: i32,
    /// Its name, unique.
    pub name: String,
    /// The feed it was first loaded with.
    pub feed: String,
}

/// A snapshot of all customers, accounts, services, sources, products and destinations, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Customers.
    pub customers: BTreeMap<i64, Customer>,
    /// Accounts.
    pub accounts: BTreeMap<i64, Account>,
    /// Services.
    pub services: BTreeMap<i32, Service>,
    /// Sources.
    pub sources: BTreeMap<i32, Source>,
    /// Products.
    pub products: BTreeMap<i64, Product>,
    /// Destinations.
    pub destinations: BTreeMap<i64, Destination>,
}

impl Directory {
    /// A directory without entries.
    pub const EMPTY: Directory = Directory {
        customers: BTreeMap::new(),
        accounts: BTreeMap::new(),
        services: BTreeMap::new(),
        sources: BTreeMap::new(),
        products: BTreeMap::new(),
        destinations: BTreeMap::new(),
    };

    /// The currency a customer pays in; [`NO_CURRENCY`] for an unknown customer.
    pub fn currency(&self, customer_id: i64) -> &str {
        self.customers.get(&customer_id).map_or(NO_CURRENCY, |customer| &customer.currency)
    }

    /// The currency of a customer's record that started at this instant; [`NO_CURRENCY`] for an unknown customer.
    pub fn currency_at(&self, customer_id: i64, started_at: Timestamp) -> &str {
        self.customers.get(&customer_id).map_or(NO_CURRENCY, |customer| customer.currency_at(started_at))
    }

    /// Whether a customer is closed.
    pub fn is_closed(&self, customer_id: i64) -> bool {
        self.customers.get(&customer_id).is_some_and(|customer| customer.closed_at.is_some())
    }

    /// The customer of this name.
    pub fn customer_named(&self, name: &str) -> Option<&Customer> {
        self.customers.values().find(|customer| customer.name == name)
    }

    /// The numbers of a customer and of the customers below it, down to this many levels.
    pub fn below(&self, id: i64, levels: usize) -> BTreeSet<i64> {
        let mut found = BTreeSet::from([id]);
        for _ in 0..levels {
            let is_next = |customer: &&Customer| customer.reseller_id.is_some_and(|above| found.contains(&above));
            let next: Vec<i64> = self.customers.values().filter(is_next).map(|customer| customer.id).collect();
            let before = found.len();
            found.extend(next);
            if found.len() == before {
                break;
            }
        }
        found
    }

    /// Every account with this number; accounts of different customers may share one.
    pub fn accounts_numbered<'a>(&'a self, number: &'a str) -> impl Iterator<Item = &'a Account> {
        self.accounts.values().filter(move |account| account.number == number)
    }

    /// The account with this identifier.
    pub fn account_by_uuid(&self, uuid: Uuid) -> Option<&Account> {
        self.accounts.values().find(|account| account.uuid == uuid)
    }
}
