//! The ledger of exports. It ensures that each export is completed once, even if workers crash.

use cdr_model::{PortError, Timestamp};
use uuid::Uuid;

use crate::callback::CallbackTask;
use crate::job::{EntryPage, ExportEntry, ExportJob, ExportOrder, ExportScope, Finished};
use crate::limits::{ExportLimits, ReachedLimit};
use crate::progress::Progress;
use crate::request::ExportRequest;

/// The ledger in which exports are entered and tracked. A worker holds an export by a [`Claim`]. A worker that takes
/// over from a dead worker gets a new claim. The old claim is invalid from then on, because its fencing token no longer
/// matches.
pub trait JobLedger: Send + Sync {
    /// Enters an export as pending, unless another one is alive in its lane. `at` is the wall-clock time. No limits
    /// apply.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn enter(&self, caller: &str, order: &ExportOrder, at: Timestamp) -> Result<Entered, PortError> {
        self.enter_within(&ExportLimits::default(), caller, order, at)
    }

    /// Enters an export as pending, unless another one is alive in its lane or, if the lane is free, a limit is reached.
    /// Both are checked in the transaction that enters it.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn enter_within(
        &self,
        limits: &ExportLimits,
        caller: &str,
        order: &ExportOrder,
        at: Timestamp,
    ) -> Result<Entered, PortError>;

    /// The export with this identifier.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn find(&self, id: Uuid) -> Result<Option<ExportJob>, PortError>;

    /// The export with this number.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn numbered(&self, number: i64) -> Result<Option<ExportJob>, PortError>;

    /// All exports of a scope, oldest first. Requests and receipts are not read.
    ///
    /// # Errors
    /// If the ledger cannot be read to the end.
    fn entries(&self, scope: &ExportScope, each: &mut dyn FnMut(ExportEntry)) -> Result<(), PortError>;

    /// A page of the exports of a scope, and the number of all that it could contain. By default all exports of the
    /// scope are read.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn entry_page(&self, page: &EntryPage) -> Result<(Vec<ExportEntry>, u64), PortError> {
        let mut entries = Vec::new();
        self.entries(&page.scope, &mut |entry| entries.push(entry))?;
        Ok(page.of(entries))
    }

    /// The last export entered in a lane.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn latest(&self, lane: &str) -> Result<Option<ExportJob>, PortError>;

    /// Claims the oldest pending export that is not postponed beyond `at`, which becomes running. Its tag is `at` in whole
    /// seconds, raised above the last tag of its lane. Exports of a customer with `per_customer` running exports are
    /// skipped; zero counts as one.
    /// Exports whose request has a newer version are skipped and left to newer programs. Exports whose request is
    /// damaged become failed.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn claim(&self, at: Timestamp, per_customer: Option<u32>) -> Result<Option<Claim>, PortError>;

    /// The heartbeats of all running exports, except for those whose request has a newer version.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn heartbeats(&self) -> Result<Vec<Heartbeat>, PortError>;

    /// Waits as a writer does, and writes nothing. A worker asks this before it takes over: a heartbeat that nobody could
    /// store says nothing about the worker. By default the ledger can be written.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn check_writes(&self) -> Result<(), PortError> {
        Ok(())
    }

    /// Takes over a running export if its heartbeat has not changed. The export gets a new token and a new tag. The
    /// limit per customer does not apply, because the export is already running.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn take_over(&self, heartbeat: &Heartbeat, at: Timestamp) -> Result<Option<Claim>, PortError>;

    /// Adds a heartbeat and stores the progress. `false` if the claim is no longer valid.
    ///
    /// # Errors
    /// If the ledger cannot be written; the claim may still be valid.
    fn renew(&self, claim: &Claim, progress: Progress) -> Result<bool, PortError>;

    /// Completes the export and makes its callback due. `false` if the claim is no longer valid; the written file has
    /// to be discarded in that case.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn complete(&self, claim: &Claim, finished: &Finished) -> Result<bool, PortError>;

    /// Marks the export as failed and makes its callback due. `false` if the claim is no longer valid.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn fail(&self, claim: &Claim, reason: &str, at: Timestamp) -> Result<bool, PortError>;

    /// Hands the export back: it is pending again and keeps its place. `false` if the claim is no longer valid.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn hand_back(&self, claim: &Claim, at: Timestamp) -> Result<bool, PortError>;

    /// Postpones the export after a failure that may pass: it is pending again and keeps its place, but is not claimed
    /// before `until`. Its number of postponements increases. An instant more than
    /// [`longest_wait`](crate::longest_wait) away counts as past, since the clock was set back. `false` if the claim is
    /// no longer valid.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn postpone(&self, claim: &Claim, until: Timestamp, at: Timestamp) -> Result<bool, PortError>;

    /// Withdraws an export in any state. The claim on a running export becomes invalid. `false` if the export was
    /// already withdrawn or does not exist.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn withdraw(&self, id: Uuid, at: Timestamp) -> Result<bool, PortError>;

    /// Withdraws completed exports that finished before an instant, and completed or failed exports that were followed
    /// by another export in the same lane. `at` is the wall-clock time. Returns the number of withdrawn exports.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn withdraw_before(&self, before: Timestamp, at: Timestamp) -> Result<u64, PortError>;

    /// Takes the callback that has been due longest, and hides it until `again_at`. The caller has to complete the
    /// callback before that instant.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn take_callback(&self, now: Timestamp, again_at: Timestamp) -> Result<Option<CallbackTask>, PortError>;

    /// Marks the callback of an export as delivered or given up. It is never due again.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn settle_callback(&self, id: Uuid) -> Result<(), PortError>;

    /// Makes the callback of an export due again at an instant, unless it is already settled.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    fn postpone_callback(&self, id: Uuid, due_at: Timestamp) -> Result<(), PortError>;

    /// The files of all completed exports, as given to [`JobLedger::complete`].
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn files(&self) -> Result<Vec<String>, PortError>;

    /// The number of exports by state.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    fn tally(&self) -> Result<LedgerTally, PortError>;
}

/// The result of entering an order.
#[derive(Debug)]
pub enum Entered {
    /// The export is pending.
    Pending(Box<ExportJob>),
    /// Another export is alive in its lane; nothing was entered.
    LaneBusy,
    /// A limit is reached; nothing was entered.
    LimitReached(ReachedLimit),
}

/// A worker's hold on a running export.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The export, in the state running.
    pub job: ExportJob,
    /// The request of its order.
    pub request: ExportRequest,
    /// The fencing token. A claim with another token is invalid.
    pub token: Uuid,
    /// See [`Finished::tag`].
    pub tag: i64,
}

/// The heartbeat counter of a running export. If it does not change for one lease, the worker is considered dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The export.
    pub id: Uuid,
    /// The token of its claim.
    pub token: Uuid,
    /// The number of heartbeats so far.
    pub beats: i64,
}

/// The number of exports by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerTally {
    /// Exports that have not started.
    pub pending: u64,
    /// Exports that are being written.
    pub running: u64,
    /// Exports that can be collected.
    pub completed: u64,
    /// Exports that failed.
    pub failed: u64,
    /// Exports that are no longer available.
    pub withdrawn: u64,
    /// When the oldest pending export was entered.
    pub oldest_pending: Option<Timestamp>,
    /// Pending and running exports whose request has a newer version than this program reads. They are left to newer
    /// programs.
    pub newer: u64,
}
