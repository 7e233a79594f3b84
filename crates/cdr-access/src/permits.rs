//! A counting semaphore for blocking threads.

use std::sync::{Condvar, Mutex, PoisonError};

/// A limited number of permits. Threads wait while none is free.
pub(crate) struct Permits {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// A permit, which is returned when it is dropped.
pub(crate) struct Permit<'a>(&'a Permits);

impl Permits {
    /// As many permits as there are cores.
    pub(crate) fn one_for_each_core() -> Permits {
        Permits::new(std::thread::available_parallelism().map_or(1, usize::from))
    }

    pub(crate) fn new(permits: usize) -> Permits {
        Permits { free: Mutex::new(permits), given_back: Condvar::new() }
    }

    /// Waits for a permit.
    pub(crate) fn take(&self) -> Permit<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.given_back.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.given_back.notify_one();
    }
}
