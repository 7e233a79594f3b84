//! Loading a file into a store: records are read, batched, passed to the store, and counted.

mod body;

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use cdr_mediation::{Batch, CdrSink, Content, Incoming, JoinTime, UnknownAccounts};
use cdr_model::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::accounts::AccountRules;
use crate::error::IntakeError;
use crate::fault::{Fault, shown};
use crate::feed::{Feed, FeedSettings, Origin, Records};
use crate::kept::{LineContext, head};
use crate::notes::{Notes, ruined_number};
use crate::report::LoadReport;
use crate::share::Share;
use crate::{input, recognition};

pub use body::read_body;

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
    /// What becomes of calls whose account is unknown.
    pub unknown_accounts: UnknownAccounts,
    /// The accounts of calls, by the first rule that a call meets; else by the code that the switch writes.
    pub accounts: AccountRules,
    /// Calls that started before this instant are rejected.
    pub floor: Option<Timestamp>,
    /// The load that the records belong to, if it is noted.
    pub load: Option<i64>,
    /// For how many days the lines of new records are kept; see [`Batch::keep_lines`].
    pub keep_lines: Option<u32>,
    /// Whether entries of the directory that exist are changed. Otherwise one with other values goes to quarantine.
    pub updates: bool,
    /// How long transactions wait for the others of their dialogue.
    pub join: JoinTime,
    /// The number of records per batch, from 1 to 5,000. Other values are clamped to this range.
    pub batch: usize,
    /// The share of records that may be unreadable. A load in which more are is refused after its first thousand records,
    /// or ends with an error.
    pub max_bad: Share,
    /// Whether the file is loaded although its identifiers say that its clock was not in the zone of the settings.
    pub trusts_zone: bool,
    /// Whether an earlier load has recognised the file: its rows go to the store or to quarantine, whatever they are.
    pub is_recognised: bool,
}

impl LoadOptions {
    /// Options for a file of this switch, with the largest batches, no customer and no floor. One half of the records may
    /// be bad.
    pub fn from_source(source: impl Into<String>) -> LoadOptions {
        LoadOptions {
            source: source.into(),
            names_sources: false,
            customer: None,
            unknown_accounts: UnknownAccounts::Create,
            accounts: AccountRules::default(),
            floor: None,
            load: None,
            keep_lines: None,
            updates: false,
            join: JoinTime::default(),
            batch: BATCH_ROWS,
            max_bad: Share::HALF,
            trusts_zone: false,
            is_recognised: false,
        }
    }
}

/// Loads a file. It is unpacked and recognised first, and its first thousand records are read before one is stored. Each
/// batch is stored completely before the next one is read. `progress` is called after each batch with the totals so far.
/// Memory is bounded by one batch. `file` is the name of the file in messages.
///
/// # Errors
/// [`IntakeError::Ended`] if the input or the sink fails midway: the records reported as loaded stay loaded, and
/// loading the file again completes it. [`IntakeError::Stopped`] if too many records could not be loaded. Other errors are
/// returned before anything is loaded.
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
    let digest = Rc::new(RefCell::new(Sha256::new()));
    let origin = Origin { source: options.source.clone(), file: file.to_owned() };
    let counted = Counted { input, bytes: bytes.clone(), digest: digest.clone() };
    let of_mapping = settings.mapping.as_ref().filter(|_| feed.takes_mapping()).and_then(|mapping| mapping.encoding);
    let settings = &FeedSettings { encoding: settings.encoding.or(of_mapping), ..settings.clone() };
    let opened = input::open(Box::new(counted), feed, file, settings)?;
    if !options.is_recognised {
        recognition::check_sample(feed, file, &opened.sample)?;
    }
    let settings = FeedSettings { end: opened.end, ..settings.clone() };
    let mut records = feed.open(opened.text, &origin, &settings)?;

    let changed = options.updates.then_some(0);
    let (mut report, mut notes, mut unreadable) =
        (LoadReport { changed, ..LoadReport::default() }, Notes::default(), 0);
    let ended = |report: &LoadReport, source: IntakeError| IntakeError::Ended {
        file: file.to_owned(),
        report: Box::new(report.clone()),
        source: Box::new(source),
    };
    let rows = options.batch.clamp(1, BATCH_ROWS);
    let (mut first, mut error) = gather(&mut records, recognition::ROWS, Vec::new());
    let checked = || {
        recognition::check_rows(feed, file, &opened.sample, &first, options.max_bad)?;
        check_clock(records.as_ref(), file, options)
    };
    if let Some(refusal) = (!options.is_recognised).then(checked).and_then(Result::err) {
        // A file that cannot be read to its end may be damaged, which explains bad records.
        return Err(error.unwrap_or(refusal));
    }
    if error.is_none() && first.len() < rows {
        (first, error) = gather(&mut records, rows, first);
    }
    let context = first.first().map(|incoming| {
        let head = head(&opened.start, &incoming.raw);
        LineContext::of(head, &settings, options.customer.as_deref()).write()
    });
    loop {
        // The records that were read before an error are stored as well.
        let rest = first.split_off(first.len().min(rows));
        let mut batch = std::mem::replace(&mut first, rest);
        let is_end = batch.is_empty();
        if !is_end {
            unreadable += batch.iter().filter(|incoming| recognition::fault(incoming).is_some()).count() as u64;
            note(&batch, &mut notes);
            assign(&mut batch, &options.accounts);
            take(batch, feed, context.as_ref(), options, sink, &mut report).map_err(|error| ended(&report, error))?;
        }
        report.bytes = bytes.get();
        if first.is_empty() {
            if let Some(error) = error {
                return Err(ended(&report, error));
            }
            if is_end {
                report.warnings = warnings(records.as_ref(), &notes, file);
                report.waits_at = records.waits_at();
                report.digest = Some(digest.borrow().clone().finalize().into());
                progress(&report);
                return finished(report, unreadable, file, options);
            }
            (first, error) = gather(&mut records, rows, first);
        }
        progress(&report);
    }
}

/// Refuses a file whose identifiers say that most of its times are not in the zone of the settings.
fn check_clock(records: &dyn Records, file: &str, options: &LoadOptions) -> Result<(), IntakeError> {
    let disagreement = records.clock().and_then(|clock| clock.disagreement());
    match disagreement.filter(|found| found.is_of_most && !options.trusts_zone) {
        Some(disagreement) => Err(IntakeError::refused(file, disagreement.to_string())),
        None => Ok(()),
    }
}

/// What is to be said about the file as a whole.
fn warnings(records: &dyn Records, notes: &Notes, file: &str) -> Vec<String> {
    let clock = records.clock().and_then(|clock| clock.disagreement()).map(|found| format!("{file}: {found}"));
    records.warnings().into_iter().chain(notes.lines()).chain(clock).collect()
}

/// The report of a file that was read to its end.
fn finished(report: LoadReport, bad: u64, file: &str, options: &LoadOptions) -> Result<LoadReport, IntakeError> {
    if bad > 1 && !options.is_recognised && options.max_bad.is_exceeded(bad, report.read) {
        let (report, most) = (Box::new(report), options.max_bad);
        return Err(IntakeError::Stopped { file: file.to_owned(), bad, report, most });
    }
    Ok(report)
}

/// Gives calls the accounts of the rules that they meet.
fn assign(batch: &mut [Incoming], rules: &AccountRules) {
    for incoming in batch {
        match &mut incoming.content {
            Content::Call(draft) => rules.assign(draft),
            Content::Transaction(transaction) => rules.assign(&mut transaction.draft),
            _ => {}
        }
    }
}

/// Notes what is unusual about calls of any feed.
fn note(batch: &[Incoming], notes: &mut Notes) {
    for incoming in batch {
        let draft = match &incoming.content {
            Content::Call(draft) => draft,
            Content::Transaction(transaction) => &transaction.draft,
            _ => continue,
        };
        for (field, text) in [("calling", &draft.call.calling), ("called", &draft.call.called)] {
            if let Some(note) = text.as_deref().and_then(|text| ruined_number(field, text)) {
                notes.add(&incoming.position, note);
            }
        }
    }
}

/// The records of the next batch, and the error that ended the reading.
fn gather(
    records: &mut dyn Iterator<Item = Result<Incoming, IntakeError>>,
    rows: usize,
    mut batch: Vec<Incoming>,
) -> (Vec<Incoming>, Option<IntakeError>) {
    let mut bytes = batch.iter().map(|incoming| incoming.raw.len()).sum::<usize>();
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
    context: Option<&Arc<str>>,
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
            unknown_accounts: options.unknown_accounts,
            floor: options.floor,
            load: options.load,
            context: context.cloned(),
            keep_lines: options.keep_lines,
            entries: Vec::new(),
            updates: options.updates,
            join: options.join,
            records,
        };
        let taken = sink.take(&batch)?;
        let counted = taken.loaded + taken.known + taken.changed + taken.quarantined;
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

/// Counts the bytes that are read, and digests them.
struct Counted<R> {
    input: R,
    bytes: Rc<Cell<u64>>,
    digest: Rc<RefCell<Sha256>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(into)?;
        self.bytes.set(self.bytes.get() + length as u64);
        self.digest.borrow_mut().update(&into[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
