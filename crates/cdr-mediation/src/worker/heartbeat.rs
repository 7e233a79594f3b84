//! The heartbeat of a worker, which renews the claim while the export is written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cdr_model::chain;
use tracing::warn;

use crate::ledger::{Claim, JobLedger};
use crate::mediation::Mediation;
use crate::progress::Progress;

/// The maximum interval between two heartbeats. It is also the interval at which clients see the progress of the
/// export.
const SLOWEST: Duration = Duration::from_secs(1);

pub(crate) struct HeartbeatSender<'a> {
    ledger: &'a dyn JobLedger,
    claim: &'a Claim,
    between: Duration,
    lost: AtomicBool,
    missed: AtomicBool,
    beat: Mutex<Beat>,
    due: Condvar,
}

/// The progress for the next heartbeat, and whether it is due immediately or not at all.
#[derive(Default)]
struct Beat {
    progress: Progress,
    now: bool,
    never: bool,
}

impl<'a> HeartbeatSender<'a> {
    pub(crate) fn new(mediation: &'a Mediation, claim: &'a Claim, lease: Duration) -> HeartbeatSender<'a> {
        HeartbeatSender {
            ledger: &*mediation.ledger,
            claim,
            between: (lease / 5).min(SLOWEST),
            lost: AtomicBool::default(),
            missed: AtomicBool::default(),
            beat: Mutex::default(),
            due: Condvar::new(),
        }
    }

    /// Runs `work` while a separate thread sends heartbeats.
    pub(crate) fn beat_while<T>(&self, work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let _stops_when_dropped = Stopping(self);
            scope.spawn(|| self.beat());
            work()
        })
    }

    /// Sets the progress of the export. The next heartbeat stores it in the ledger; a new step triggers a heartbeat
    /// immediately.
    pub(crate) fn report(&self, progress: Progress) {
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

    /// Whether a heartbeat could not be stored.
    pub(crate) fn has_missed(&self) -> bool {
        self.missed.load(Ordering::SeqCst)
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
                // The next heartbeat may succeed. If none does, another worker rightly takes over.
                Err(error) => {
                    self.missed.store(true, Ordering::SeqCst);
                    warn!(export.id = %self.claim.job.id, error = %chain(&error), "a heartbeat was missed");
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, Beat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stops the heartbeat when dropped, also if the work panics.
struct Stopping<'a>(&'a HeartbeatSender<'a>);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.state().never = true;
        self.0.due.notify_all();
    }
}
