//! Watching the hearts of other workers.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use crate::ledger::Pulse;

/// Where each heart was seen to stand, and since when. The time is the watcher's own, so nobody's wall clock matters, and
/// a watcher that has just begun gives every heart the whole lease.
#[derive(Default)]
pub(crate) struct Watch {
    seen: HashMap<Uuid, (Pulse, Duration)>,
}

impl Watch {
    /// The hearts that have stood still for the whole lease. `now` never goes back.
    pub(crate) fn dead(&mut self, pulses: Vec<Pulse>, now: Duration, lease: Duration) -> Vec<Pulse> {
        let before = std::mem::take(&mut self.seen);
        let mut dead = Vec::new();
        for pulse in pulses {
            let since = match before.get(&pulse.id) {
                Some((then, since)) if *then == pulse => *since,
                _ => now,
            };
            if now.saturating_sub(since) >= lease {
                dead.push(pulse.clone());
            }
            self.seen.insert(pulse.id, (pulse, since));
        }
        dead
    }
}
