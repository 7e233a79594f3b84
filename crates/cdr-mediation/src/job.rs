//! Exports in the ledger: orders, jobs and their states.

use cdr_export::{ExportSpec, Receipt, SheetContent};
use cdr_model::Timestamp;
use uuid::Uuid;

use crate::progress::Progress;
use crate::request::ExportRequest;
use crate::unreadable::Unreadable;
use crate::waiting::is_waiting;

/// The order of an export.
#[derive(Clone, Debug)]
pub struct ExportOrder {
    /// The name of the dialect through which the export was ordered.
    pub dialect: String,
    /// The lane, a slot in which at most one export is alive (pending or running); `None` for no limit.
    pub lane: Option<String>,
    /// The query and the specification.
    pub request: ExportRequest,
    /// Opaque data of the dialect, returned unchanged.
    pub memo: String,
    /// The version of the memo, from 1. The dialect raises it when older programs would misread the memo.
    pub memo_version: u32,
    /// The account of the export; `None` if it is not for a particular account.
    pub account_id: Option<i64>,
    /// The customer whose limit of running exports applies.
    pub customer_id: Option<i64>,
    /// The address for the [`Callback`](crate::Callback) port when the export has ended. An empty address means no
    /// callback.
    pub callback: Option<String>,
}

/// An order as stored in the ledger. The other fields are available even if this program cannot read the request.
#[derive(Clone, Debug)]
pub struct KeptOrder {
    /// As [`ExportOrder::dialect`].
    pub dialect: String,
    /// As [`ExportOrder::lane`].
    pub lane: Option<String>,
    /// As [`ExportOrder::request`], or why it cannot be read.
    pub request: Result<ExportRequest, Unreadable>,
    /// As [`ExportOrder::memo`].
    pub memo: String,
    /// As [`ExportOrder::memo_version`].
    pub memo_version: u32,
    /// As [`ExportOrder::account_id`].
    pub account_id: Option<i64>,
    /// As [`ExportOrder::customer_id`].
    pub customer_id: Option<i64>,
    /// As [`ExportOrder::callback`].
    pub callback: Option<String>,
}

/// An export in the ledger.
#[derive(Clone, Debug)]
pub struct ExportJob {
    /// Its number, in the order of entry.
    pub number: i64,
    /// Its identifier.
    pub id: Uuid,
    /// The name of the caller that ordered it.
    pub caller: String,
    /// Its order.
    pub order: KeptOrder,
    /// When it was entered, by the wall clock.
    pub created_at: Timestamp,
    /// When its state last changed or a worker last started it, by the wall clock. Heartbeats do not count.
    pub updated_at: Timestamp,
    /// How often a worker started it.
    pub attempts: u32,
    /// How often it was postponed because of a failure that may pass. These starts are among its attempts.
    pub postponed: u32,
    /// Before when it is not claimed, by the wall clock, if it is pending and was postponed; `None` otherwise. The
    /// instant may be past. One after [`longest_wait`](crate::longest_wait) counts as past.
    pub not_before: Option<Timestamp>,
    /// The number of records in all sheets. Set when the export is completed, and still set after a withdrawal.
    pub rows: Option<u64>,
    /// Its state.
    pub state: JobState,
}

/// An export without its request and its receipt, which may be large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportEntry {
    /// Its number, in the order of entry.
    pub number: i64,
    /// Its identifier.
    pub id: Uuid,
    /// As [`ExportOrder::dialect`].
    pub dialect: String,
    /// The name of the caller that ordered it.
    pub caller: String,
    /// As [`ExportOrder::account_id`].
    pub account_id: Option<i64>,
    /// As [`ExportOrder::memo`].
    pub memo: String,
    /// As [`ExportOrder::memo_version`].
    pub memo_version: u32,
    /// When it was entered, by the wall clock.
    pub created_at: Timestamp,
    /// As [`ExportJob::updated_at`].
    pub updated_at: Timestamp,
    /// Its status.
    pub status: ExportStatus,
    /// As [`ExportJob::not_before`].
    pub not_before: Option<Timestamp>,
    /// As [`ExportJob::rows`].
    pub rows: Option<u64>,
    /// Why it failed, if it did.
    pub reason: Option<String>,
}

/// The scope of a list of exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportScope {
    /// The dialects of the exports.
    pub dialects: Vec<String>,
    /// The accounts of the exports; `None` for all exports, with or without an account.
    pub accounts: Option<Vec<i64>>,
}

/// A page of a list of exports, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPage {
    /// The listed exports.
    pub scope: ExportScope,
    /// Their states; `None` for all.
    pub statuses: Option<Vec<ExportStatus>>,
    /// The highest number first.
    pub newest_first: bool,
    /// The number of exports before the page.
    pub skip: u64,
    /// The maximum number of exports on it.
    pub take: usize,
}

impl From<ExportOrder> for KeptOrder {
    fn from(order: ExportOrder) -> KeptOrder {
        let ExportOrder { dialect, lane, request, memo, memo_version, account_id, customer_id, callback } = order;
        let request = Ok(request);
        KeptOrder { dialect, lane, request, memo, memo_version, account_id, customer_id, callback }
    }
}

impl KeptOrder {
    /// The address of the callback; `None` if the order has no callback.
    pub fn callback_address(&self) -> Option<&str> {
        self.callback.as_deref().filter(|address| !address.is_empty())
    }
}

impl ExportEntry {
    /// Until when it waits after a failure that may pass; `None` if it may be claimed at this instant.
    pub fn waits_until(&self, at: Timestamp) -> Option<Timestamp> {
        self.not_before.filter(|until| is_waiting(*until, at))
    }
}

impl ExportJob {
    /// The export without its request and its receipt.
    pub fn entry(&self) -> ExportEntry {
        ExportEntry {
            number: self.number,
            id: self.id,
            dialect: self.order.dialect.clone(),
            caller: self.caller.clone(),
            account_id: self.order.account_id,
            memo: self.order.memo.clone(),
            memo_version: self.order.memo_version,
            created_at: self.created_at,
            updated_at: self.updated_at,
            status: self.state.status(),
            not_before: self.not_before,
            rows: self.rows,
            reason: self.state.reason().map(str::to_owned),
        }
    }
}

impl EntryPage {
    /// The page of all exports of its scope, which are given oldest first, and the number of all that it could contain.
    pub fn of(&self, mut entries: Vec<ExportEntry>) -> (Vec<ExportEntry>, u64) {
        entries.retain(|entry| self.statuses.as_ref().is_none_or(|statuses| statuses.contains(&entry.status)));
        if self.newest_first {
            entries.reverse();
        }
        let (total, skip) = (entries.len() as u64, usize::try_from(self.skip).unwrap_or(usize::MAX));
        (entries.into_iter().skip(skip).take(self.take).collect(), total)
    }
}

impl ExportScope {
    /// Whether an export is in this scope.
    pub fn includes(&self, dialect: &str, account_id: Option<i64>) -> bool {
        let of_account = |ids: &Vec<i64>| account_id.is_some_and(|id| ids.contains(&id));
        self.dialects.iter().any(|wanted| wanted == dialect) && self.accounts.as_ref().is_none_or(of_account)
    }
}

/// The state of an export.
#[derive(Clone, Debug)]
pub enum JobState {
    /// It has not started.
    Pending,
    /// A worker is writing it.
    Running(Progress),
    /// It is complete and can be collected.
    Completed(Box<KeptFile>),
    /// It failed.
    Failed {
        /// The reason, for the caller that ordered it.
        reason: String,
        /// When it failed, by the wall clock.
        at: Timestamp,
    },
    /// It is no longer available: its retention ended, it was withdrawn, or another export replaced it in its lane.
    Withdrawn,
}

/// The state of an export without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportStatus {
    /// It has not started.
    Pending,
    /// A worker is writing it.
    Running,
    /// It is complete.
    Completed,
    /// It failed.
    Failed,
    /// It is no longer available.
    Withdrawn,
}

impl ExportStatus {
    /// All of them.
    pub const ALL: [ExportStatus; 5] = [
        ExportStatus::Pending,
        ExportStatus::Running,
        ExportStatus::Completed,
        ExportStatus::Failed,
        ExportStatus::Withdrawn,
    ];
}

impl JobState {
    /// The state without its data.
    pub fn status(&self) -> ExportStatus {
        match self {
            JobState::Pending => ExportStatus::Pending,
            JobState::Running(_) => ExportStatus::Running,
            JobState::Completed(_) => ExportStatus::Completed,
            JobState::Failed { .. } => ExportStatus::Failed,
            JobState::Withdrawn => ExportStatus::Withdrawn,
        }
    }

    /// Why it failed, if it did.
    pub fn reason(&self) -> Option<&str> {
        match self {
            JobState::Failed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The size of the file of a completed export in bytes; 0 if there is no file, or its receipt cannot be read.
    pub fn file_bytes(&self) -> u64 {
        match self {
            JobState::Completed(kept) => kept.receipt.as_ref().map_or(0, |receipt| receipt.file.bytes),
            _ => 0,
        }
    }

    /// Whether it is pending or running.
    pub fn is_alive(&self) -> bool {
        matches!(self, JobState::Pending | JobState::Running(_))
    }
}

/// The result of a finished export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Its receipt.
    pub receipt: Receipt,
    /// The key of its file in the spool.
    pub file: String,
    /// When it was claimed, in seconds since 1970 by the wall clock, raised above the last tag of its lane, so that no
    /// two files of a lane have the same tag.
    pub tag: i64,
    /// When it finished, by the wall clock.
    pub at: Timestamp,
}

/// The result of a finished export as stored in the ledger. The other fields are available even if this program cannot
/// read the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// As [`Finished::receipt`], or why it cannot be read.
    pub receipt: Result<Receipt, Unreadable>,
    /// As [`Finished::file`].
    pub file: String,
    /// As [`Finished::tag`].
    pub tag: i64,
    /// As [`Finished::at`].
    pub at: Timestamp,
}

impl From<Finished> for KeptFile {
    fn from(finished: Finished) -> KeptFile {
        let Finished { receipt, file, tag, at } = finished;
        KeptFile { receipt: Ok(receipt), file, tag, at }
    }
}

impl Finished {
    /// The number of records in all sheets. The row of a sheet of counts is not a record.
    pub fn rows(&self, spec: &ExportSpec) -> u64 {
        let sheets = spec.layout.sheets.iter().zip(&self.receipt.sheets);
        sheets.filter(|(sheet, _)| sheet.rows != SheetContent::Counts).map(|(_, receipt)| receipt.rows).sum()
    }
}
