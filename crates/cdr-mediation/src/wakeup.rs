//! The wake-up of workers.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Wakes workers of this process when there may be something to do. Other processes are not woken, so no worker waits for it
/// for long.
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

    /// How often it was notified so far. Asked before looking for work, so that nothing is missed between looking and waiting.
    pub(crate) fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it was notified more often than that, at most so long.
    pub(crate) fn wait(&self, seen: u64, at_most: Duration) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.notified.wait_timeout_while(count, at_most, |count| *count == seen);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
