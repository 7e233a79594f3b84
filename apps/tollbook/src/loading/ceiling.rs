//! The ceiling of the quarantine: with as many open entries nothing more is loaded, and so nothing is dropped.

use std::sync::atomic::{AtomicBool, Ordering};

use cdr_mediation::{Batch, BatchReport, CdrSink, PortError, Quarantine};
use cdr_store::Store;
use thiserror::Error;

use crate::config::Config;

/// The quarantine is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the quarantine has {most} open entries, the most that intake.max_quarantine permits; `tollbook quarantine summary` counts \
     them, `quarantine retry`, `accept` and `drop` settle them, and then the load goes on"
)]
pub(crate) struct QuarantineFull {
    most: u64,
}

/// The ceiling, if the quarantine has reached it.
///
/// # Errors
/// If the entries cannot be counted.
pub(crate) fn is_full(config: &Config, store: &Store) -> Result<Option<QuarantineFull>, PortError> {
    let Some(most) = config.store.max_quarantine else { return Ok(None) };
    Ok((store.open_entries(most)? >= most).then_some(QuarantineFull { most }))
}

/// A sink that takes nothing while the quarantine is full.
pub(crate) struct Ceiling<'a> {
    config: &'a Config,
    store: &'a Store,
    sink: &'a dyn CdrSink,
    is_reached: AtomicBool,
}

impl<'a> Ceiling<'a> {
    pub(crate) fn over(config: &'a Config, store: &'a Store, sink: &'a dyn CdrSink) -> Ceiling<'a> {
        Ceiling { config, store, sink, is_reached: AtomicBool::new(false) }
    }

    /// Why a batch was not taken, if the ceiling is why.
    pub(crate) fn reached(&self) -> Option<QuarantineFull> {
        let most = self.config.store.max_quarantine?;
        self.is_reached.load(Ordering::Relaxed).then_some(QuarantineFull { most })
    }
}

impl CdrSink for Ceiling<'_> {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        if let Some(full) = is_full(self.config, self.store)? {
            self.is_reached.store(true, Ordering::Relaxed);
            return Err(PortError::Refused(full.to_string()));
        }
        self.sink.take(batch)
    }
}
