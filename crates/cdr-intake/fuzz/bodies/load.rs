// The invariants of any input of any feed. The other bodies in this folder use them.

use std::io::Read;
use std::sync::Mutex;

use cdr_intake::{FeedSettings, LoadOptions, LoadReport, feed_named, load};
use cdr_mediation::{Batch, CdrSink, Content, PortError, BatchReport};

/// The outcome of each record: its position, and its key or the reason.
#[derive(Default)]
struct Seen(Mutex<Vec<(String, String)>>);

impl CdrSink for Seen {
    fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
        let mut seen = self.0.lock().expect("not poisoned");
        let mut taken = BatchReport::default();
        let most = if batch.feed.ends_with("-json") || batch.feed.ends_with("-xml") { 1 << 20 } else { 64 * 1024 };
        for record in &batch.records {
            assert!(record.raw.len() <= most, "quarantined bytes are bounded");
            let became = match &record.content {
                Content::Call(draft) => {
                    assert!(draft.key.len() <= 200, "keys are bounded");
                    draft.key.clone()
                }
                Content::Transaction(transaction) => {
                    assert!(transaction.draft.key.len() <= 200, "keys are bounded");
                    transaction.draft.key.clone()
                }
                Content::Conference(draft) => draft.key.clone(),
                Content::Unreadable { reason, detail } => {
                    assert!(reason.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()), "kebab case");
                    assert!(detail.chars().all(cdr_model::is_printable), "not one printable line: {detail:?}");
                    taken.quarantined += 1;
                    (*reason).to_owned()
                }
                other => format!("{other:?}"),
            };
            seen.push((record.position.clone(), became));
        }
        taken.loaded = batch.records.len() as u64 - taken.quarantined;
        Ok(taken)
    }
}

/// Reads one byte at a time.
struct Dribble<'a>(&'a [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let one = into.len().min(1);
        self.0.read(&mut into[..one])
    }
}

/// Panics if an invariant of loading is violated.
fn check(feed: &str, data: &[u8], settings: &FeedSettings) {
    let feed = feed_named(feed).expect("a feed");
    let run = |input: &mut dyn Read| {
        let (seen, options) = (Seen::default(), LoadOptions::from_source("pbx"));
        let result = load(feed, input, "file", settings, &options, &seen, &mut |_: &LoadReport| {});
        let seen = seen.0.into_inner().expect("not poisoned");
        if let Ok(report) = &result {
            assert_eq!(report.read, seen.len() as u64);
            assert_eq!(report.read, report.loaded + report.known + report.quarantined);
        }
        (seen, result.map_err(|error| error.to_string()))
    };
    let whole = run(&mut &*data);
    assert_eq!(whole, run(&mut Dribble(data)), "the size of reads does not matter");
}
