//! Batches of records from feeds, and the outcome of storing them.

use std::sync::Arc;

use cdr_model::{BillingPeriod, Cdr, CdrField, ConferenceField, ConferenceRecord, Level, Money, RecordKind, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::unreadable::Unreadable;

/// A batch of records from one source, stored in one transaction: at most a few thousand.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The name of the source switch.
    pub source: String,
    /// The feed that read them.
    pub feed: String,
    /// The customer under which accounts are created for unknown account codes. If `None`, such calls are booked on the
    /// source's unassigned account.
    pub customer: Option<String>,
    /// What becomes of calls whose account is unknown.
    pub unknown_accounts: UnknownAccounts,
    /// Calls that started before this instant are rejected, because they are past the retention.
    pub floor: Option<Timestamp>,
    /// The load that it belongs to, which is noted with it.
    pub load: Option<i64>,
    /// What the feed needs to read a line of the batch on its own, such as the heading of its file, as text. It is stored
    /// once for all lines that have the same.
    pub context: Option<Arc<str>>,
    /// For how many days the lines of new records are kept; older ones of the store are removed meanwhile. If `None`, no
    /// line is kept and none removed.
    pub keep_lines: Option<u32>,
    /// The entries of the quarantine that the records are read from, one for each record; empty for all other batches. An
    /// entry is settled if all of its records are stored or known. Else it stays, with the new reason.
    pub entries: Vec<i64>,
    /// Whether entries of the directory that exist are changed. Otherwise one with other values goes to quarantine.
    pub updates: bool,
    /// How long transactions wait for the others of their dialogue.
    pub join: JoinTime,
    /// The records, in the order of the file.
    pub records: Vec<Incoming>,
}

/// What becomes of a call whose account is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownAccounts {
    /// Its account is created, if the customer is known that it belongs to; else it is booked on the unassigned account of
    /// its source.
    #[default]
    Create,
    /// It is booked on the unassigned account of its source.
    Unassigned,
    /// It goes to quarantine.
    Quarantine,
}

impl UnknownAccounts {
    /// All of them.
    pub const ALL: [UnknownAccounts; 3] =
        [UnknownAccounts::Create, UnknownAccounts::Unassigned, UnknownAccounts::Quarantine];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            UnknownAccounts::Create => "create",
            UnknownAccounts::Unassigned => "unassigned",
            UnknownAccounts::Quarantine => "quarantine",
        }
    }
}

/// One record as received.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its position for messages: a file and a line.
    pub position: String,
    /// The raw bytes.
    pub raw: Vec<u8>,
    /// The content that the feed parsed from them.
    pub content: Content,
}

/// The content of one record as parsed by a feed.
#[derive(Clone, Debug)]
pub enum Content {
    /// A call.
    Call(Box<CallDraft>),
    /// A transaction, of which a call is joined together with the others of its dialogue.
    Transaction(Box<Transaction>),
    /// A conference.
    Conference(Box<ConferenceDraft>),
    /// A customer.
    Customer(Box<CustomerDraft>),
    /// An account.
    Account(Box<AccountDraft>),
    /// A service.
    Service(ServiceDraft),
    /// A product.
    Product(ProductDraft),
    /// A destination.
    Destination(Box<DestinationDraft>),
    /// A record that could not be parsed.
    Unreadable {
        /// The name of the reason, in kebab case.
        reason: &'static str,
        /// The position, the invalid value, and what was expected.
        detail: String,
    },
}

/// A call as parsed by a feed: without numbers, and with the account as the switch names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallDraft {
    /// The natural key, which identifies the record within its source.
    pub key: String,
    /// SHA-256 of what the switch wrote, before any mapping.
    pub digest: [u8; 32],
    /// The account's number; `None` if the switch did not name an account.
    pub account: Option<String>,
    /// The name of the account's customer, if the feed provides it. A record that names a customer and no account is
    /// booked on the customer itself.
    pub customer: Option<String>,
    /// The name of the service, if the feed provides it.
    pub service: Option<String>,
    /// The trunks that the call came from and went to, if the feed provides them.
    #[serde(skip)]
    pub trunks: Vec<String>,
    /// The identity that an export gave it.
    #[serde(skip)]
    pub exported: Option<Box<Exported<CdrField>>>,
    /// Its form, if its switch can write the same call in several forms.
    #[serde(skip)]
    pub form: Option<Box<RowForm>>,
    /// The record. Its number, ID, source, account and customer are set when it is stored.
    pub call: Cdr,
}

/// A transaction of a dialogue, as a proxy recorded it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    /// What it says about its call.
    pub part: TransactionPart,
    /// When it ended.
    pub at: Timestamp,
    /// The call as far as the transaction tells. Its key is that of the dialogue, which all transactions of the dialogue
    /// share; its digest is that of the transaction.
    pub draft: CallDraft,
}

/// What a transaction says about its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransactionPart {
    /// The whole call.
    Whole,
    /// It was answered: an INVITE with a reply below 300.
    Answer,
    /// It ended: a BYE.
    End,
    /// It was not answered: an INVITE with a reply of 300 or more.
    Failure,
}

/// How long a transaction waits for the others of its dialogue, in hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinTime(pub u32);

impl Default for JoinTime {
    /// Twelve hours.
    fn default() -> JoinTime {
        JoinTime(12)
    }
}

impl JoinTime {
    /// The instant this long before another.
    pub fn before(self, at: Timestamp) -> Timestamp {
        at.plus_micros(-(i64::from(self.0) * 3_600_000_000))
    }
}

/// The form of a row, of a switch that can write the same call with more or fewer columns, and under another key then.
///
/// Two rows of a source in different forms are the same call if their starts, shared columns and call IDs are equal. If
/// one of them has no call ID, they may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowForm {
    /// The number of its columns, from 1 to 63.
    pub columns: u8,
    /// The columns that all forms have, as the beginning of what the digest of a row is made of.
    pub shared: Vec<u8>,
    /// What follows in the rows that the switch would have written with fewer columns. Such a row has the digest of both.
    pub narrower: Vec<Vec<u8>>,
}

/// A conference as parsed by a feed, without numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConferenceDraft {
    /// The natural key, which identifies the record within its source.
    pub key: String,
    /// SHA-256 of what the switch wrote, before any mapping.
    pub digest: [u8; 32],
    /// The identity that an export gave it.
    #[serde(skip)]
    pub exported: Option<Box<Exported<ConferenceField>>>,
    /// The record. Its number, ID and source are set when it is stored.
    pub conference: ConferenceRecord,
}

/// The identity that an export of a store gave a record, so that the record is known where it came from. Its natural key
/// is the key of the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported<F> {
    /// The name of its source.
    pub source: String,
    /// SHA-256 of what the switch wrote. The digest of the draft is that of the exported values.
    pub digest: [u8; 32],
    /// The fields that the export has, and whether the record has a value there.
    pub fields: Vec<(F, bool)>,
}

impl CallDraft {
    /// SHA-256 of what the switch wrote, before any mapping.
    pub fn identity(&self) -> &[u8; 32] {
        self.exported.as_ref().map_or(&self.digest, |exported| &exported.digest)
    }
}

impl ConferenceDraft {
    /// SHA-256 of what the switch wrote, before any mapping.
    pub fn identity(&self) -> &[u8; 32] {
        self.exported.as_ref().map_or(&self.digest, |exported| &exported.digest)
    }
}

/// One version of a record in quarantine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuarantinedVersion {
    /// A version of a call.
    Call(Box<CallDraft>),
    /// A version of a conference.
    Conference(Box<ConferenceDraft>),
}

impl QuarantinedVersion {
    /// The version of its JSON document. See [`ExportRequest::VERSION`](crate::ExportRequest::VERSION).
    pub const VERSION: u32 = 1;
}

/// A customer to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerDraft {
    /// Its number, to preserve the number of another system; the next free one if not given.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// The name of the reseller above it.
    pub reseller: Option<String>,
    /// Its identifier in an external system.
    pub external_id: Option<String>,
    /// Its currency (ISO 4217).
    pub currency: Option<String>,
    /// Whether it is a retail customer or resells; retail if not given.
    pub level: Option<Level>,
    /// The number of its environment, from 1; 1 if not given.
    pub environment: Option<i32>,
    /// Its time zone (an IANA name).
    pub zone: Option<String>,
    /// Its billing period; monthly if not given.
    pub billing_period: Option<BillingPeriod>,
    /// Its e-mail address, the person to speak to, and its postal address.
    pub reached: ReachedDraft,
    /// Its balance; negative if it owes.
    pub balance: Option<Money>,
    /// How much it may owe, 0 or more.
    pub credit_limit: Option<Money>,
    /// Whether it is closed.
    pub closed: Option<bool>,
    /// The instant from which a new currency or time zone holds; records that started before it keep the old one.
    pub holds_from: Option<Timestamp>,
}

/// How a customer or the owner of an account is reached, and since when it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReachedDraft {
    /// The e-mail address.
    pub email: Option<String>,
    /// The person to speak to.
    pub contact: Option<String>,
    /// The postal address.
    pub address: Option<String>,
    /// When it was added; now if not given.
    pub created_at: Option<Timestamp>,
}

/// An account to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountDraft {
    /// Its number in the store, to preserve the number of another system; the next free one if not given.
    pub id: Option<i64>,
    /// The name of its customer.
    pub customer: String,
    /// The account code used by switches.
    pub number: String,
    /// Its display name; its number if not given.
    pub name: Option<String>,
    /// Its identifier in an external system.
    pub external_id: Option<String>,
    /// Its identifier for clients, to preserve that of another system; a random one if not given.
    pub uuid: Option<Uuid>,
    /// Its balance; negative if money is owed.
    pub balance: Option<Money>,
    /// Since when the current records are taken off the balance.
    pub balance_at: Option<BalanceDate>,
    /// The minimum balance, below which its calls are rejected.
    pub min_balance: Option<Money>,
    /// The maximum balance, above which calls credited to it are rejected.
    pub max_balance: Option<Money>,
    /// The balance below which its owner is notified.
    pub balance_low: Option<Money>,
    /// The balance above which its owner is notified.
    pub balance_high: Option<Money>,
    /// The maximum price per minute of the destinations that it may call.
    pub destination_rate_limit: Option<Money>,
    /// The maximum duration of a call in seconds, 0 or more.
    pub max_call_duration: Option<i64>,
    /// The maximum number of concurrent outgoing calls, 0 or more.
    pub origination_capacity: Option<i64>,
    /// The maximum number of concurrent incoming calls, 0 or more.
    pub termination_capacity: Option<i64>,
    /// The maximum number of concurrent calls in both directions, 0 or more.
    pub total_capacity: Option<i64>,
    /// The number of the product that was sold to its owner.
    pub product_id: Option<i64>,
    /// The e-mail address, the person to speak to, and the postal address.
    pub reached: ReachedDraft,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// A service to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceDraft {
    /// Its number.
    pub id: Option<i32>,
    /// Its name.
    pub name: String,
    /// The default kind of its records; [`RecordKind::Usage`] if not given.
    pub kind: Option<RecordKind>,
    /// Flags of the billing system that owns it.
    pub flags: Option<String>,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// What becomes of the date of a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BalanceDate {
    /// The balance is an opening balance at this instant.
    Opening(Timestamp),
    /// The balance is one that was received.
    Received,
}

/// A product to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductDraft {
    /// Its number; the next free one if not given.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// A destination to be added: the attributes of telephone numbers with a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DestinationDraft {
    /// Its number. If not given: the number of the destination with this prefix, or the next free one.
    pub id: Option<i64>,
    /// The prefix of its telephone numbers: digits.
    pub prefix: String,
    /// The name of the country.
    pub country: Option<String>,
    /// The country code (ISO 3166-1 alpha-3).
    pub iso3: Option<String>,
    /// The part of the country.
    pub subdivision: Option<String>,
    /// The type of its telephone numbers, such as `mobile`.
    pub description: Option<String>,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// The outcome of storing a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// Records that are new in the store.
    pub loaded: u64,
    /// Records that already exist in the store. They are unchanged.
    pub known: u64,
    /// Entries of the directory that were changed.
    pub changed: u64,
    /// Records that went to quarantine, in this load or in an earlier one.
    pub quarantined: u64,
    /// Calls of unknown accounts, which are booked on the source's unassigned account.
    pub unassigned: u64,
    /// Accounts that were created for unknown account codes.
    pub accounts_created: Vec<String>,
}

/// A record in quarantine.
#[derive(Clone, Debug, PartialEq)]
pub struct QuarantineEntry {
    /// Its number.
    pub id: i64,
    /// The source switch.
    pub source: String,
    /// The feed that read it.
    pub feed: String,
    /// The reason for the quarantine, in kebab case.
    pub reason: String,
    /// The reason as a message.
    pub detail: String,
    /// Its position in the file.
    pub position: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The raw bytes as received.
    pub raw: Vec<u8>,
    /// What its feed needs to read it again; see [`Batch::context`].
    pub context: Option<String>,
    /// The natural key, if it could be determined.
    pub key: Option<String>,
    /// The version in quarantine, if the record could be parsed but conflicts with a known record.
    pub version: Option<QuarantinedVersion>,
    /// Why this program cannot read the version in quarantine; `None` if it can, or if the entry has no version.
    pub unreadable: Option<Unreadable>,
    /// The number of the version in the store that it conflicts with.
    pub known_number: Option<i64>,
    /// The decision about the entry.
    pub resolution: Resolution,
}

/// Selects open entries of the quarantine; one without values selects all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only entries of this source.
    pub source: Option<String>,
    /// Only entries with this reason.
    pub reason: Option<String>,
    /// Only entries that this load has put there.
    pub load: Option<i64>,
    /// Only entries received before this instant.
    pub received_before: Option<Timestamp>,
}

/// The open entries of one source with one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryTally {
    /// The source.
    pub source: String,
    /// The reason.
    pub reason: String,
    /// How many there are.
    pub entries: u64,
    /// When the first and the last of them were received.
    pub received: (Timestamp, Timestamp),
}

/// The outcome of accepting several entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedEntries {
    /// The entries that were accepted.
    pub accepted: u64,
    /// The entries that cannot be accepted, which stay open.
    pub refused: u64,
    /// Why the first of these cannot.
    pub reason: Option<String>,
}

/// The decision about a record in quarantine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    /// Not decided yet.
    #[default]
    Open,
    /// The record was loaded with this record number.
    Accepted(i64),
    /// The record was discarded.
    Dropped,
}
