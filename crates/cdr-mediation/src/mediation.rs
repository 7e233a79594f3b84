//! The doors: what a dialect may ask for.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use cdr_export::Receipt;

use crate::caller::Caller;
use crate::clock::Clock;
use crate::error::MediationError;
use crate::export::{ExportRequest, write_export};
use crate::job::{ExportJob, ExportOrder, JobState};
use crate::ledger::{Entered, JobLedger, LedgerTally};
use crate::paged::Paged;
use crate::ports::CdrSource;
use crate::spool::{Spool, SpoolRead};
use crate::worker::Bell;

/// The work, over the ports it needs. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Mediation {
    pub(crate) source: Arc<dyn CdrSource>,
    pub(crate) ledger: Arc<dyn JobLedger>,
    pub(crate) spool: Arc<dyn Spool>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) bell: Arc<Bell>,
}

impl Mediation {
    /// Over these ports.
    pub fn new(
        source: Arc<dyn CdrSource>,
        ledger: Arc<dyn JobLedger>,
        spool: Arc<dyn Spool>,
        clock: Arc<dyn Clock>,
    ) -> Mediation {
        Mediation { source, ledger, spool, clock, bell: Arc::default() }
    }

    /// The clock that everything goes by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Enters an export of what the caller may see, for a worker to write.
    ///
    /// # Errors
    /// [`MediationError::LaneBusy`], when the plan is none, or when the ledger cannot be written.
    pub fn start_export(&self, caller: &Caller, mut order: ExportOrder) -> Result<ExportJob, MediationError> {
        order.request.plan.check()?;
        order.request.query = caller.narrow(order.request.query)?;
        match self.ledger.enter(&caller.name, &order, self.clock.now())? {
            Entered::Pending(job) => {
                self.bell.ring();
                Ok(*job)
            }
            Entered::LaneBusy => Err(MediationError::LaneBusy { lane: order.lane.unwrap_or_default() }),
        }
    }

    /// The last export in a lane, if there is one that the caller may follow.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn latest_export(&self, caller: &Caller, lane: &str) -> Result<Option<ExportJob>, MediationError> {
        Ok(self.ledger.latest(lane)?.filter(|job| caller.may_follow(job)))
    }

    /// The file of an export that is completed; `None` if it is not, or no longer there.
    ///
    /// # Errors
    /// When the spool cannot be read.
    pub fn collect(&self, caller: &Caller, job: &ExportJob) -> Result<Option<Box<dyn SpoolRead>>, MediationError> {
        let JobState::Completed(finished) = &job.state else { return Ok(None) };
        if !caller.may_follow(job) {
            return Ok(None);
        }
        match self.spool.open(&finished.file) {
            Ok(file) => Ok(Some(file)),
            Err(crate::PortError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes an export of what the caller may see at once, while it is read. The source is read by pages, so a slow
    /// output holds nothing of it.
    ///
    /// # Errors
    /// As [`write_export`]: what was written then is no export.
    pub fn stream_export<W: Write>(
        &self,
        caller: &Caller,
        request: &ExportRequest,
        out: W,
    ) -> Result<Receipt, MediationError> {
        let query = caller.narrow(request.query.clone())?;
        let request = ExportRequest { query, plan: request.plan.clone() };
        write_export(&Paged(&*self.source), &request, out, None)
    }

    /// How many exports there are, for those who watch over the whole.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn tally(&self) -> Result<LedgerTally, MediationError> {
        Ok(self.ledger.tally()?)
    }

    /// Withdraws exports that were finished longer than `keep` ago or whose lane went on, and removes every file in the
    /// spool that belongs to no export.
    ///
    /// # Errors
    /// When the ledger or the spool cannot be read or written; what is done by then stays done.
    pub fn tidy(&self, keep: Duration) -> Result<(), MediationError> {
        let keep = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
        self.ledger.withdraw_before(self.clock.now().plus_micros(keep.saturating_neg()))?;
        // The files first, the ledger after: a file seen here that belongs to nobody then will never belong to anybody.
        let found = self.spool.keys()?;
        let mut wanted = self.ledger.files()?;
        wanted.extend(self.ledger.pulses()?.iter().map(|pulse| crate::worker::key(pulse.id, pulse.token)));
        // Between the two questions a running export may have become a completed one.
        wanted.extend(self.ledger.files()?);
        for key in found.iter().filter(|key| !wanted.contains(key)) {
            self.spool.remove(key)?;
        }
        Ok(self.spool.clear()?)
    }
}
