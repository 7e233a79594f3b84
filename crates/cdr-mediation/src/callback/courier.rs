//! The courier: takes callbacks that are due from the ledger and makes them, again and again where nobody answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use cdr_model::{Timestamp, chain};
use tracing::{error, info, warn};

use super::{Callback, CallbackTask};
use crate::error::MediationError;
use crate::mediation::Mediation;
use crate::worker::Stop;

/// How long a call may take before another courier tries, who takes this one for dead.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// The gap after the first attempt; it doubles with each.
const FIRST_GAP: Duration = Duration::from_secs(60);
const LONGEST_GAP: Duration = Duration::from_secs(6 * 3600);
/// So many attempts are made: the last one nearly two days after the first.
const MOST_ATTEMPTS: u32 = 16;
/// How long to wait for a ring of the bell before looking whether something is due.
const POLL: Duration = Duration::from_secs(1);

/// One courier. Any number may work on one ledger, in one process or in many: what is due, and when, stands there by the
/// wall clock, so it outlives all of them. Somebody may be told twice, when a courier dies after it has called.
pub struct Courier {
    mediation: Mediation,
    callback: Arc<dyn Callback>,
    stop: Stop,
}

impl Courier {
    /// A courier that goes on until it is told to stop.
    pub fn new(mediation: &Mediation, callback: Arc<dyn Callback>, stop: &Stop) -> Courier {
        Courier { mediation: mediation.clone(), callback, stop: stop.clone() }
    }

    /// Makes the call that has been due longest. `false` if none is due. One that fails is due again after a minute, then
    /// two, four and so on up to six hours, and given up after 16 attempts.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. That nobody was told is no error.
    pub fn run_next(&mut self) -> Result<bool, MediationError> {
        let Mediation { ledger, clock, .. } = &self.mediation;
        let now = clock.now();
        let Some(task) = ledger.take_callback(now, after(now, PATIENCE))? else { return Ok(false) };
        let _span = tracing::info_span!("callback", export.id = %task.id, attempt = task.attempts).entered();
        // More attempts than there may be are those of couriers that died on the way.
        if task.attempts <= MOST_ATTEMPTS && self.call(&task) {
            info!("told");
            ledger.settle_callback(task.id)?;
        } else if task.attempts >= MOST_ATTEMPTS {
            error!("nobody could be told; it is given up");
            ledger.settle_callback(task.id)?;
        } else {
            ledger.postpone_callback(task.id, after(clock.now(), gap(task.attempts)))?;
        }
        Ok(true)
    }

    /// Calls until it is told to stop.
    pub fn run(&mut self) {
        while !self.stop.is_wanted() {
            let heard = self.mediation.wakeup.count();
            match self.run_next() {
                Ok(true) => {}
                Ok(false) => self.mediation.wakeup.wait(heard, POLL),
                Err(problem) => {
                    error!(error = %chain(&problem), "the courier could not go on; it tries again");
                    self.mediation.wakeup.wait(self.mediation.wakeup.count(), POLL);
                }
            }
        }
    }

    /// Whether somebody was told.
    fn call(&self, task: &CallbackTask) -> bool {
        match catch_unwind(AssertUnwindSafe(|| self.callback.call(task))) {
            Ok(Ok(())) => true,
            Ok(Err(problem)) => {
                warn!(error = %chain(&problem), "nobody was told");
                false
            }
            Err(_) => {
                error!("the program went wrong while it called");
                false
            }
        }
    }
}

/// How long to wait after so many attempts.
fn gap(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1);
    FIRST_GAP.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_GAP)
}

fn after(at: Timestamp, gap: Duration) -> Timestamp {
    at.plus_micros(i64::try_from(gap.as_micros()).unwrap_or(i64::MAX))
}
