//! The wake-up of workers.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Wakes the workers of this process when there may be work. Other processes are not woken, so workers also poll.
#[derive(Default)]
pub(crate) struct WakeUp {
    count: Mutex<u64>,
    notified: Condvar,
}

impl WakeUp {
    pub(crate) fn notify(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.notified.notify_all();
    }

    /// The number of notifications so far. A worker reads it before it looks for work, so that no notification is lost
    /// between looking and waiting.
    pub(crate) fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the number of notifications differs from `seen`, or until the timeout.
    pub(crate) fn wait(&self, seen: u64, at_most: Duration) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.notified.wait_timeout_while(count, at_most, |count| *count == seen);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
