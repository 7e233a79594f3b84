//! How a worker is woken, and how it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::mediation::Mediation;
use crate::wakeup::WakeUp;

const GO_ON: u8 = 0;
const AFTER_THIS: u8 = 1;
const NOW: u8 = 2;

/// Tells workers to stop. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Stop {
    wish: Arc<AtomicU8>,
    wakeup: Arc<WakeUp>,
}

impl Stop {
    /// For the workers of this mediation. They go on until it is used.
    pub fn new(mediation: &Mediation) -> Stop {
        Stop { wish: Arc::default(), wakeup: mediation.wakeup.clone() }
    }

    /// What is being written is written to its end; nothing new is begun.
    pub fn after_this(&self) {
        self.wish.fetch_max(AFTER_THIS, Ordering::SeqCst);
        self.wakeup.notify();
    }

    /// What is being written is handed back, for another worker to begin again.
    pub fn now(&self) {
        self.wish.fetch_max(NOW, Ordering::SeqCst);
        self.wakeup.notify();
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
