//! Passing on the records that are not stored yet.

use std::sync::atomic::{AtomicBool, Ordering};

use cdr_mediation::{Batch, BatchReport, CdrSink, Content, Incoming, PortError};

use crate::feed::Feed;

/// Passes on the records from a line on. Those before it are known.
pub(super) struct Beyond<'a> {
    feed: &'a dyn Feed,
    sink: &'a dyn CdrSink,
    line: u64,
    has_counted: AtomicBool,
}

impl<'a> Beyond<'a> {
    pub(super) fn new(feed: &'a dyn Feed, sink: &'a dyn CdrSink, line: u64) -> Beyond<'a> {
        Beyond { feed, sink, line, has_counted: AtomicBool::new(false) }
    }

    /// Whether a key has counted equal rows of the file.
    pub(super) fn has_counted(&self) -> bool {
        self.has_counted.load(Ordering::Relaxed)
    }

    fn note(&self, incoming: &Incoming) {
        if let Content::Call(draft) = &incoming.content
            && self.feed.counts_rows(&draft.key)
        {
            self.has_counted.store(true, Ordering::Relaxed);
        }
    }
}

impl CdrSink for Beyond<'_> {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        batch.records.iter().for_each(|incoming| self.note(incoming));
        let is_new = |incoming: &&Incoming| line(&incoming.position).is_none_or(|line| line >= self.line);
        let records: Vec<Incoming> = batch.records.iter().filter(is_new).cloned().collect();
        let before = (batch.records.len() - records.len()) as u64;
        if records.is_empty() {
            return Ok(BatchReport { known: before, ..BatchReport::default() });
        }
        if before == 0 {
            return self.sink.take(batch);
        }
        let report = self.sink.take(&Batch { records, ..batch.clone() })?;
        Ok(BatchReport { known: report.known + before, ..report })
    }
}

/// The line of a position `file:line`.
fn line(position: &str) -> Option<u64> {
    position.rsplit_once(':')?.1.parse().ok()
}
