//! The ledger: where exports are entered and followed, so that each is done once, whoever dies on the way.

use cdr_model::{PortError, Timestamp};
use uuid::Uuid;

use crate::callback::CallbackTask;
use crate::export::ExportRequest;
use crate::job::{ExportEntry, ExportJob, ExportOrder, ExportScope, Finished};
use crate::progress::Progress;

/// Where exports are entered and followed. A worker holds what it works on by a [`Claim`]; who takes over from a dead
/// worker gets a claim of its own, and from then on the old one is worth nothing: its fencing token no longer fits.
pub trait JobLedger: Send + Sync {
    /// Enters an export as pending, unless one is alive in its lane. `at` is the wall clock's time.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn enter(&self, caller: &str, order: &ExportOrder, at: Timestamp) -> Result<Entered, PortError>;

    /// One export.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn find(&self, id: Uuid) -> Result<Option<ExportJob>, PortError>;

    /// The export with this number.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn numbered(&self, number: i64) -> Result<Option<ExportJob>, PortError>;

    /// Every export of a scope, oldest first. Neither requests nor receipts are read for it.
    ///
    /// # Errors
    /// When the ledger cannot be read to the end.
    fn entries(&self, scope: &ExportScope, each: &mut dyn FnMut(ExportEntry)) -> Result<(), PortError>;

    /// The last export entered in a lane.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn latest(&self, lane: &str) -> Result<Option<ExportJob>, PortError>;

    /// Takes the oldest pending export: it is running from now on. Its tag is `at` in whole seconds, raised above the last
    /// one given in its lane. An export whose customer has `per_customer` running ones already waits, and others go first;
    /// zero counts as one. One whose request is of a newer version is left to newer programs; one whose request is damaged
    /// has failed.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn claim(&self, at: Timestamp, per_customer: Option<u32>) -> Result<Option<Claim>, PortError>;

    /// How the hearts of all running exports stand, but for those whose request is of a newer version.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn pulses(&self) -> Result<Vec<Pulse>, PortError>;

    /// Takes over a running export, if its heart still stands where it stood. It gets a new token and a new tag. However
    /// many its customer has running, it is one of them already.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn take_over(&self, pulse: &Pulse, at: Timestamp) -> Result<Option<Claim>, PortError>;

    /// One more heartbeat, and how far the export has come. `false` if the claim is worth nothing any more.
    ///
    /// # Errors
    /// When the ledger cannot be written; the claim may well be good.
    fn renew(&self, claim: &Claim, progress: Progress) -> Result<bool, PortError>;

    /// The export is whole, and its callback is due. `false` if the claim is worth nothing any more: what was written has to be thrown away.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn complete(&self, claim: &Claim, finished: &Finished) -> Result<bool, PortError>;

    /// The export came to nothing, and its callback is due. `false` if the claim is worth nothing any more.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn fail(&self, claim: &Claim, reason: &str, at: Timestamp) -> Result<bool, PortError>;

    /// The export is handed back: pending again, in its old place. `false` if the claim is worth nothing any more.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn hand_back(&self, claim: &Claim, at: Timestamp) -> Result<bool, PortError>;

    /// Withdraws an export, however it stands; the claim on a running one is worth nothing from now on. `false` if it was
    /// withdrawn already, or is not there.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn withdraw(&self, id: Uuid, at: Timestamp) -> Result<bool, PortError>;

    /// Withdraws completed exports that were finished before an instant, and completed or failed ones after which another
    /// was entered in the same lane. `at` is the wall clock's time. Returns how many.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn withdraw_before(&self, before: Timestamp, at: Timestamp) -> Result<u64, PortError>;

    /// Takes the callback that has been due longest, and hides it until `again_at`: whoever took it has so long to call.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn take_callback(&self, now: Timestamp, again_at: Timestamp) -> Result<Option<CallbackTask>, PortError>;

    /// The callback of an export is done, or given up: it is never due again.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn settle_callback(&self, id: Uuid) -> Result<(), PortError>;

    /// The callback of an export is due again at an instant, unless it is done already.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    fn postpone_callback(&self, id: Uuid, due_at: Timestamp) -> Result<(), PortError>;

    /// The files of all completed exports, as they were named by [`JobLedger::complete`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn files(&self) -> Result<Vec<String>, PortError>;

    /// How many exports there are, by state.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    fn tally(&self) -> Result<LedgerTally, PortError>;
}

/// What became of an order.
#[derive(Debug)]
pub enum Entered {
    /// It is pending.
    Pending(Box<ExportJob>),
    /// Another is alive in its lane; nothing was entered.
    LaneBusy,
}

/// A worker's hold on a running export.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The export, as running.
    pub job: ExportJob,
    /// What its order asks for.
    pub request: ExportRequest,
    /// The fencing token: whoever has another no longer holds it.
    pub token: Uuid,
    /// See [`Finished::tag`].
    pub tag: i64,
}

/// How the heart of a running export stands: where it stands for long, the worker is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The export.
    pub id: Uuid,
    /// The token of its claim.
    pub token: Uuid,
    /// Heartbeats so far.
    pub beats: i64,
}

/// How many exports there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerTally {
    /// Not begun.
    pub pending: u64,
    /// Under way.
    pub running: u64,
    /// Ready to be collected.
    pub completed: u64,
    /// Come to nothing.
    pub failed: u64,
    /// No longer offered.
    pub withdrawn: u64,
    /// When the oldest pending one was entered.
    pub oldest_pending: Option<Timestamp>,
    /// Those among the pending and running ones whose request is of a newer version than this program reads: it leaves them
    /// to newer ones.
    pub newer: u64,
}
