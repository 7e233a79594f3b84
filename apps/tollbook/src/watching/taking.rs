//! Storing the records of a watched file, in the load of the file and the day.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cdr_intake::{IntakeError, LoadReport};
use cdr_mediation::{Batch, BatchReport, CdrSink, LoadDraft, LoadEnd, LoadState, Loads, PortError};
use cdr_model::Timestamp;
use cdr_query::Cancel;
use cdr_store::Store;

use super::known::DAY;
use crate::loading::Plan;

/// Stores batches. The load begins, or goes on, with the first one.
pub(super) struct Taking<'a> {
    pub(super) store: &'a Store,
    pub(super) plan: &'a Plan,
    pub(super) path: &'a Path,
    pub(super) now: Timestamp,
    pub(super) stop: &'a Cancel,
    /// The load of the file that was the last one, and its day.
    pub(super) last: Option<(i64, i64)>,
    pub(super) load: Mutex<Option<i64>>,
}

impl Taking<'_> {
    /// The load, and its day, if there was a batch.
    pub(super) fn load(&self) -> Option<(i64, i64)> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner).map(|load| (load, self.day()))
    }

    /// Notes how the load ended for now.
    pub(super) fn end(&self, read: &Result<(LoadReport, u64), IntakeError>) -> Result<(), PortError> {
        let Some((load, _)) = self.load() else { return Ok(()) };
        let (state, reason, bytes) = match read {
            Ok((_, bytes)) => (LoadState::Complete, None, *bytes),
            Err(error) => (LoadState::Stopped, Some(cdr_mediation::chain(error).to_string()), 0),
        };
        self.store.end_load(load, &LoadEnd { state, reason, digest: None, bytes, ended_at: self.now })
    }

    fn day(&self) -> i64 {
        self.now.micros().div_euclid(DAY)
    }

    fn begin(&self) -> Result<i64, PortError> {
        if let Some((load, day)) = self.last
            && day == self.day()
            && self.store.resume_load(load)?
        {
            return Ok(load);
        }
        self.store.begin_load(&LoadDraft {
            source: self.plan.options.source.clone(),
            feed: self.plan.feed.name().to_owned(),
            file: self.path.display().to_string(),
            loaded_by: "the watcher".to_owned(),
            begun_at: self.now,
        })
    }
}

impl CdrSink for Taking<'_> {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        if self.stop.is_cancelled() {
            return Err(PortError::Refused("the program stops; the file is read on later".to_owned()));
        }
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match *load {
            Some(number) => number,
            None => *load.insert(self.begin()?),
        };
        self.store.take(&Batch { load: Some(number), ..batch.clone() })
    }
}
