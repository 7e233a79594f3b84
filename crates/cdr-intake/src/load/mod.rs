//! Loading a file into a store: records are read, batched, passed to the store, and counted.

mod unpack;

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use cdr_mediation::{Batch, CdrSink, Content, Incoming};
use cdr_model::Timestamp;

use crate::error::IntakeError;
use crate::fault::{Fault, shown};
use crate::feed::{Feed, FeedSettings, Origin};
use crate::report::LoadReport;

/// The maximum number of records in a batch.
const BATCH_ROWS: usize = 5000;
/// A batch ends early when its records have this many bytes as received. Rows of 64 KiB would otherwise fill the
/// memory.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How a file is loaded into a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// The name of the switch that wrote the file; keys are unique within it.
    pub source: String,
    /// Whether an exported record is loaded under the source that it names. If not, one of another source goes to
    /// quarantine (`source-not-permitted`).
    pub names_sources: bool,
    /// The customer under which accounts are created for unknown account codes. If `None`, such calls are booked on the
    /// source's unassigned account.
    pub customer: Option<String>,
    /// Calls that started before this instant are rejected.
    pub floor: Option<Timestamp>,
    /// The number of records per batch, from 1 to 5,000. Other values are clamped to this range.
    pub batch: usize,
}

impl LoadOptions {
    /// Options for a file of this switch, with the largest batches, no customer and no floor.
    pub fn from_source(source: impl Into<String>) -> LoadOptions {
        LoadOptions { source: source.into(), names_sources: false, customer: None, floor: None, batch: BATCH_ROWS }
    }
}

/// Loads a file. Each batch is stored completely before the next one is read. `progress` is called after each batch
/// with the totals so far. Memory is bounded by one batch. `file` is the name of the file in messages.
///
/// # Errors
/// [`IntakeError::Ended`] if the input or the sink fails midway: the records reported as loaded stay loaded, and
/// loading the file again completes it. Other errors are returned before anything is loaded.
pub fn load(
    feed: &dyn Feed,
    input: impl Read,
    file: &str,
    settings: &FeedSettings,
    options: &LoadOptions,
    sink: &dyn CdrSink,
    progress: &mut dyn FnMut(&LoadReport),
) -> Result<LoadReport, IntakeError> {
    let bytes = Rc::new(Cell::new(0));
    let origin = Origin { source: options.source.clone(), file: file.to_owned() };
    let counted = Counted { input, bytes: bytes.clone() };
    let text = unpack::text(Box::new(counted), feed, file)?;
    let mut records = feed.open(text, &origin, settings)?;

    let mut report = LoadReport::default();
    let ended = |report: &LoadReport, source: IntakeError| IntakeError::Ended {
        file: file.to_owned(),
        report: Box::new(report.clone()),
        source: Box::new(source),
    };
    let rows = options.batch.clamp(1, BATCH_ROWS);
    loop {
        // The records that were read before an error are stored as well.
        let (batch, error) = gather(&mut records, rows);
        let is_end = batch.is_empty();
        if !is_end {
            take(batch, feed, options, sink, &mut report).map_err(|error| ended(&report, error))?;
        }
        report.bytes = bytes.get();
        if let Some(error) = error {
            return Err(ended(&report, error));
        }
        if is_end {
            report.warnings = records.warnings();
            progress(&report);
            return Ok(report);
        }
        progress(&report);
    }
}

/// The records of the next batch, and the error that ended the reading.
fn gather(
    records: &mut dyn Iterator<Item = Result<Incoming, IntakeError>>,
    rows: usize,
) -> (Vec<Incoming>, Option<IntakeError>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < rows && bytes < BATCH_BYTES {
        match records.next() {
            Some(Ok(incoming)) => {
                bytes += incoming.raw.len();
                batch.push(incoming);
            }
            Some(Err(error)) => return (batch, Some(error)),
            None => break,
        }
    }
    (batch, None)
}

fn take(
    records: Vec<Incoming>,
    feed: &dyn Feed,
    options: &LoadOptions,
    sink: &dyn CdrSink,
    report: &mut LoadReport,
) -> Result<(), IntakeError> {
    for (source, records) in by_source(records, options) {
        let given = records.len() as u64;
        let batch = Batch {
            source,
            feed: feed.name().to_owned(),
            customer: options.customer.clone(),
            floor: options.floor,
            records,
        };
        let taken = sink.take(&batch)?;
        let counted = taken.loaded + taken.known + taken.quarantined;
        report.add(taken);
        if counted != given {
            return Err(IntakeError::Miscounted { given, taken: counted });
        }
    }
    Ok(())
}

/// The records by source, in the order of the first record of each.
fn by_source(records: Vec<Incoming>, options: &LoadOptions) -> Vec<(String, Vec<Incoming>)> {
    let mut sources: Vec<(String, Vec<Incoming>)> = Vec::new();
    for mut incoming in records {
        let named = exported_from(&incoming.content).filter(|named| *named != options.source).map(str::to_owned);
        if let Some(other) = named.as_deref().filter(|_| !options.names_sources) {
            let detail = format!(
                "it is a record of the source {}, and this load is for the source {} only; a load without \
                 --source takes the sources that the records name",
                shown(other),
                shown(&options.source)
            );
            incoming.content = Fault::new("source-not-permitted", detail).into_content();
        }
        let source = named.as_deref().filter(|_| options.names_sources).unwrap_or(&options.source);
        match sources.iter_mut().find(|(name, _)| name == source) {
            Some((_, records)) => records.push(incoming),
            None => sources.push((source.to_owned(), vec![incoming])),
        }
    }
    sources
}

/// The source that an exported record names.
fn exported_from(content: &Content) -> Option<&str> {
    match content {
        Content::Call(draft) => draft.exported.as_ref().map(|exported| exported.source.as_str()),
        Content::Conference(draft) => draft.exported.as_ref().map(|exported| exported.source.as_str()),
        _ => None,
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    input: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(into)?;
        self.bytes.set(self.bytes.get() + length as u64);
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
