//! The doors: what a dialect may ask for.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use cdr_export::Receipt;
use cdr_model::{Cdr, Clock, Directory};
use cdr_query::CdrQuery;
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::MediationError;
use crate::export::{ExportRequest, write_export};
use crate::job::{ExportEntry, ExportJob, ExportOrder, ExportScope, JobState};
use crate::ledger::{Entered, JobLedger, LedgerTally};
use crate::listing;
use crate::paged::Paged;
use crate::ports::CdrSource;
use crate::spool::{SaveAs, Spool, SpoolRead};
use crate::wakeup::WakeUp;

/// The work, over the ports it needs. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Mediation {
    pub(crate) source: Arc<dyn CdrSource>,
    pub(crate) ledger: Arc<dyn JobLedger>,
    pub(crate) spool: Arc<dyn Spool>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) wakeup: Arc<WakeUp>,
}

impl Mediation {
    /// Over these ports.
    pub fn new(
        source: Arc<dyn CdrSource>,
        ledger: Arc<dyn JobLedger>,
        spool: Arc<dyn Spool>,
        clock: Arc<dyn Clock>,
    ) -> Mediation {
        Mediation { source, ledger, spool, clock, wakeup: Arc::default() }
    }

    /// Has the workers of this process look at once for what there is to do. Mediation does so by itself for what is done
    /// through it; this is for who hears of exports that other processes enter.
    pub fn wake(&self) {
        self.wakeup.notify();
    }

    /// The clock that everything goes by.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
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
                self.wakeup.notify();
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

    /// An export, if there is one with this identifier that the caller may follow.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn export(&self, caller: &Caller, id: Uuid) -> Result<Option<ExportJob>, MediationError> {
        Ok(self.ledger.find(id)?.filter(|job| caller.may_follow(job)))
    }

    /// An export, if there is one with this number that the caller may follow.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn export_numbered(&self, caller: &Caller, number: i64) -> Result<Option<ExportJob>, MediationError> {
        Ok(self.ledger.numbered(number)?.filter(|job| caller.may_follow(job)))
    }

    /// Every export of a scope that the caller may see, oldest first. Callers who see certain accounts get the exports of
    /// these, and none without an account.
    ///
    /// # Errors
    /// When the ledger cannot be read to the end.
    pub fn exports(
        &self,
        caller: &Caller,
        scope: ExportScope,
        each: &mut dyn FnMut(ExportEntry),
    ) -> Result<(), MediationError> {
        Ok(self.ledger.entries(&caller.narrow_scope(scope), each)?)
    }

    /// Withdraws an export, however it stands: one that is being written is given up at the next heartbeat, and the file of
    /// a completed one goes when the spool is tidied. `false` if the caller may not follow it, or it was withdrawn already.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn withdraw_export(&self, caller: &Caller, job: &ExportJob) -> Result<bool, MediationError> {
        Ok(caller.may_follow(job) && self.ledger.withdraw(job.id, self.clock.now())?)
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

    /// An address where the file of a completed export can be fetched for some minutes by whoever is told of it; `None` if
    /// the caller may not follow the export, or the spool gives out none.
    ///
    /// # Errors
    /// When there should be one, and it cannot be made.
    pub fn link(
        &self,
        caller: &Caller,
        job: &ExportJob,
        save_as: &SaveAs<'_>,
    ) -> Result<Option<String>, MediationError> {
        match &job.state {
            JobState::Completed(finished) if caller.may_follow(job) => Ok(self.spool.link(&finished.file, save_as)?),
            _ => Ok(None),
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

    /// Calls that the caller may see, in the query's order, without the first `skip`, at most `take`. They are read page by
    /// page, and nothing is held between two of them. Without a watermark the answer is that of this moment.
    ///
    /// # Errors
    /// When the calls cannot be read.
    pub fn list(&self, caller: &Caller, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, MediationError> {
        Ok(listing::in_order(&*self.source, &self.narrowed(caller, query)?, skip, take)?)
    }

    /// How many calls match that the caller may see.
    ///
    /// # Errors
    /// When the calls cannot be read.
    pub fn count(&self, caller: &Caller, query: &CdrQuery) -> Result<u64, MediationError> {
        Ok(self.source.count(&caller.narrow(query.clone())?)?)
    }

    /// The services of the records that match and that the caller may see, in the order of their first one, each with how
    /// many there are.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub fn services(&self, caller: &Caller, query: &CdrQuery) -> Result<Vec<(i32, u64)>, MediationError> {
        Ok(self.source.services(&caller.narrow(query.clone())?)?)
    }

    /// Every record that matches and that the caller may see, in the query's order, for an answer that is written while it
    /// is read. The source is read page by page, so whoever takes the answer slowly holds nothing of it; for several looks
    /// at the same rows give the query a [`watermark`](Mediation::watermark).
    ///
    /// # Errors
    /// When the records cannot be read to the end, or `each` fails.
    pub fn scan(
        &self,
        caller: &Caller,
        query: &CdrQuery,
        each: &mut dyn FnMut(Cdr) -> io::Result<()>,
    ) -> Result<(), MediationError> {
        Ok(Paged(&*self.source).scan(&self.narrowed(caller, query)?, each)?)
    }

    /// The highest record number there is: a query at this mark answers the same for ever.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn watermark(&self) -> Result<i64, MediationError> {
        Ok(self.source.watermark()?)
    }

    /// Who is who: names and limits, no calls.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn directory(&self) -> Result<Arc<Directory>, MediationError> {
        Ok(self.source.directory()?)
    }

    /// What the caller may see of the answer, as of one moment.
    fn narrowed(&self, caller: &Caller, query: &CdrQuery) -> Result<CdrQuery, MediationError> {
        let mut query = caller.narrow(query.clone())?;
        query.upto = Some(query.upto.map_or_else(|| self.source.watermark(), Ok)?);
        Ok(query)
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
    /// When the ledger or the spool cannot be read or written; what is done by then stays done. A file that cannot be removed
    /// keeps no other from it.
    pub fn tidy(&self, keep: Duration) -> Result<(), MediationError> {
        self.tidy_until(keep, &|| false)
    }

    /// The same, until there is enough of it: what is left then is removed next time.
    pub(crate) fn tidy_until(&self, keep: Duration, is_enough: &dyn Fn() -> bool) -> Result<(), MediationError> {
        let keep = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
        let now = self.clock.now();
        self.ledger.withdraw_before(now.plus_micros(keep.saturating_neg()), now)?;
        // The files first, the ledger after: a file seen here that belongs to nobody then will never belong to anybody.
        let found = self.spool.keys()?;
        let mut wanted = HashSet::<String>::from_iter(self.ledger.files()?);
        wanted.extend(self.ledger.pulses()?.iter().map(|pulse| crate::spool::key_of(pulse.id, pulse.token)));
        // Between the two questions a running export may have become a completed one.
        wanted.extend(self.ledger.files()?);
        let mut removed = Ok(());
        for key in found.iter().filter(|key| !wanted.contains(*key)).take_while(|_| !is_enough()) {
            if let Err(problem) = self.spool.remove(key) {
                removed = Err(problem);
            }
        }
        self.spool.clear()?;
        Ok(removed?)
    }
}
