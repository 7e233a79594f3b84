//! What feeds hand over, and what became of it.

use cdr_model::{BillingPeriod, Cdr, ConferenceRecord, Level, Money, RecordKind, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::unreadable::Unreadable;

/// A run of records from one source, to be kept in one transaction: at most some thousands.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The name of the switch they came from.
    pub source: String,
    /// The feed that read them.
    pub feed: String,
    /// The customer under whom accounts are made for codes nobody knows. Without one, such calls go to the source's
    /// unassigned account.
    pub customer: Option<String>,
    /// Calls that started before this are refused: they are older than what is kept.
    pub floor: Option<Timestamp>,
    /// The records, in the order of the file.
    pub records: Vec<Incoming>,
}

/// One record as it came.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Where it stood, for people: a file and a line.
    pub position: String,
    /// The bytes as they stood there.
    pub raw: Vec<u8>,
    /// What a feed made of them.
    pub content: Content,
}

/// What a feed made of one record.
#[derive(Clone, Debug)]
pub enum Content {
    /// A call.
    Call(Box<CallDraft>),
    /// A conference.
    Conference(Box<ConferenceDraft>),
    /// Somebody to be billed.
    Customer(CustomerDraft),
    /// An account.
    Account(Box<AccountDraft>),
    /// A service.
    Service(ServiceDraft),
    /// A product.
    Product(ProductDraft),
    /// A destination.
    Destination(Box<DestinationDraft>),
    /// Nothing that could be read.
    Unreadable {
        /// The reason's name, in kebab case.
        reason: &'static str,
        /// What was found, where, and what would be right.
        detail: String,
    },
}

/// A call as a feed read it: without numbers, and with the account as the switch names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallDraft {
    /// The natural key: what makes it itself within its source.
    pub key: String,
    /// SHA-256 of what the switch wrote, before any mapping.
    pub digest: [u8; 32],
    /// The account's number; `None` if the switch named none.
    pub account: Option<String>,
    /// The name of the account's customer, if the feed knows. What names a customer and no account is booked on the customer
    /// itself.
    pub customer: Option<String>,
    /// The service's name, if the feed knows.
    pub service: Option<String>,
    /// The record; number, id, source, account and customer are given when it is taken.
    pub call: Cdr,
}

/// A conference as a feed read it, without numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConferenceDraft {
    /// The natural key: what makes it itself within its source.
    pub key: String,
    /// SHA-256 of what the switch wrote, before any mapping.
    pub digest: [u8; 32],
    /// The record; number, id and source are given when it is taken.
    pub conference: ConferenceRecord,
}

/// One version of a record, as it waits in quarantine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// Of a call.
    Call(Box<CallDraft>),
    /// Of a conference.
    Conference(Box<ConferenceDraft>),
}

impl Version {
    /// The version of this as JSON, as [`ExportRequest::VERSION`](crate::ExportRequest::VERSION) is of requests.
    pub const VERSION: u32 = 1;
}

/// A customer to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerDraft {
    /// Its number, to keep one it had elsewhere; the next free one if not given.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// The name of the reseller above it.
    pub reseller: Option<String>,
    /// Its number in a system outside.
    pub external_id: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Whether it is billed for itself, or sells on; for itself if not given.
    pub level: Option<Level>,
    /// The number of the environment it lives in, from 1; 1 if not given.
    pub environment: Option<i32>,
    /// An IANA time zone name: where its clocks are.
    pub zone: Option<String>,
    /// How often it is billed; every month if not given.
    pub billing_period: Option<BillingPeriod>,
}

/// An account to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountDraft {
    /// Its number in the store, to keep one it had elsewhere; the next free one if not given.
    pub id: Option<i64>,
    /// The name of its customer.
    pub customer: String,
    /// The code by which switches name it.
    pub number: String,
    /// A name for people; its number if not given.
    pub name: Option<String>,
    /// Its identifier in a system outside.
    pub external_id: Option<String>,
    /// Its identifier for clients, to keep one it had elsewhere; a random one if not given.
    pub uuid: Option<Uuid>,
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
    /// Seconds after which a call is ended, 0 or more.
    pub max_call_duration: Option<i64>,
    /// How many calls it may make at once, 0 or more.
    pub origination_capacity: Option<i64>,
    /// How many calls it may be given at once, 0 or more.
    pub termination_capacity: Option<i64>,
    /// How many calls it may have at once, both ways, 0 or more.
    pub total_capacity: Option<i64>,
    /// What was sold to its owner: the number of a product.
    pub product_id: Option<i64>,
}

/// A service to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceDraft {
    /// Its number.
    pub id: Option<i32>,
    /// Its name.
    pub name: String,
    /// What its records are, as a rule; [`RecordKind::Usage`] if not given.
    pub kind: Option<RecordKind>,
    /// Flags of the billing system that owns it.
    pub flags: Option<String>,
}

/// A product to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductDraft {
    /// The number it is to have; the next one if not given.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
}

/// A destination to be added: what is known of the numbers with a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DestinationDraft {
    /// The number it is to have; if not given, that of the one with this prefix, or the next one.
    pub id: Option<i64>,
    /// What its numbers begin with: digits.
    pub prefix: String,
    /// The country's name.
    pub country: Option<String>,
    /// The country (ISO 3166-1, three capitals).
    pub iso3: Option<String>,
    /// The part of the country.
    pub subdivision: Option<String>,
    /// What kind of numbers they are, as in `mobile`.
    pub description: Option<String>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Records that are new in the store.
    pub loaded: u64,
    /// Records that were there already, and were left as they are.
    pub known: u64,
    /// Records that went to quarantine, or are there since an earlier load.
    pub quarantined: u64,
    /// Calls whose account nobody knows: they are in the source's unassigned account.
    pub unassigned: u64,
    /// Accounts that were made for codes nobody knew.
    pub accounts_made: Vec<String>,
}

/// A record in quarantine.
#[derive(Clone, Debug, PartialEq)]
pub struct QuarantineEntry {
    /// Its number.
    pub id: i64,
    /// The switch it came from.
    pub source: String,
    /// The feed that read it.
    pub feed: String,
    /// Why it is here, in kebab case.
    pub reason: String,
    /// The same in words.
    pub detail: String,
    /// Where it stood.
    pub position: String,
    /// When it came.
    pub received_at: Timestamp,
    /// The bytes as they came.
    pub raw: Vec<u8>,
    /// The natural key, if it could be read so far.
    pub key: Option<String>,
    /// The version in quarantine, of a record that could be read but conflicts with a known one.
    pub version: Option<Version>,
    /// Why this program cannot read the version in quarantine; `None` if it can, or if there is no version.
    pub unreadable: Option<Unreadable>,
    /// The number of the version in the store that it conflicts with.
    pub known_number: Option<i64>,
    /// What was decided.
    pub resolution: Resolution,
}

/// What was decided about a record in quarantine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    /// Nothing yet.
    #[default]
    Open,
    /// It was loaded, as this record number.
    Accepted(i64),
    /// It was discarded.
    Dropped,
}
