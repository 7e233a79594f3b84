//! How a worker is woken, and how it is told to stop.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::mediation::Mediation;

const GO_ON: u8 = 0;
const AFTER_THIS: u8 = 1;
const NOW: u8 = 2;

/// Tells workers to stop. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Stop {
    wish: Arc<AtomicU8>,
    bell: Arc<Bell>,
}

impl Stop {
    /// For the workers of this mediation. They go on until it is used.
    pub fn new(mediation: &Mediation) -> Stop {
        Stop { wish: Arc::default(), bell: mediation.bell.clone() }
    }

    /// What is being written is written to its end; nothing new is begun.
    pub fn after_this(&self) {
        self.wish.fetch_max(AFTER_THIS, Ordering::SeqCst);
        self.bell.ring();
    }

    /// What is being written is handed back, for another worker to begin again.
    pub fn now(&self) {
        self.wish.fetch_max(NOW, Ordering::SeqCst);
        self.bell.ring();
    }

    /// Whether anything new may not be begun.
    pub fn is_wanted(&self) -> bool {
        self.wish.load(Ordering::SeqCst) != GO_ON
    }

    /// Whether what is being written has to be handed back.
    pub fn is_wanted_now(&self) -> bool {
        self.wish.load(Ordering::SeqCst) == NOW
    }
}

/// Rings when there may be something to do. Other processes cannot hear it, so nobody waits for it for long.
#[derive(Default)]
pub(crate) struct Bell {
    rings: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rung.notify_all();
    }

    /// How often it rang so far. Asked before looking for work, so that no ring is missed between looking and waiting.
    pub(crate) fn rings(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it rang more often than that, at most so long.
    pub(crate) fn wait(&self, heard: u64, at_most: Duration) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.rung.wait_timeout_while(rings, at_most, |rings| *rings == heard);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
