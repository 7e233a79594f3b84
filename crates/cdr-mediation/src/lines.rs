//! Kept lines: what a switch wrote for each record, kept apart from the record so that it can be mapped again.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use cdr_model::{Cdr, PortError, Timestamp};

use crate::intake::{Content, UnknownAccounts};

/// The lines of records that were stored together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChunk {
    /// Its number.
    pub id: i64,
    /// The name of the feed that read them.
    pub feed: String,
    /// What the feed needs besides a line, in the form of the program that loads; see [`Batch::context`].
    ///
    /// [`Batch::context`]: crate::Batch::context
    pub context: Option<String>,
    /// The lines, in the order in which their records were stored.
    pub lines: Vec<KeptLine>,
}

/// What a switch wrote for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLine {
    /// The number of a version of the record.
    pub number: i64,
    /// When that version started.
    pub started_at: Timestamp,
    /// The bytes as received.
    pub raw: Vec<u8>,
}

/// How records are mapped again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remapping {
    /// The name of their source.
    pub source: String,
    /// The customer of accounts, as of a batch.
    pub customer: Option<String>,
    /// What becomes of calls whose account is unknown.
    pub unknown_accounts: UnknownAccounts,
    /// Versions that start before this instant are not stored, because they are past the retention.
    pub floor: Option<Timestamp>,
    /// Whether all is rolled back at the end.
    pub is_rehearsal: bool,
    /// The load that notes the changes, if there is one.
    pub load: Option<i64>,
}

/// A record that is mapped again.
#[derive(Clone, Debug)]
pub struct Remapped {
    /// The number of a version of the record.
    pub number: i64,
    /// What it becomes.
    pub into: RemappedInto,
}

/// What a record becomes.
#[derive(Clone, Debug)]
pub enum RemappedInto {
    /// The one of these records whose digest is that of the present version: those that its line has now.
    Read(Vec<Content>),
    /// The same call on the account of this number, of the customer if one is named.
    Booked {
        /// The number of the account.
        account: String,
        /// The name of its customer.
        customer: Option<String>,
    },
}

/// The outcome of mapping records again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RemapReport {
    /// Records that got a new version.
    pub changed: u64,
    /// Records that are the same.
    pub same: u64,
    /// Lines whose records have another version now, are withdrawn, or are removed.
    pub passed: u64,
    /// Records that cannot be mapped again and stay as they are, by reason, with the first detail of each.
    pub refused: BTreeMap<String, (u64, String)>,
    /// Accounts that were created for unknown account codes.
    pub accounts_created: Vec<String>,
    /// The first calls that changed, as they were and as they are.
    pub examples: Vec<(Cdr, Cdr)>,
    /// The numbers of the present versions before the change, of the lines that have one.
    pub present: Vec<i64>,
}

impl RemapReport {
    /// The examples that a report has.
    pub const EXAMPLES: usize = 5;

    /// The records that cannot be mapped again.
    pub fn refusals(&self) -> u64 {
        self.refused.values().map(|(records, _)| records).sum()
    }

    /// Notes a record that cannot be mapped again.
    pub fn refuse(&mut self, reason: &str, detail: &str) {
        self.refused.entry(reason.to_owned()).or_insert_with(|| (0, detail.to_owned())).0 += 1;
    }
}

impl AddAssign for RemapReport {
    fn add_assign(&mut self, other: RemapReport) {
        let RemapReport { changed, same, passed, refused, accounts_created, examples, present } = other;
        self.changed += changed;
        self.same += same;
        self.passed += passed;
        for (reason, (records, detail)) in refused {
            self.refused.entry(reason).or_insert((0, detail)).0 += records;
        }
        self.accounts_created.extend(accounts_created);
        self.examples.extend(examples);
        self.examples.truncate(RemapReport::EXAMPLES);
        self.present.extend(present);
    }
}

/// The store of kept lines. Batches bring them ([`Batch::keep_lines`](crate::Batch::keep_lines)).
pub trait KeptLines: Send + Sync {
    /// The first chunk of a source with a number above `after`.
    ///
    /// # Errors
    /// If it cannot be read.
    fn next_lines(&self, source: &str, after: i64) -> Result<Option<LineChunk>, PortError>;

    /// Stores new versions of records in one transaction: new record numbers, old ids and keys. A record whose present
    /// version is the same is left alone. `chunk` is the number of the chunk that the records are from, if they are from
    /// one: its lines get the numbers and starts of the new versions.
    ///
    /// # Errors
    /// If they cannot be stored; nothing has changed then.
    fn remap(&self, remapping: &Remapping, chunk: Option<i64>, records: &[Remapped]) -> Result<RemapReport, PortError>;

    /// Removes chunks that were kept before an instant. Returns their number.
    ///
    /// # Errors
    /// If they cannot be removed.
    fn forget_lines(&self, before: Timestamp) -> Result<u64, PortError>;
}
