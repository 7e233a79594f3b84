//! What a load would do: a sink that rehearses every batch and stores none.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::sync::Mutex;

use cdr_intake::LoadReport;
use cdr_mediation::{Batch, BatchReport, CallDraft, CdrSink, CdrSource, Content, PortError, QuarantineEntry};
use cdr_model::{Account, Directory, LocalZone, NO_CURRENCY, Timestamp};
use cdr_store::Store;

use crate::listing::local_time;
use crate::terminal::safe;

/// The entries of the quarantine that are shown, and the names of each kind.
const SHOWN: usize = 10;
/// The bytes of a line that are shown.
const LINE_BYTES: usize = 200;

/// Rehearses batches, and adds up what is in them.
pub(super) struct Preview<'a> {
    store: &'a Store,
    directory: Directory,
    seen: Mutex<Seen>,
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// The digests of the records by source and key, since a rehearsal does not know those before it.
    records: HashMap<(String, String), [u8; 32]>,
    /// The customers of accounts by their codes, of one customer or of any.
    payers: HashMap<(String, Option<i64>), Option<i64>>,
    window: Option<(Timestamp, Timestamp)>,
    known_accounts: BTreeSet<String>,
    unknown_accounts: BTreeSet<String>,
    /// The calls in each currency.
    currencies: BTreeMap<String, u64>,
    quarantined: Vec<QuarantineEntry>,
}

impl<'a> Preview<'a> {
    pub(super) fn new(store: &'a Store) -> Result<Preview<'a>, PortError> {
        let directory = CdrSource::directory(store)?.as_ref().clone();
        Ok(Preview { store, directory, seen: Mutex::default() })
    }

    /// The summary of a load of these files.
    pub(super) fn tell(&self, report: &LoadReport, zone: &LocalZone) -> String {
        let seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut text = format!("dry run, nothing was loaded: {report}");
        if let Some((first, last)) = seen.window {
            let (first, last) = (local_time(first, zone), local_time(last, zone));
            let _ = write!(text, "\ncalls that started from {first} to {last}");
        }
        for (what, names) in [("known accounts", &seen.known_accounts), ("unknown accounts", &seen.unknown_accounts)] {
            if !names.is_empty() {
                let _ = write!(text, "\n{} {what}: {}", names.len(), named(names.iter().map(|name| safe(name))));
            }
        }
        if !seen.currencies.is_empty() {
            let each = |(currency, calls): (&String, &u64)| match currency.as_str() {
                NO_CURRENCY => format!("{calls} calls of nobody"),
                currency => format!("{calls} calls in {}", safe(currency)),
            };
            let _ = write!(text, "\n{}", named(seen.currencies.iter().map(each)));
        }
        for entry in &seen.quarantined {
            let line = String::from_utf8_lossy(&entry.raw[..entry.raw.len().min(LINE_BYTES)]).into_owned();
            let (position, reason, detail) = (safe(&entry.position), safe(&entry.reason), safe(&entry.detail));
            let _ = write!(text, "\n{position}: {reason}: {detail}\n    {}", safe(&line));
        }
        text
    }
}

impl Seen {
    /// Adds a call.
    fn add(&mut self, draft: &CallDraft, batch: &Batch, directory: &Directory) {
        let start = draft.call.started_at;
        let (first, last) = self.window.unwrap_or((start, start));
        self.window = Some((first.min(start), last.max(start)));
        let code = draft.account.as_ref().filter(|code| !code.is_empty());
        let customer = draft.customer.as_ref().or(batch.customer.as_ref());
        let of_customer = customer.and_then(|name| directory.customer_named(name)).map(|customer| customer.id);
        let payer = match code {
            Some(code) => {
                let payer = self.payer(code, customer.is_some(), of_customer, directory);
                let known = if payer.is_some() { &mut self.known_accounts } else { &mut self.unknown_accounts };
                known.insert(code.clone());
                // An unknown account of the customer would be created.
                payer.or(of_customer)
            }
            None => of_customer,
        };
        let currency = payer.map_or(NO_CURRENCY, |id| directory.currency(id));
        *self.currencies.entry(currency.to_owned()).or_default() += 1;
    }

    /// The customer of the account with this code, of one customer or of any.
    fn payer(&mut self, code: &str, is_named: bool, customer: Option<i64>, directory: &Directory) -> Option<i64> {
        *self.payers.entry((code.to_owned(), customer)).or_insert_with(|| {
            let is_one = |account: &&Account| !is_named || customer == Some(account.customer_id);
            directory.accounts_numbered(code).find(is_one).map(|account| account.customer_id)
        })
    }

    /// Takes records out of a batch that an earlier batch had with the same content, and returns how many.
    fn take_repeated(&mut self, batch: &mut Batch) -> u64 {
        let (before, source) = (batch.records.len(), batch.source.clone());
        batch.records.retain(|incoming| {
            let (key, digest) = match &incoming.content {
                Content::Call(draft) => (&draft.key, draft.identity()),
                Content::Conference(draft) => (&draft.key, draft.identity()),
                _ => return true,
            };
            self.records.insert((source.clone(), key.clone()), *digest) != Some(*digest)
        });
        (before - batch.records.len()) as u64
    }
}

impl CdrSink for Preview<'_> {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for incoming in &batch.records {
            if let Content::Call(draft) = &incoming.content {
                seen.add(draft, batch, &self.directory);
            }
        }
        let mut batch = batch.clone();
        let repeated = seen.take_repeated(&mut batch);
        let rehearsal = self.store.rehearse(&batch)?;
        let room = SHOWN - seen.quarantined.len();
        seen.quarantined.extend(rehearsal.quarantined.into_iter().take(room));
        Ok(BatchReport { known: rehearsal.report.known + repeated, ..rehearsal.report })
    }
}

/// The first names of a list.
fn named(names: impl ExactSizeIterator<Item = String>) -> String {
    let all = names.len();
    let mut text = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if all > SHOWN {
        let _ = write!(text, " and {} more", all - SHOWN);
    }
    text
}
