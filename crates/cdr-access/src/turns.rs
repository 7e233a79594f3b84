//! Turns: how many may do something at once.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many may do it at once; the others wait.
pub(crate) struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// A turn, given back when it is dropped.
pub(crate) struct Turn<'a>(&'a Turns);

impl Turns {
    /// As many as there are cores.
    pub(crate) fn one_for_each_core() -> Turns {
        Turns::new(std::thread::available_parallelism().map_or(1, usize::from))
    }

    pub(crate) fn new(turns: usize) -> Turns {
        Turns { free: Mutex::new(turns), given_back: Condvar::new() }
    }

    /// Waits for a turn.
    pub(crate) fn take(&self) -> Turn<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.given_back.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.given_back.notify_one();
    }
}
