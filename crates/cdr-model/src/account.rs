//! Who is billed, for what, and where calls come from: the directory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Money;

/// The customer of calls that belong to nobody known yet.
pub const NOBODY: i64 = 0;
/// What ISO 4217 calls "no currency": of a customer for whom none was given.
pub const NO_CURRENCY: &str = "XXX";
/// The service of ordinary calls.
pub const VOICE_CALLS: i32 = 3;

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
}

/// What was sold: voice calls, messages, subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its number; [`VOICE_CALLS`] is 3.
    pub id: i32,
    /// Its name, unique.
    pub name: String,
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

/// All customers, accounts, services and sources at one moment, by their numbers.
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
}

impl Directory {
    /// A directory with nobody in it.
    pub const EMPTY: Directory = Directory {
        customers: BTreeMap::new(),
        accounts: BTreeMap::new(),
        services: BTreeMap::new(),
        sources: BTreeMap::new(),
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
