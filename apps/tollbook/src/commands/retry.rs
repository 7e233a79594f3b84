//! `tollbook quarantine retry`: reads entries again by the present settings of their sources.

use std::collections::{BTreeMap, HashMap};

use cdr_intake::LoadReport;
use cdr_mediation::{Batch, CdrSink, EntryFilter, Incoming, LoadKind, Quarantine, QuarantineEntry, Resolution};
use cdr_store::Store;

use crate::cli::LoadArgs;
use crate::config::Config;
use crate::loading::{Again, Noted};
use crate::terminal::{bar, safe, say};

/// The entries that are read from the store at a time.
const PAGE: usize = 500;
/// The reasons that another reading does not change: `accept` and `drop` decide about these entries.
const DECIDED: [&str; 3] = ["conflict", "form-unclear", "before-retention"];

/// What became of entries.
#[derive(Default)]
struct Tally {
    report: LoadReport,
    entries: u64,
    /// The entries that another reading does not change.
    left: u64,
    /// The sources whose settings are not known, and why.
    unknown: BTreeMap<String, String>,
    /// The entries of these.
    of_unknown: u64,
}

/// Reads entries again, by their numbers.
pub(crate) fn of_ids(config: &Config, store: &Store, ids: &[i64]) -> anyhow::Result<()> {
    let mut entries = Vec::with_capacity(ids.len());
    for id in ids {
        let entry = store.entry(*id)?;
        anyhow::ensure!(entry.resolution == Resolution::Open, "quarantine entry {id} is already settled");
        entries.push(entry);
    }
    let mut sources = Retrying::new(config, store);
    let done = sources.read(entries);
    sources.end(done)
}

/// Reads the entries that a filter selects again.
pub(crate) fn all(config: &Config, store: &Store, filter: &EntryFilter, entries: u64) -> anyhow::Result<()> {
    let mut sources = Retrying::new(config, store);
    let bar = bar(Some(entries), "entries");
    let mut after = 0;
    let done = loop {
        let page = match store.selected(filter, after, PAGE) {
            Ok(page) => page,
            Err(error) => break Err(error.into()),
        };
        let Some(last) = page.last() else { break Ok(()) };
        after = last.id;
        if let Err(error) = sources.read(page) {
            break Err(error);
        }
        bar.set_position(sources.tally.entries);
    };
    bar.finish_and_clear();
    sources.end(done)
}

/// The sources whose entries are read again, each with a load of its own.
struct Retrying<'a> {
    config: &'a Config,
    store: &'a Store,
    sources: HashMap<String, (Again, Noted<'a>)>,
    tally: Tally,
}

impl<'a> Retrying<'a> {
    fn new(config: &'a Config, store: &'a Store) -> Retrying<'a> {
        Retrying { config, store, sources: HashMap::new(), tally: Tally::default() }
    }

    /// Reads entries: those with the same feed and context together.
    fn read(&mut self, entries: Vec<QuarantineEntry>) -> anyhow::Result<()> {
        let mut groups: BTreeMap<(String, String, Option<String>), Vec<QuarantineEntry>> = BTreeMap::new();
        for entry in entries {
            self.tally.entries += 1;
            if DECIDED.contains(&entry.reason.as_str()) {
                self.tally.left += 1;
            } else {
                let of = (entry.source.clone(), entry.feed.clone(), entry.context.clone());
                groups.entry(of).or_default().push(entry);
            }
        }
        for ((source, feed, context), entries) in groups {
            if let Err(error) = self.begin(&source, &feed) {
                self.tally.of_unknown += entries.len() as u64;
                self.tally.unknown.entry(source).or_insert_with(|| format!("{error:#}"));
                continue;
            }
            let Some((again, noted)) = self.sources.get(&source) else { continue };
            let lines: Vec<&[u8]> = entries.iter().map(|entry| entry.raw.as_slice()).collect();
            let read = again.read(&feed, context.as_deref(), &lines)?;
            let (mut records, mut ids) = (Vec::new(), Vec::new());
            for (entry, contents) in entries.iter().zip(read) {
                for content in contents {
                    records.push(Incoming { position: entry.position.clone(), raw: entry.raw.clone(), content });
                    ids.push(entry.id);
                }
            }
            let options = &again.plan.options;
            let batch = Batch {
                source,
                feed,
                customer: again.customer(context.as_deref()),
                unknown_accounts: options.unknown_accounts,
                floor: options.floor,
                updates: false,
                join: options.join,
                load: Some(noted.number()),
                context: context.map(Into::into),
                keep_lines: options.keep_lines,
                entries: ids,
                records,
            };
            self.tally.report.add(self.store.take(&batch)?);
        }
        Ok(())
    }

    /// Begins with a source, if it is new.
    fn begin(&mut self, source: &str, feed: &str) -> anyhow::Result<()> {
        if !self.sources.contains_key(source) {
            let args = LoadArgs { source: Some(source.to_owned()), ..LoadArgs::default() };
            let again = Again::of(self.config, self.store, args, Some(feed), false)?;
            let what = "entries of the quarantine".to_owned();
            let noted = Noted::of_records(self.store, &again.plan, LoadKind::Retry, what)?;
            self.sources.insert(source.to_owned(), (again, noted));
        }
        Ok(())
    }

    /// Notes the end of the loads, and says what became of the entries.
    fn end(self, done: anyhow::Result<()>) -> anyhow::Result<()> {
        let Tally { report, entries, left, unknown, of_unknown } = self.tally;
        for (_, noted) in self.sources.into_values() {
            noted.end_records(&done)?;
        }
        done?;
        say(format!("{entries} entries: {report}"))?;
        for (source, why) in unknown {
            say(format!("note: the source {} cannot be read again: {}", safe(&source), safe(&why)))?;
        }
        if of_unknown > 0 {
            say(format!("note: {of_unknown} entries of such sources stay as they are"))?;
        }
        if left > 0 {
            say(format!(
                "note: {left} entries are for `quarantine accept` or `quarantine drop`, which decide about them"
            ))?;
        }
        Ok(())
    }
}
