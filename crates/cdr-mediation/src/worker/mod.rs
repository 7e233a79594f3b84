//! The worker: claims exports from the ledger and writes them.

mod heartbeat;
mod retry;
mod round;
mod stop;
mod watch;

#[cfg(test)]
pub(crate) mod tests;

use std::time::Duration;

use tracing::{error, warn};

use crate::error::MediationError;
use crate::ledger::Claim;
use crate::mediation::Mediation;
use heartbeat::HeartbeatSender;
use watch::Watch;

pub use round::{Outcome, Round};
pub use stop::Stop;

/// The options of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
    /// The lease: a worker whose heartbeat has not changed for this long, by the observer's own clock, is considered
    /// dead. Default: 30 seconds.
    pub lease: Duration,
    /// The number of times that an export is started before it fails because its workers die or hand it back. Starts that
    /// ended with a failure that may pass do not count. Default: 3.
    pub attempts: u32,
    /// The interval at which to poll for exports of other processes without a wake-up. Default: 1 second.
    pub poll: Duration,
    /// The retention of finished files. Default: 3 days.
    pub keep: Duration,
    /// The maximum number of concurrently running exports per customer. Further exports wait, and those of other
    /// customers are started first. `None` for no limit. Default: 1.
    pub per_customer: Option<u32>,
    /// The interval at which to remove files that are no longer needed. Default: 1 minute.
    pub tidy_every: Duration,
}

impl Default for WorkerOptions {
    fn default() -> WorkerOptions {
        WorkerOptions {
            lease: Duration::from_secs(30),
            attempts: 3,
            poll: Duration::from_secs(1),
            keep: Duration::from_secs(3 * 24 * 3600),
            per_customer: Some(1),
            tidy_every: Duration::from_secs(60),
        }
    }
}

/// One worker. Any number may work on one ledger, in one process or in several.
pub struct Worker {
    mediation: Mediation,
    options: WorkerOptions,
    stop: Stop,
    watch: Watch,
    tidied: Option<Duration>,
    sealed: Option<Duration>,
    /// The number of exports left to newer workers at the last check.
    newer: u64,
}

/// How often an idle worker makes blocks ahead.
const SEALS: Duration = Duration::from_secs(600);

impl Worker {
    /// A worker that runs until it is stopped.
    pub fn new(mediation: &Mediation, options: WorkerOptions, stop: &Stop) -> Worker {
        let mediation = mediation.clone();
        Worker { mediation, options, stop: stop.clone(), watch: Watch::default(), tidied: None, sealed: None, newer: 0 }
    }

    /// Runs one round: takes over the export of a dead worker, or claims the oldest pending export, and writes it.
    /// `None` if there is no work.
    ///
    /// # Errors
    /// If the ledger cannot be read or written. A failed export is an outcome, not an error.
    pub fn run_next(&mut self) -> Result<Option<Round>, MediationError> {
        let claim = self.next().inspect_err(|_| self.watch.forget())?;
        let Some(claim) = claim else { return Ok(None) };
        let heartbeat = HeartbeatSender::new(&self.mediation, &claim, self.options.lease);
        let round =
            heartbeat.beat_while(|| round::run(&self.mediation, &claim, self.options.attempts, &heartbeat, &self.stop));
        if heartbeat.has_missed() {
            self.watch.forget();
        }
        round.map(Some)
    }

    /// Runs rounds until it is stopped, and calls `each` after each round. Errors of the ledger are retried.
    pub fn run(&mut self, each: &mut dyn FnMut(&Round)) {
        while !self.stop.is_wanted() {
            let seen = self.mediation.wakeup.count();
            let worked = self.run_next();
            if let Ok(Some(round)) = &worked {
                each(round);
            }
            // Also if more exports are pending: a queue that is never empty must not keep files indefinitely.
            self.tidy();
            match worked {
                Ok(Some(_)) => {}
                Ok(None) => {
                    self.seal(seen);
                    self.mediation.wakeup.wait(seen, self.options.poll);
                }
                Err(problem) => {
                    error!(error = %cdr_model::chain(&problem), "the round failed; the worker tries again");
                    self.mediation.wakeup.wait(self.mediation.wakeup.count(), self.options.poll);
                }
            }
        }
    }

    fn next(&mut self) -> Result<Option<Claim>, MediationError> {
        let Mediation { ledger, clock, .. } = &self.mediation;
        let dead = self.watch.dead(ledger.heartbeats()?, clock.ticks(), self.options.lease);
        if !dead.is_empty() && !self.is_ledger_idle()? {
            // Nobody could store a heartbeat, so each worker gets a full lease from now on.
            self.watch.forget();
            return Ok(ledger.claim(clock.now(), self.options.per_customer)?);
        }
        for heartbeat in dead {
            if let Some(claim) = ledger.take_over(&heartbeat, clock.now())? {
                tracing::warn!(export.id = %claim.job.id, attempt = claim.job.attempts, "took over from a dead worker");
                return Ok(Some(claim));
            }
        }
        Ok(ledger.claim(clock.now(), self.options.per_customer)?)
    }

    /// Whether the ledger can be written without a wait of a tenth of a lease.
    ///
    /// # Errors
    /// If it cannot be written.
    fn is_ledger_idle(&self) -> Result<bool, MediationError> {
        let Mediation { ledger, clock, .. } = &self.mediation;
        let asked = clock.ticks();
        ledger.check_writes()?;
        Ok(clock.ticks().saturating_sub(asked) < self.options.lease / 10)
    }

    /// Tidies the spool if it is due. A file that cannot be removed does not delay exports.
    fn tidy(&mut self) {
        let now = self.mediation.clock.ticks();
        let is_due = self.tidied.is_none_or(|then| now.saturating_sub(then) >= self.options.tidy_every);
        if !is_due || self.stop.is_wanted() {
            return;
        }
        self.tidied = Some(now);
        if let Err(problem) = self.mediation.tidy_until(self.options.keep, &|| self.stop.is_wanted()) {
            error!(error = %cdr_model::chain(&problem), "the spool could not be tidied; it will be tried again");
        }
        self.warn_about_newer();
    }

    /// Makes blocks ahead if that is due, until there is something else to do.
    fn seal(&mut self, seen: u64) {
        let now = self.mediation.clock.ticks();
        let is_due = self.sealed.is_none_or(|then| now.saturating_sub(then) >= SEALS);
        let Some(kept) = self.mediation.kept.as_ref().filter(|_| is_due && !self.stop.is_wanted()) else { return };
        self.sealed = Some(now);
        let is_enough = || self.stop.is_wanted() || self.mediation.wakeup.count() != seen;
        if let Err(problem) = kept.seal(&*self.mediation.source, self.mediation.clock.now(), &is_enough) {
            warn!(error = %cdr_model::chain(&problem), "blocks could not be made ahead");
        }
    }

    /// Logs a warning if the number of exports that wait for a newer worker has changed.
    fn warn_about_newer(&mut self) {
        match self.mediation.ledger.tally() {
            Ok(tally) => {
                if tally.newer > 0 && tally.newer != self.newer {
                    warn!(exports = tally.newer, "left to newer workers: a newer Tollbook ordered them");
                }
                self.newer = tally.newer;
            }
            Err(problem) => error!(error = %cdr_model::chain(&problem), "the exports could not be counted"),
        }
    }
}
