//! The worker: takes exports from the ledger and writes them.

mod heart;
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
use heart::Heart;
use watch::Watch;

pub use round::{Outcome, Round};
pub use stop::Stop;

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct WorkerOptions {
    /// How long a heart may stand still, by the clock of whoever looks, before its worker counts as dead. Thirty seconds.
    pub lease: Duration,
    /// How often an export is begun before it is given up. Three times.
    pub attempts: u32,
    /// How long to wait for a ring of the bell before looking whether other processes entered something. One second.
    pub poll: Duration,
    /// How long finished files are kept. Three days.
    pub keep: Duration,
    /// How many exports of one customer may run at once; those beyond wait, and others go first. `None` for as many as there
    /// are workers, which is how it is unless somebody says otherwise.
    pub per_customer: Option<u32>,
    /// How often to look for files that are not wanted any more. A minute.
    pub tidy_every: Duration,
}

impl Default for WorkerOptions {
    fn default() -> WorkerOptions {
        WorkerOptions {
            lease: Duration::from_secs(30),
            attempts: 3,
            poll: Duration::from_secs(1),
            keep: Duration::from_secs(3 * 24 * 3600),
            per_customer: None,
            tidy_every: Duration::from_secs(60),
        }
    }
}

/// One worker. Any number may work on one ledger, in one process or in many.
pub struct Worker {
    mediation: Mediation,
    options: WorkerOptions,
    stop: Stop,
    watch: Watch,
    tidied: Option<Duration>,
    /// How many exports were left to newer workers at the last check.
    newer: u64,
}

impl Worker {
    /// A worker that goes on until it is told to stop.
    pub fn new(mediation: &Mediation, options: WorkerOptions, stop: &Stop) -> Worker {
        let mediation = mediation.clone();
        Worker { mediation, options, stop: stop.clone(), watch: Watch::default(), tidied: None, newer: 0 }
    }

    /// One round: takes the export of a dead worker, or else the oldest pending one, and writes it. `None` if there is
    /// nothing to do.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. That an export could not be made is an outcome, not an error.
    pub fn run_next(&mut self) -> Result<Option<Round>, MediationError> {
        let Some(claim) = self.next()? else { return Ok(None) };
        let heart = Heart::new(&self.mediation, &claim, self.options.lease);
        let round = heart.beat_while(|| round::run(&self.mediation, &claim, self.options.attempts, &heart, &self.stop));
        round.map(Some)
    }

    /// Rounds until it is told to stop; each is told to `each`. What cannot be done for now is tried again.
    pub fn run(&mut self, each: &mut dyn FnMut(&Round)) {
        while !self.stop.is_wanted() {
            let heard = self.mediation.wakeup.count();
            let worked = self.run_next();
            if let Ok(Some(round)) = &worked {
                each(round);
            }
            // Also when there is more to do: a queue that never empties is no reason to keep files for ever.
            self.tidy();
            match worked {
                Ok(Some(_)) => {}
                Ok(None) => self.mediation.wakeup.wait(heard, self.options.poll),
                Err(problem) => {
                    error!(error = %cdr_model::chain(&problem), "the worker could not go on; it tries again");
                    self.mediation.wakeup.wait(self.mediation.wakeup.count(), self.options.poll);
                }
            }
        }
    }

    fn next(&mut self) -> Result<Option<Claim>, MediationError> {
        let Mediation { ledger, clock, .. } = &self.mediation;
        for pulse in self.watch.dead(ledger.pulses()?, clock.ticks(), self.options.lease) {
            if let Some(claim) = ledger.take_over(&pulse, clock.now())? {
                tracing::warn!(export.id = %claim.job.id, attempt = claim.job.attempts, "took over from a dead worker");
                return Ok(Some(claim));
            }
        }
        Ok(ledger.claim(clock.now(), self.options.per_customer)?)
    }

    /// Tidies, when it is time. Exports do not wait for what could not be removed.
    fn tidy(&mut self) {
        let now = self.mediation.clock.ticks();
        let is_due = self.tidied.is_none_or(|then| now.saturating_sub(then) >= self.options.tidy_every);
        if !is_due || self.stop.is_wanted() {
            return;
        }
        self.tidied = Some(now);
        if let Err(problem) = self.mediation.tidy_until(self.options.keep, &|| self.stop.is_wanted()) {
            error!(error = %cdr_model::chain(&problem), "the spool could not be tidied; it is tried again");
        }
        self.tell_of_newer();
    }

    /// Warns when the number of exports that wait for a newer worker has changed.
    fn tell_of_newer(&mut self) {
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
