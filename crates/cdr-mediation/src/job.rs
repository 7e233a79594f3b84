//! Exports as they are entered, followed and collected.

use cdr_export::{ExportPlan, Receipt, Rows};
use cdr_model::Timestamp;
use uuid::Uuid;

use crate::export::ExportRequest;
use crate::progress::Progress;
use crate::unreadable::Unreadable;

/// An export that somebody wants.
#[derive(Clone, Debug)]
pub struct ExportOrder {
    /// Who will be told how it goes: the dialect's name.
    pub dialect: String,
    /// The lane, a slot in which at most one export is alive (pending or running); `None` for as many as are wanted.
    pub lane: Option<String>,
    /// Which records, in which form.
    pub request: ExportRequest,
    /// The dialect's own words, handed back unread.
    pub memo: String,
    /// The version of the memo, from 1: the dialect raises it when its older programs would misread what it writes.
    pub memo_version: u32,
    /// The account it is of; `None` if it is of no particular one.
    pub account_id: Option<i64>,
    /// The customer who waits for it, where a customer may have only so many under way at once.
    pub customer_id: Option<i64>,
    /// Who is told when it has ended: an address for the [`Callback`](crate::Callback) port. Nobody, if it is empty.
    pub callback: Option<String>,
}

/// An order as the ledger keeps it. The other fields are available even if this program cannot read the request.
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
    /// Its place in the order of entry.
    pub number: i64,
    /// Its identifier.
    pub id: Uuid,
    /// Who wants it.
    pub caller: String,
    /// What was ordered.
    pub order: KeptOrder,
    /// When it was entered, by the wall clock.
    pub created_at: Timestamp,
    /// When its state changed last or a worker began it, by the wall clock; heartbeats do not count.
    pub updated_at: Timestamp,
    /// How often a worker began it.
    pub attempts: u32,
    /// How many records it holds, over all sheets: known when it is completed, and kept when it is withdrawn then.
    pub rows: Option<u64>,
    /// How it stands.
    pub state: JobState,
}

/// An export without what is large: its request and its receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportEntry {
    /// Its place in the order of entry.
    pub number: i64,
    /// Its identifier.
    pub id: Uuid,
    /// Who will be told how it goes: the dialect's name.
    pub dialect: String,
    /// Who wants it.
    pub caller: String,
    /// The account it is of.
    pub account_id: Option<i64>,
    /// The dialect's own words.
    pub memo: String,
    /// As [`ExportOrder::memo_version`].
    pub memo_version: u32,
    /// When it was entered, by the wall clock.
    pub created_at: Timestamp,
    /// As [`ExportJob::updated_at`].
    pub updated_at: Timestamp,
    /// How it stands.
    pub status: ExportStatus,
    /// As [`ExportJob::rows`].
    pub rows: Option<u64>,
    /// Why it came to nothing, if it did.
    pub reason: Option<String>,
}

/// Which exports are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportScope {
    /// Those of these dialects.
    pub dialects: Vec<String>,
    /// Those of these accounts; `None` for those of whatever account, or none.
    pub accounts: Option<Vec<i64>>,
}

impl From<ExportOrder> for KeptOrder {
    fn from(order: ExportOrder) -> KeptOrder {
        let ExportOrder { dialect, lane, request, memo, memo_version, account_id, customer_id, callback } = order;
        let request = Ok(request);
        KeptOrder { dialect, lane, request, memo, memo_version, account_id, customer_id, callback }
    }
}

impl KeptOrder {
    /// Where somebody is told that the export has ended; `None` if nobody is.
    pub fn callback_address(&self) -> Option<&str> {
        self.callback.as_deref().filter(|address| !address.is_empty())
    }
}

impl ExportJob {
    /// The same without its request and its receipt.
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
            rows: self.rows,
            reason: self.state.reason().map(str::to_owned),
        }
    }
}

impl ExportScope {
    /// Whether an export belongs to the list.
    pub fn includes(&self, dialect: &str, account_id: Option<i64>) -> bool {
        let of_account = |ids: &Vec<i64>| account_id.is_some_and(|id| ids.contains(&id));
        self.dialects.iter().any(|wanted| wanted == dialect) && self.accounts.as_ref().is_none_or(of_account)
    }
}

/// How an export stands.
#[derive(Clone, Debug)]
pub enum JobState {
    /// Nobody has begun it.
    Pending,
    /// A worker is at it.
    Running(Progress),
    /// It is whole, and can be collected.
    Completed(Box<KeptFile>),
    /// It came to nothing.
    Failed {
        /// Why, for the one who ordered it.
        reason: String,
        /// When, by the wall clock.
        at: Timestamp,
    },
    /// It is no longer offered: too old, somebody withdrew it, or another took its place in the lane.
    Withdrawn,
}

/// How an export stands, without what it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportStatus {
    /// Nobody has begun it.
    Pending,
    /// A worker is at it.
    Running,
    /// It is whole.
    Completed,
    /// It came to nothing.
    Failed,
    /// It is no longer offered.
    Withdrawn,
}

impl JobState {
    /// The same without what it left.
    pub fn status(&self) -> ExportStatus {
        match self {
            JobState::Pending => ExportStatus::Pending,
            JobState::Running(_) => ExportStatus::Running,
            JobState::Completed(_) => ExportStatus::Completed,
            JobState::Failed { .. } => ExportStatus::Failed,
            JobState::Withdrawn => ExportStatus::Withdrawn,
        }
    }

    /// Why it came to nothing, if it did.
    pub fn reason(&self) -> Option<&str> {
        match self {
            JobState::Failed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Whether it is still to be done.
    pub fn is_alive(&self) -> bool {
        matches!(self, JobState::Pending | JobState::Running(_))
    }
}

/// What a finished export left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// What it contains.
    pub receipt: Receipt,
    /// Its key in the spool.
    pub file: String,
    /// When its results were taken, in seconds since 1970 by the wall clock; raised above the last one of its lane, so
    /// that no two files of a lane share it.
    pub tag: i64,
    /// When it was finished, by the wall clock.
    pub at: Timestamp,
}

/// A finished export as the ledger keeps it. The other fields are available even if this program cannot read the receipt.
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
    /// How many records it holds, over all sheets of them; the row of a sheet of counts is none.
    pub fn rows(&self, plan: &ExportPlan) -> u64 {
        let sheets = plan.layout.sheets.iter().zip(&self.receipt.sheets);
        sheets.filter(|(sheet, _)| sheet.rows != Rows::Counts).map(|(_, receipt)| receipt.rows).sum()
    }
}
