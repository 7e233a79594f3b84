//! Mediation: the operations that dialects call.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use cdr_export::Receipt;
use cdr_model::{Account, Cdr, Clock, Directory, Timestamp};
use cdr_query::{Cancel, CdrQuery};
use uuid::Uuid;

use crate::caller::Caller;
use crate::error::MediationError;
use crate::export::{assemble_export, write_export_keeping};
use crate::job::{EntryPage, ExportEntry, ExportJob, ExportOrder, ExportScope, JobState};
use crate::kept::{Assembled, KeptBlocks};
use crate::ledger::{Entered, JobLedger, LedgerTally};
use crate::limits::ExportLimits;
use crate::memory::MemoryWalks;
use crate::paged::Paged;
use crate::ports::CdrSource;
use crate::read_queue::{QueuedReader, QueuedSource};
use crate::request::ExportRequest;
use crate::spool::{SaveAs, Spool, SpoolRead};
use crate::wakeup::WakeUp;
use crate::walk::Walks;

/// The operations of mediation over its ports. Cheap to clone; all clones share their state.
#[derive(Clone)]
pub struct Mediation {
    pub(crate) source: Arc<dyn CdrSource>,
    pub(crate) ledger: Arc<dyn JobLedger>,
    pub(crate) spool: Arc<dyn Spool>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) walks: Arc<dyn Walks>,
    pub(crate) wakeup: Arc<WakeUp>,
    /// Where blocks of exports are kept.
    pub(crate) kept: Option<KeptBlocks>,
    limits: ExportLimits,
    /// Ends the reading of calls.
    cancel: Cancel,
}

impl Mediation {
    /// Creates a mediation over these ports. Walks are kept in memory; see [`Mediation::with_walks`].
    pub fn new(
        source: Arc<dyn CdrSource>,
        ledger: Arc<dyn JobLedger>,
        spool: Arc<dyn Spool>,
        clock: Arc<dyn Clock>,
    ) -> Mediation {
        Mediation {
            source,
            ledger,
            spool,
            clock,
            walks: Arc::new(MemoryWalks::default()),
            wakeup: Arc::default(),
            kept: None,
            limits: ExportLimits::default(),
            cancel: Cancel::default(),
        }
    }

    /// The same with limits of exports. There are none by default.
    pub fn with_limits(mut self, limits: ExportLimits) -> Mediation {
        self.limits = limits;
        self
    }

    /// Keeps the blocks of exports, for exports with the same rows. They are not kept by default.
    pub fn with_kept_blocks(mut self, kept: KeptBlocks) -> Mediation {
        self.kept = Some(kept);
        self
    }

    /// Keeps walks here, where other processes find them too.
    pub fn with_walks(mut self, walks: Arc<dyn Walks>) -> Mediation {
        self.walks = walks;
        self
    }

    /// The same mediation for one answer that waits its turn: every reading of calls takes a place of a fair queue and
    /// holds it until the page, the count or the list has been read.
    pub fn queued(&self, reader: &QueuedReader) -> Mediation {
        let source = Arc::new(QueuedSource { source: self.source.clone(), reader: reader.clone() });
        Mediation { source, ..self.clone() }
    }

    /// The same mediation for an answer that is no longer wanted once the signal arrives. Reading of calls then ends
    /// with [`PortError::Cancelled`](crate::PortError::Cancelled).
    pub fn until(&self, cancel: &Cancel) -> Mediation {
        Mediation { cancel: cancel.clone(), ..self.clone() }
    }

    /// Wakes the workers of this process to look for work immediately. Operations of this mediation wake them on their
    /// own. Call this for exports that other processes enter.
    pub fn wake(&self) {
        self.wakeup.notify();
    }

    /// The clock that mediation uses.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Enters an export of the records that the caller may see, to be written by a worker.
    ///
    /// # Errors
    /// [`MediationError::LaneBusy`], [`MediationError::LimitReached`], if the specification is invalid, or if the ledger
    /// cannot be written.
    pub fn start_export(&self, caller: &Caller, mut order: ExportOrder) -> Result<ExportJob, MediationError> {
        order.request.spec.check()?;
        order.request.query = caller.narrow(order.request.query)?;
        match self.ledger.enter_within(&self.limits, &caller.name, &order, self.clock.now())? {
            Entered::Pending(job) => {
                self.wakeup.notify();
                Ok(*job)
            }
            Entered::LaneBusy => Err(MediationError::LaneBusy { lane: order.lane.unwrap_or_default() }),
            Entered::LimitReached(limit) => {
                let (caller, customer) = (&caller.name, order.customer_id);
                tracing::info!(caller, customer, limit = %limit, "an order was refused");
                Err(MediationError::LimitReached(limit))
            }
        }
    }

    /// The last export in a lane, if the caller may follow it.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn latest_export(&self, caller: &Caller, lane: &str) -> Result<Option<ExportJob>, MediationError> {
        Ok(self.ledger.latest(lane)?.filter(|job| caller.may_follow(job)))
    }

    /// The export with this identifier, if the caller may follow it.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn export(&self, caller: &Caller, id: Uuid) -> Result<Option<ExportJob>, MediationError> {
        Ok(self.ledger.find(id)?.filter(|job| caller.may_follow(job)))
    }

    /// The export with this number, if the caller may follow it.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn export_numbered(&self, caller: &Caller, number: i64) -> Result<Option<ExportJob>, MediationError> {
        Ok(self.ledger.numbered(number)?.filter(|job| caller.may_follow(job)))
    }

    /// All exports of a scope that the caller may see, oldest first. A caller restricted to accounts gets the exports
    /// of these accounts, and no exports without an account.
    ///
    /// # Errors
    /// If the ledger cannot be read to the end.
    pub fn exports(
        &self,
        caller: &Caller,
        scope: ExportScope,
        each: &mut dyn FnMut(ExportEntry),
    ) -> Result<(), MediationError> {
        Ok(self.ledger.entries(&caller.narrow_scope(scope), each)?)
    }

    /// A page of the exports of a scope that the caller may see, as [`Mediation::exports`], and the number of all that
    /// it could contain.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn export_page(&self, caller: &Caller, page: EntryPage) -> Result<(Vec<ExportEntry>, u64), MediationError> {
        Ok(self.ledger.entry_page(&EntryPage { scope: caller.narrow_scope(page.scope), ..page })?)
    }

    /// Withdraws an export in any state. A running export is abandoned at the next heartbeat. The file of a completed
    /// export is removed when the spool is tidied. `false` if the caller may not follow the export, or if it was
    /// already withdrawn.
    ///
    /// # Errors
    /// If the ledger cannot be written.
    pub fn withdraw_export(&self, caller: &Caller, job: &ExportJob) -> Result<bool, MediationError> {
        Ok(caller.may_follow(job) && self.ledger.withdraw(job.id, self.clock.now())?)
    }

    /// The file of a completed export; `None` if the export is not completed or the file no longer exists.
    ///
    /// # Errors
    /// If the spool cannot be read.
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

    /// A URL from which any holder of the URL can download the file of a completed export for some minutes. `None` if
    /// the caller may not follow the export, or if the spool does not provide URLs.
    ///
    /// # Errors
    /// If the spool provides URLs but this one cannot be created.
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

    /// Writes an export of the records that the caller may see directly to `out`. The source is read page by page, so a
    /// slow output holds no resources of the source.
    ///
    /// # Errors
    /// As [`write_export`](crate::write_export): the bytes written before the error are not a valid export.
    pub fn stream_export<W: Write>(
        &self,
        caller: &Caller,
        request: &ExportRequest,
        out: W,
    ) -> Result<Receipt, MediationError> {
        let query = caller.narrow(request.query.clone())?.until(&self.cancel);
        let request = ExportRequest { query, spec: request.spec.clone() };
        write_export_keeping(&Paged(&*self.source), self.kept.as_ref(), &request, out, None)
    }

    /// The file that [`Mediation::stream_export`] would write, if all of its calls are in kept blocks. It is put together
    /// while it is read.
    ///
    /// # Errors
    /// If the specification is invalid, or the source cannot be read.
    pub fn assemble_export(
        &self,
        caller: &Caller,
        request: &ExportRequest,
    ) -> Result<Option<Assembled>, MediationError> {
        let Some(kept) = &self.kept else { return Ok(None) };
        let query = caller.narrow(request.query.clone())?.until(&self.cancel);
        let request = ExportRequest { query, spec: request.spec.clone() };
        assemble_export(&Paged(&*self.source), kept, &request)
    }

    /// Up to `take` calls that the caller may see, in the query's order, without the first `skip`. Many are read page by
    /// page, and no resources of the source are held between two pages. Without a watermark the query is answered at
    /// the current one.
    ///
    /// # Errors
    /// If the calls cannot be read.
    pub fn list(&self, caller: &Caller, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, MediationError> {
        Ok(self.source.list(&self.narrowed(caller, query)?, skip, take)?)
    }

    /// The number of matching calls that the caller may see.
    ///
    /// # Errors
    /// If the calls cannot be read.
    pub fn count(&self, caller: &Caller, query: &CdrQuery) -> Result<u64, MediationError> {
        Ok(self.source.count(&caller.narrow(query.clone())?.until(&self.cancel))?)
    }

    /// The services of the matching records that the caller may see with their number of records, in the order of the
    /// first record of each.
    ///
    /// # Errors
    /// If the records cannot be read.
    pub fn services(&self, caller: &Caller, query: &CdrQuery) -> Result<Vec<(i32, u64)>, MediationError> {
        Ok(self.source.services(&caller.narrow(query.clone())?.until(&self.cancel))?)
    }

    /// Every matching record that the caller may see, in the query's order, for responses that are streamed. The source
    /// is read page by page, so a slow client holds no resources of the source. To query the same rows several times,
    /// set the query's [`watermark`](Mediation::watermark).
    ///
    /// # Errors
    /// If the records cannot be read to the end, or `each` fails.
    pub fn scan(
        &self,
        caller: &Caller,
        query: &CdrQuery,
        each: &mut dyn FnMut(Cdr) -> io::Result<()>,
    ) -> Result<(), MediationError> {
        Ok(Paged(&*self.source).scan(&self.narrowed(caller, query)?, each)?)
    }

    /// The highest record number. A query at this watermark always gives the same answer.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn watermark(&self) -> Result<i64, MediationError> {
        Ok(self.source.watermark()?)
    }

    /// The directory: names and limits of customers and accounts.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn directory(&self) -> Result<Arc<Directory>, MediationError> {
        Ok(self.source.directory()?)
    }

    /// The accounts with their current balances: those with an opening balance have it without what was charged since.
    ///
    /// # Errors
    /// If the records cannot be read.
    pub fn with_balances(&self, accounts: Vec<Account>) -> Result<Vec<Account>, MediationError> {
        let dated: Vec<i64> = accounts.iter().filter(|it| it.balance_at.is_some()).map(|it| it.id).collect();
        if dated.is_empty() {
            return Ok(accounts);
        }
        let balances = self.source.balances(&dated)?;
        let current = |account: Account| {
            let balance = balances.get(&account.id).copied().or(account.balance);
            Account { balance, ..account }
        };
        Ok(accounts.into_iter().map(current).collect())
    }

    /// The query, restricted to the records that the caller may see, at a fixed watermark.
    pub(crate) fn narrowed(&self, caller: &Caller, query: &CdrQuery) -> Result<CdrQuery, MediationError> {
        let mut query = caller.narrow(query.clone())?.until(&self.cancel);
        query.upto = Some(query.upto.map_or_else(|| self.source.watermark(), Ok)?);
        Ok(query)
    }

    /// The number of exports by state, for monitoring.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn tally(&self) -> Result<LedgerTally, MediationError> {
        Ok(self.ledger.tally()?)
    }

    /// Checks that the spool could take a file now, for monitoring.
    ///
    /// # Errors
    /// If the spool is full or cannot be reached.
    pub fn check_spool(&self) -> Result<(), MediationError> {
        Ok(self.spool.check()?)
    }

    /// Withdraws exports that finished longer than `keep` ago or were replaced in their lane, and removes every file in
    /// the spool that does not belong to an export.
    ///
    /// # Errors
    /// If the ledger or the spool cannot be read or written. Changes made before the error are kept. A file that cannot
    /// be removed does not prevent the removal of other files.
    pub fn tidy(&self, keep: Duration) -> Result<(), MediationError> {
        self.tidy_until(keep, &|| false)
    }

    /// Removes the kept blocks of calls that started before an instant, after the calls were removed.
    ///
    /// # Errors
    /// If they cannot be listed, or some cannot be removed.
    pub fn forget_before(&self, floor: Timestamp) -> Result<(), MediationError> {
        if let Some(kept) = &self.kept {
            kept.remove_before(floor)?;
        }
        Ok(())
    }

    /// As [`Mediation::tidy`], but stops when `is_enough` returns true. The remaining files are removed next time.
    pub(crate) fn tidy_until(&self, keep: Duration, is_enough: &dyn Fn() -> bool) -> Result<(), MediationError> {
        let keep = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
        let now = self.clock.now();
        self.ledger.withdraw_before(now.plus_micros(keep.saturating_neg()), now)?;
        // The files are listed before the ledger is read: a file listed here that belongs to no export in the ledger
        // then will never belong to one.
        let found = self.spool.keys()?;
        let mut wanted = HashSet::<String>::from_iter(self.ledger.files()?);
        wanted.extend(
            self.ledger.heartbeats()?.iter().map(|heartbeat| crate::spool::key_of(heartbeat.id, heartbeat.token)),
        );
        // Between the two reads a running export may have been completed.
        wanted.extend(self.ledger.files()?);
        let mut removed = Ok(());
        for key in found.iter().filter(|key| !wanted.contains(*key)).take_while(|_| !is_enough()) {
            if let Err(problem) = self.spool.remove(key) {
                removed = Err(problem);
            }
        }
        self.spool.clear()?;
        if let Some(kept) = &self.kept {
            kept.tidy()?;
        }
        Ok(removed?)
    }
}
