//! Stores in a folder that goes away, and records to put into them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cdr_mediation::{Batch, CallDraft, CdrSink, CdrSource, ConferenceDraft, Content, Incoming, Taken};
use cdr_model::{Anchor, Cdr, ConferenceRecord, Timestamp};
use cdr_query::{CdrQuery, Window};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tollbook_tests::cluster;

use crate::{Store, StoreAddress, StoreOptions};

/// Set where the tests are about stores in PostgreSQL.
pub(super) const OVER_POSTGRES: &str = "TOLLBOOK_TEST_OVER_POSTGRES";

/// A store, and a folder for files.
pub(super) struct Home {
    pub(super) store: Store,
    pub(super) at: StoreAddress,
    pub(super) folder: TempDir,
}

/// Does something behind the ports, in one transaction, whatever kind of store it is.
macro_rules! behind {
    ($store:expr, |$conn:ident| $work:expr) => {
        match &$store.0 {
            crate::store::Kind::Sqlite(store) => store.write(crate::sqlite::tables::Turn::Records, |$conn| $work),
            crate::store::Kind::Postgres(store) => store.write(crate::postgres::tables::Turn::Records, |$conn| $work),
        }
    };
}
pub(in crate::tests) use behind;

/// Whether the tests are about stores in PostgreSQL this time.
pub(super) fn over_postgres() -> bool {
    std::env::var_os(OVER_POSTGRES).is_some()
}

impl Home {
    /// Of the kind that the tests are about this time.
    pub(super) fn new() -> Home {
        if over_postgres() { Home::at(StoreAddress::Server(database())) } else { Home::sqlite() }
    }

    /// In a file, for what only files do.
    pub(super) fn sqlite() -> Home {
        let folder = TempDir::new().unwrap();
        let at = StoreAddress::File(folder.path().join("tollbook.db"));
        Home { folder, ..Home::at(at) }
    }

    fn at(at: StoreAddress) -> Home {
        let (store, _) = Store::create_or_open(&at, &options()).unwrap();
        Home { store, at, folder: TempDir::new().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same store through other connections.
    pub(super) fn again(&self) -> Store {
        self.again_with(&options())
    }

    /// The same, otherwise used.
    pub(super) fn again_with(&self, options: &StoreOptions) -> Store {
        Store::open(&self.at, options).unwrap()
    }

    /// The file of a store in one.
    pub(super) fn path_of_store(&self) -> PathBuf {
        match &self.at {
            StoreAddress::File(path) => path.clone(),
            StoreAddress::Server(_) => panic!("this is about files"),
        }
    }
}

/// Runs statements behind the ports.
pub(in crate::tests) fn spoil(store: &Store, sql: &str) {
    use diesel::connection::SimpleConnection;
    behind!(store, |conn| Ok(conn.batch_execute(sql)?)).unwrap();
}

/// The store in a file, as this crate knows it.
pub(super) fn in_a_file(store: &Store) -> &crate::sqlite::tables::Store {
    match &store.0 {
        crate::store::Kind::Sqlite(store) => store,
        crate::store::Kind::Postgres(_) => panic!("this is about files"),
    }
}

/// Makes room for calls that are put behind the ports.
pub(super) fn room_for(store: &Store, instants: impl Iterator<Item = Timestamp>) {
    if let crate::store::Kind::Postgres(store) = &store.0 {
        let made = store.write(crate::postgres::tables::Turn::Records, |conn| {
            crate::postgres::make_room(conn, &store.0.engine, instants)
        });
        made.unwrap();
    }
}

/// Waits until something is so. The limit only ends a test that has failed, and names the line that waited.
#[track_caller]
pub(super) fn until(mut is_so: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "waited in vain");
        std::thread::sleep(Duration::from_millis(20));
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
        busy_timeout: Duration::from_secs(60),
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

/// A new database.
pub(super) fn database() -> String {
    cluster::shared().unwrap().database()
}
