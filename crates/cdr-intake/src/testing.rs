//! Test support: an in-memory sink, sample files, and a reader that returns a few bytes at a time.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Mutex;

use cdr_mediation::{
    Batch, BatchReport, CallDraft, CdrSink, ConferenceDraft, Content, Joined, PortError, QuarantinedVersion,
    Transaction, join,
};

use crate::{
    FEEDS, Feed, FeedSettings, FileSample, IntakeError, Likeness, LoadOptions, LoadReport, Share, TableMapping, load,
};

/// The result of a load.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) versions: BTreeMap<String, QuarantinedVersion>,
    /// The keys in the order of arrival.
    pub(crate) keys: Vec<String>,
    /// Customers, accounts, services, products and destinations, in their `Debug` format.
    pub(crate) directory: Vec<String>,
    /// Position, reason, detail and raw bytes.
    pub(crate) quarantine: Vec<(String, String, String, Vec<u8>)>,
    pub(crate) batches: Vec<usize>,
    /// The transactions by the keys of their dialogues.
    pub(crate) transactions: BTreeMap<String, Vec<Transaction>>,
}

/// Stores everything in memory. Fails at a given batch if so configured.
#[derive(Default)]
pub(crate) struct Sink {
    pub(crate) kept: Mutex<Kept>,
    pub(crate) fails_at_batch: Option<usize>,
}

impl Sink {
    pub(crate) fn load(
        &self,
        feed: &dyn Feed,
        file: &[u8],
        settings: &FeedSettings,
    ) -> Result<LoadReport, IntakeError> {
        // Tests of single rows: not of what is refused because of many.
        let options = LoadOptions { max_bad: Share::ALL, trusts_zone: true, ..LoadOptions::from_source("pbx") };
        load(feed, file, "file", settings, &options, self, &mut |_| {})
    }

    pub(crate) fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap()
    }
}

/// The settings for files whose local times are those of Berlin.
pub(crate) fn in_berlin() -> FeedSettings {
    FeedSettings { zone: "Europe/Berlin".parse().unwrap(), ..FeedSettings::default() }
}

/// The settings with which the sample of a feed is read: those of Berlin, and its mapping if the feed takes one.
pub(crate) fn settings_of(feed: &dyn Feed) -> FeedSettings {
    FeedSettings { mapping: feed.takes_mapping().then(|| mapping("table/carrier.toml")), ..in_berlin() }
}

/// A mapping of the samples.
pub(crate) fn mapping(name: &str) -> TableMapping {
    String::from_utf8(fixture(name)).unwrap().parse().unwrap()
}

impl CdrSink for Sink {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        let mut kept = self.kept();
        if self.fails_at_batch == Some(kept.batches.len()) {
            return Err(PortError::Refused("the disk is full".to_owned()));
        }
        kept.batches.push(batch.records.len());
        let mut taken = BatchReport::default();
        for record in &batch.records {
            if let Content::Transaction(one) = &record.content {
                kept.join(one, &mut taken);
                continue;
            }
            let (key, version) = match &record.content {
                Content::Call(draft) => (draft.key.clone(), QuarantinedVersion::Call(draft.clone())),
                Content::Conference(draft) => (draft.key.clone(), QuarantinedVersion::Conference(draft.clone())),
                Content::Unreadable { reason, detail } => {
                    taken.quarantined += 1;
                    let raw = record.raw.clone();
                    kept.quarantine.push((record.position.clone(), (*reason).to_owned(), detail.clone(), raw));
                    continue;
                }
                other => {
                    let draft: &dyn std::fmt::Debug = match other {
                        Content::Customer(draft) => draft,
                        Content::Account(draft) => draft,
                        Content::Service(draft) => draft,
                        Content::Product(draft) => draft,
                        Content::Destination(draft) => draft,
                        other => other,
                    };
                    taken.loaded += 1;
                    kept.directory.push(format!("{draft:?}"));
                    continue;
                }
            };
            match kept.versions.get(&key).map(digest) {
                None => {
                    taken.loaded += 1;
                    kept.keys.push(key.clone());
                    kept.versions.insert(key, version);
                }
                Some(known) if known == digest(&version) => taken.known += 1,
                Some(_) => {
                    taken.quarantined += 1;
                    kept.quarantine.push((record.position.clone(), "conflict".to_owned(), key, record.raw.clone()));
                }
            }
        }
        Ok(taken)
    }
}

impl Kept {
    /// Keeps a transaction, and the call of its dialogue if it is known.
    fn join(&mut self, one: &Transaction, taken: &mut BatchReport) {
        let key = one.draft.key.clone();
        let dialogue = self.transactions.entry(key.clone()).or_default();
        if dialogue.iter().any(|known| known.draft.digest == one.draft.digest) {
            taken.known += 1;
            return;
        }
        dialogue.push(one.clone());
        taken.loaded += 1;
        if let Joined::Call(draft) = join(dialogue, false)
            && self.versions.insert(key.clone(), QuarantinedVersion::Call(draft)).is_none()
        {
            self.keys.push(key);
        }
    }

    pub(crate) fn calls(&self) -> Vec<&CallDraft> {
        let calls = self.keys.iter().filter_map(|key| match &self.versions[key] {
            QuarantinedVersion::Call(draft) => Some(&**draft),
            QuarantinedVersion::Conference(_) => None,
        });
        calls.collect()
    }

    pub(crate) fn conferences(&self) -> Vec<&ConferenceDraft> {
        let conferences = self.keys.iter().filter_map(|key| match &self.versions[key] {
            QuarantinedVersion::Conference(draft) => Some(&**draft),
            QuarantinedVersion::Call(_) => None,
        });
        conferences.collect()
    }

    pub(crate) fn reasons(&self) -> Vec<&str> {
        self.quarantine.iter().map(|(_, reason, _, _)| reason.as_str()).collect()
    }
}

fn digest(version: &QuarantinedVersion) -> [u8; 32] {
    match version {
        QuarantinedVersion::Call(draft) => draft.digest,
        QuarantinedVersion::Conference(draft) => draft.digest,
    }
}

/// The feeds that recognise a file as theirs.
pub(crate) fn certain(sample: &FileSample) -> Vec<&'static str> {
    let is_certain = |feed: &&&dyn Feed| feed.likeness(sample) == Likeness::Certain;
    FEEDS.iter().filter(is_certain).map(|feed| feed.name()).collect()
}

/// A sample file of the workspace.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Returns at most a given number of bytes per read, like a slow pipe.
pub(crate) struct Dribble<'a>(pub(crate) &'a [u8], pub(crate) usize);

impl Read for Dribble<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(self.0.len()).min(into.len());
        into[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}
