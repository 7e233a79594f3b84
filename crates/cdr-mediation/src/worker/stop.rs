//! Stopping workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::mediation::Mediation;
use crate::wakeup::WakeUp;

const GO_ON: u8 = 0;
const AFTER_THIS: u8 = 1;
const NOW: u8 = 2;

/// Stops workers. Cheap to clone; all clones share their state.
#[derive(Clone)]
pub struct Stop {
    wish: Arc<AtomicU8>,
    wakeup: Arc<WakeUp>,
}

impl Stop {
    /// Creates a stop handle for the workers of this mediation.
    pub fn new(mediation: &Mediation) -> Stop {
        Stop { wish: Arc::default(), wakeup: mediation.wakeup.clone() }
    }

    /// Stops the workers after their current export. No new export is started.
    pub fn after_this(&self) {
        self.wish.fetch_max(AFTER_THIS, Ordering::SeqCst);
        self.wakeup.notify();
    }

    /// Stops the workers immediately. Their current exports are handed back for other workers.
    pub fn now(&self) {
        self.wish.fetch_max(NOW, Ordering::SeqCst);
        self.wakeup.notify();
    }

    /// Whether no new export may be started.
    pub fn is_wanted(&self) -> bool {
        self.wish.load(Ordering::SeqCst) != GO_ON
    }

    /// Whether the current export has to be handed back.
    pub fn is_wanted_now(&self) -> bool {
        self.wish.load(Ordering::SeqCst) == NOW
    }
}
