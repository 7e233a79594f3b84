//! Watching the heartbeats of other workers.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use crate::ledger::Heartbeat;

/// The last observed heartbeat of each export, and since when it has not changed. The times are those of the observer's
/// monotonic clock, so wall clocks do not matter. A new observer grants every worker a full lease.
#[derive(Default)]
pub(crate) struct Watch {
    seen: HashMap<Uuid, (Heartbeat, Duration)>,
}

impl Watch {
    /// Grants every worker a full lease again, because none could store a heartbeat for a while.
    pub(crate) fn forget(&mut self) {
        self.seen.clear();
    }

    /// The heartbeats that have not changed for a full lease. `now` must be monotonic.
    pub(crate) fn dead(&mut self, heartbeats: Vec<Heartbeat>, now: Duration, lease: Duration) -> Vec<Heartbeat> {
        let before = std::mem::take(&mut self.seen);
        let mut dead = Vec::new();
        for heartbeat in heartbeats {
            let since = match before.get(&heartbeat.id) {
                Some((then, since)) if *then == heartbeat => *since,
                _ => now,
            };
            if now.saturating_sub(since) >= lease {
                dead.push(heartbeat.clone());
            }
            self.seen.insert(heartbeat.id, (heartbeat, since));
        }
        dead
    }
}
