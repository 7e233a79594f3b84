//! The heartbeat of a worker: it renews the claim while the export is written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cdr_model::chain;
use tracing::warn;

use crate::ledger::{Claim, JobLedger};
use crate::mediation::Mediation;
use crate::progress::Progress;

/// Beats several times a lease, and at least so often that whoever follows the export sees it move.
const SLOWEST: Duration = Duration::from_secs(1);

pub(crate) struct Heart<'a> {
    ledger: &'a dyn JobLedger,
    claim: &'a Claim,
    between: Duration,
    lost: AtomicBool,
    beat: Mutex<Beat>,
    due: Condvar,
}

/// What the next beat tells, and whether it is due before its time.
#[derive(Default)]
struct Beat {
    progress: Progress,
    now: bool,
    never: bool,
}

impl<'a> Heart<'a> {
    pub(crate) fn new(mediation: &'a Mediation, claim: &'a Claim, lease: Duration) -> Heart<'a> {
        Heart {
            ledger: &*mediation.ledger,
            claim,
            between: (lease / 5).min(SLOWEST),
            lost: AtomicBool::default(),
            beat: Mutex::default(),
            due: Condvar::new(),
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

    /// How far the export has come. The next beat tells the ledger; a new step is told at once.
    pub(crate) fn tell(&self, progress: Progress) {
        let mut beat = self.state();
        if beat.progress.step != progress.step {
            beat.now = true;
            self.due.notify_all();
        }
        beat.progress = progress;
    }

    /// Whether another worker has taken over, or the export was withdrawn.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::SeqCst)
    }

    fn beat(&self) {
        loop {
            let waited = self.due.wait_timeout_while(self.state(), self.between, |beat| !beat.now && !beat.never);
            let mut beat = waited.unwrap_or_else(PoisonError::into_inner).0;
            if beat.never {
                return;
            }
            beat.now = false;
            let progress = beat.progress;
            drop(beat);
            match self.ledger.renew(self.claim, progress) {
                Ok(true) => {}
                Ok(false) => return self.lost.store(true, Ordering::SeqCst),
                // The next beat may do; if none does, another worker takes over, and that is right then.
                Err(error) => warn!(export.id = %self.claim.job.id, error = %chain(&error), "a heartbeat was missed"),
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, Beat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops the heart, also when the work panics.
struct Stopping<'a>(&'a Heart<'a>);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.state().never = true;
        self.0.due.notify_all();
    }
}
