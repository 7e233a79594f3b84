//! Who is billed, for what, and where calls come from: the directory.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::billing::BillingPeriod;
use crate::error::LevelError;
use crate::kind::RecordKind;
use crate::money::Money;

/// The customer of calls that belong to nobody known yet.
pub const NOBODY: i64 = 0;
/// What ISO 4217 calls "no currency": of a customer for whom none was given.
pub const NO_CURRENCY: &str = "XXX";
/// The service of ordinary calls.
pub const VOICE_CALLS: i32 = 3;
/// The service of fees that come back every period.
pub const SUBSCRIPTIONS: i32 = 4;

/// Who is billed. Customers may have a reseller above them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its number; [`NOBODY`] is zero.
    pub id: i64,
    /// The reseller above it.
    pub reseller_id: Option<i64>,
    /// Its name, unique.
    pub name: String,
    /// Its number in a system outside.
    pub external_id: Option<String>,
    /// ISO 4217, three capitals; [`NO_CURRENCY`] if unknown.
    pub currency: String,
    /// Whether it is billed for itself, or sells on.
    #[serde(default)]
    pub level: Level,
    /// The number of the environment it lives in, where one billing system serves several companies.
    #[serde(default = "first_environment")]
    pub environment: i32,
    /// An IANA time zone name: where its clocks are.
    #[serde(default)]
    pub zone: Option<String>,
    /// How often it is billed.
    #[serde(default)]
    pub billing_period: BillingPeriod,
}

/// The environment of a customer for whom none is given.
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
        }
    }
}

/// Whether a customer is billed for itself, or sells on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    /// All of them.
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

/// What a customer's calls are booked on.
///
/// Balances and limits are what the billing system that owns them last said; nothing here changes them or acts on them.
/// Amounts are in the customer's currency; what is `None` was never given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Its number in the store.
    pub id: i64,
    /// Whose it is.
    pub customer_id: i64,
    /// The code by which switches name it; unique within the customer.
    pub number: String,
    /// A name for people.
    pub name: String,
    /// Its identifier in a system outside.
    pub external_id: Option<String>,
    /// Its identifier for clients, unique and never changed.
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
    /// What was sold to its owner.
    pub product_id: Option<i64>,
}

/// What was sold: voice calls, messages, subscriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Its number; [`VOICE_CALLS`] is 3, [`SUBSCRIPTIONS`] is 4.
    pub id: i32,
    /// Its name, unique.
    pub name: String,
    /// What its records are, as a rule.
    pub kind: RecordKind,
    /// Flags of the billing system that owns it, as that prints them.
    pub flags: Option<String>,
}

/// A bundle of prices and services that accounts are sold with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// Where calls go, by the prefix of the called number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Destination {
    /// Its number.
    pub id: i64,
    /// The digits that numbers there begin with.
    pub prefix: String,
    /// The country's name.
    pub country: Option<String>,
    /// The country's three letters (ISO 3166-1).
    pub iso3: Option<String>,
    /// A part of the country.
    pub subdivision: Option<String>,
    /// Words for people: `Mobile`, `Proper`.
    pub description: Option<String>,
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

/// All customers, accounts, services and so on at one moment, by their numbers.
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
    /// A directory with nobody in it.
    pub const EMPTY: Directory = Directory {
        customers: BTreeMap::new(),
        accounts: BTreeMap::new(),
        services: BTreeMap::new(),
        sources: BTreeMap::new(),
        products: BTreeMap::new(),
        destinations: BTreeMap::new(),
    };

    /// The currency a customer pays in; [`NO_CURRENCY`] for a customer it does not know.
    pub fn currency(&self, customer_id: i64) -> &str {
        self.customers.get(&customer_id).map_or(NO_CURRENCY, |customer| &customer.currency)
    }

    /// The customer of this name.
    pub fn customer_named(&self, name: &str) -> Option<&Customer> {
        self.customers.values().find(|customer| customer.name == name)
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
