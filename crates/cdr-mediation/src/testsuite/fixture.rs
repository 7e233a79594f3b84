//! Mediation over memory.

use std::sync::Arc;

use cdr_model::Timestamp;

use super::{HandClock, ScriptedSource};
use crate::mediation::Mediation;
use crate::memory::{Memory, MemoryLedger, MemorySpool};
use crate::spool::Spool;
use crate::worker::{Stop, Worker, WorkerOptions};

/// Mediation over ports in memory, with a manual clock and a source with a script.
pub struct Fixture {
    /// The clock.
    pub clock: Arc<HandClock>,
    /// The ledger.
    pub ledger: Arc<MemoryLedger>,
    /// The spool.
    pub spool: MemorySpool,
    /// The source.
    pub source: Arc<ScriptedSource>,
    /// Mediation over them.
    pub mediation: Mediation,
}

impl Fixture {
    /// Mediation over these records, at this instant.
    pub fn over(records: Memory, now: Timestamp) -> Fixture {
        Fixture::with_spool(records, now, |spool| Arc::new(spool.clone()))
    }

    /// The same with a spool of its own over the one in memory.
    pub fn with_spool(
        records: Memory,
        now: Timestamp,
        spooled: impl FnOnce(&MemorySpool) -> Arc<dyn Spool>,
    ) -> Fixture {
        let (clock, source) = (Arc::new(HandClock::at(now)), Arc::new(ScriptedSource::over(records)));
        let (ledger, spool) = (Arc::<MemoryLedger>::default(), MemorySpool::default());
        let mediation = Mediation::new(source.clone(), ledger.clone(), spooled(&spool), clock.clone());
        Fixture { clock, ledger, spool, source, mediation }
    }

    /// Writes all pending exports.
    ///
    /// # Panics
    /// When the ledger fails.
    pub fn work(&self) {
        let mut worker = Worker::new(&self.mediation, WorkerOptions::default(), &Stop::new(&self.mediation));
        while worker.run_next().unwrap().is_some() {}
    }
}
