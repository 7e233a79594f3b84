//! Stores in a folder that goes away, and records to put into them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cdr_mediation::{Batch, CallDraft, CdrSink, CdrSource, ConferenceDraft, Content, Incoming, Taken};
use cdr_model::{Anchor, Cdr, ConferenceRecord, Timestamp};
use cdr_query::{CdrQuery, Window};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{Store, StoreOptions};

/// A store and its folder.
pub(super) struct Home {
    pub(super) folder: TempDir,
    pub(super) store: Store,
}

impl Home {
    pub(super) fn new() -> Home {
        let folder = TempDir::new().unwrap();
        let (store, _) = Store::create_or_open(&folder.path().join("tollbook.db"), &options()).unwrap();
        Home { folder, store }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same file through other connections.
    pub(super) fn again(&self) -> Store {
        Store::open(&self.path("tollbook.db"), &options()).unwrap()
    }
}

/// Ends what runs until a flag is up, also when a test fails before.
pub(super) struct Stop<'a>(pub(super) &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The instant at which everything arrives.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) fn options() -> StoreOptions {
    StoreOptions {
        busy_timeout: Duration::from_secs(20),
        clock: || Timestamp::from_seconds(NOW),
        ..StoreOptions::default()
    }
}

/// A call that starts so many seconds after the epoch; the text is its whole content.
pub(super) fn call(key: &str, start: i64, content: &str) -> CallDraft {
    CallDraft {
        key: key.to_owned(),
        digest: Sha256::digest(format!("{key} {start} {content}")).into(),
        account: None,
        customer: None,
        service: None,
        call: Cdr {
            started_at: Timestamp::from_seconds(start),
            billed_at: Timestamp::from_seconds(start),
            called: Some(content.to_owned()),
            ..Cdr::default()
        },
    }
}

pub(super) fn conference(key: &str, start: i64, room: &str) -> ConferenceDraft {
    ConferenceDraft {
        key: key.to_owned(),
        digest: Sha256::digest(format!("{key} {start} {room}")).into(),
        conference: ConferenceRecord {
            started_at: Timestamp::from_seconds(start),
            room: Some(room.to_owned()),
            ..ConferenceRecord::default()
        },
    }
}

pub(super) fn incoming(content: Content) -> Incoming {
    let raw = format!("{content:?}").into_bytes();
    Incoming { position: "calls.csv:7".to_owned(), raw, content }
}

pub(super) fn batch(contents: impl IntoIterator<Item = Content>) -> Batch {
    Batch {
        source: "pbx".to_owned(),
        feed: "native".to_owned(),
        records: contents.into_iter().map(incoming).collect(),
        ..Batch::default()
    }
}

pub(super) fn calls(drafts: impl IntoIterator<Item = CallDraft>) -> Batch {
    batch(drafts.into_iter().map(|draft| Content::Call(Box::new(draft))))
}

pub(super) fn take(store: &Store, drafts: impl IntoIterator<Item = CallDraft>) -> Taken {
    store.take(&calls(drafts)).unwrap()
}

/// Loaded, known, quarantined.
pub(super) fn counts(taken: &Taken) -> (u64, u64, u64) {
    (taken.loaded, taken.known, taken.quarantined)
}

pub(super) fn everything() -> CdrQuery {
    CdrQuery::over(Window::all(Anchor::Start))
}

/// All calls of an answer.
pub(super) fn scan(store: &Store, query: &CdrQuery) -> Vec<Cdr> {
    let mut found = Vec::new();
    let each = &mut |call| {
        found.push(call);
        Ok(())
    };
    store.scan(query, each).unwrap();
    found
}

pub(super) fn conferences(store: &Store, query: &CdrQuery) -> Vec<ConferenceRecord> {
    let mut found = Vec::new();
    let each = &mut |conference| {
        found.push(conference);
        Ok(())
    };
    store.conferences(query, each).unwrap();
    found
}

/// What the calls of an answer say, with their numbers.
pub(super) fn said(store: &Store, query: &CdrQuery) -> Vec<(i64, String)> {
    scan(store, query).into_iter().map(|call| (call.number, call.called.unwrap_or_default())).collect()
}
