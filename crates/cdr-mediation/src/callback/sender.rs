//! The callback sender: takes due callbacks from the ledger and sends them, with retries.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use cdr_model::{Timestamp, chain};
use tracing::{error, info, warn};

use super::{Callback, CallbackTask};
use crate::error::MediationError;
use crate::mediation::Mediation;
use crate::worker::Stop;

/// The time after which another callback sender considers this one dead and sends the callback again.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// The delay after the first attempt; it doubles with each attempt.
const FIRST_GAP: Duration = Duration::from_secs(60);
/// The maximum delay between two attempts.
const LONGEST_GAP: Duration = Duration::from_secs(6 * 3600);
/// The maximum number of attempts. The last one is nearly two days after the first.
const MOST_ATTEMPTS: u32 = 16;
/// The interval at which to poll for due callbacks without a wake-up.
const POLL: Duration = Duration::from_secs(1);

/// One callback sender. Any number may work on one ledger, in one process or in several. Due callbacks and their
/// wall-clock times are stored in the ledger, so they survive a restart. A callback may be delivered twice if a
/// callback sender crashes after it has sent it.
pub struct CallbackSender {
    mediation: Mediation,
    callback: Arc<dyn Callback>,
    stop: Stop,
}

impl CallbackSender {
    /// A callback sender that runs until it is stopped.
    pub fn new(mediation: &Mediation, callback: Arc<dyn Callback>, stop: &Stop) -> CallbackSender {
        CallbackSender { mediation: mediation.clone(), callback, stop: stop.clone() }
    }

    /// Sends the callback that has been due longest. `false` if no callback is due. A failed callback is due again
    /// after one minute, then two, four and so on up to six hours. It is given up after 16 attempts.
    ///
    /// # Errors
    /// If the ledger cannot be read or written. A failed callback is not an error.
    pub fn run_next(&mut self) -> Result<bool, MediationError> {
        let Mediation { ledger, clock, .. } = &self.mediation;
        let now = clock.now();
        let Some(task) = ledger.take_callback(now, after(now, PATIENCE))? else { return Ok(false) };
        let _span = tracing::info_span!("callback", export.id = %task.id, attempt = task.attempts).entered();
        // The number of attempts exceeds the maximum if callback senders crashed during earlier attempts.
        if task.attempts <= MOST_ATTEMPTS && self.call(&task) {
            info!("the callback was delivered");
            ledger.settle_callback(task.id)?;
        } else if task.attempts >= MOST_ATTEMPTS {
            error!("the callback is given up after the last attempt");
            ledger.settle_callback(task.id)?;
        } else {
            ledger.postpone_callback(task.id, after(clock.now(), gap(task.attempts)))?;
        }
        Ok(true)
    }

    /// Sends callbacks until it is stopped.
    pub fn run(&mut self) {
        while !self.stop.is_wanted() {
            let seen = self.mediation.wakeup.count();
            match self.run_next() {
                Ok(true) => {}
                Ok(false) => self.mediation.wakeup.wait(seen, POLL),
                Err(problem) => {
                    error!(error = %chain(&problem), "the ledger failed; the callback sender tries again");
                    self.mediation.wakeup.wait(self.mediation.wakeup.count(), POLL);
                }
            }
        }
    }

    /// Sends a callback. Returns whether it was delivered.
    fn call(&self, task: &CallbackTask) -> bool {
        match catch_unwind(AssertUnwindSafe(|| self.callback.call(task))) {
            Ok(Ok(())) => true,
            Ok(Err(problem)) => {
                warn!(error = %chain(&problem), "the callback was not delivered");
                false
            }
            Err(_) => {
                error!("the callback panicked");
                false
            }
        }
    }
}

/// The delay after this many attempts.
fn gap(attempts: u32) -> Duration {
    let doublings = attempts.saturating_sub(1);
    FIRST_GAP.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_GAP)
}

fn after(at: Timestamp, gap: Duration) -> Timestamp {
    at.plus_micros(i64::try_from(gap.as_micros()).unwrap_or(i64::MAX))
}
