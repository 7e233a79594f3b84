//! The heartbeat of a worker: it renews the claim while the export is written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tracing::warn;

use crate::error::chain;
use crate::ledger::{Claim, JobLedger};
use crate::mediation::Mediation;
use crate::progress::Progress;

/// Beats several times a lease, and at least so often that whoever follows the export sees it move.
const SLOWEST: Duration = Duration::from_secs(1);

pub(crate) struct Heart<'a> {
    ledger: &'a dyn JobLedger,
    claim: &'a Claim,
    between: Duration,
    progress: Mutex<Progress>,
    lost: AtomicBool,
    still: Mutex<bool>,
    stopped: Condvar,
}

impl<'a> Heart<'a> {
    pub(crate) fn new(mediation: &'a Mediation, claim: &'a Claim, lease: Duration) -> Heart<'a> {
        Heart {
            ledger: &*mediation.ledger,
            claim,
            between: (lease / 5).min(SLOWEST),
            progress: Mutex::default(),
            lost: AtomicBool::default(),
            still: Mutex::default(),
            stopped: Condvar::new(),
        }
    }

    /// Does something while the heart beats on a thread of its own.
    pub(crate) fn beat_while<T>(&self, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let _stops_when_dropped = Stopping(self);
            scope.spawn(|| self.beat());
            work()
        })
    }

    /// How far the export has come; the next beat tells the ledger.
    pub(crate) fn tell(&self, progress: Progress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    /// Whether another worker has taken over.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    fn beat(&self) {
        loop {
            let still = self.still.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = self.stopped.wait_timeout_while(still, self.between, |still| !*still);
            if *waited.unwrap_or_else(PoisonError::into_inner).0 {
                return;
            }
            let progress = *self.progress.lock().unwrap_or_else(PoisonError::into_inner);
            match self.ledger.renew(self.claim, progress) {
                Ok(true) => {}
                Ok(false) => return self.lost.store(true, Ordering::SeqCst),
                // The next beat may do; if none does, another worker takes over, and that is right then.
                Err(error) => warn!(export.id = %self.claim.job.id, error = %chain(&error), "a heartbeat was missed"),
            }
        }
    }
}

/// Stops the heart, also when the work panics.
struct Stopping<'a>(&'a Heart<'a>);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        *self.0.still.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.stopped.notify_all();
    }
}
