//! Stores in temporary folders or databases, and records for them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cdr_mediation::{
    Batch, BatchReport, CallDraft, CdrSink, CdrSource, ConferenceDraft, Content, Incoming, NewWalk, WalkLimits, Walks,
};
use cdr_model::{Anchor, Cdr, ConferenceRecord, Timestamp};
use cdr_query::{CdrQuery, Window};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tollbook_tests::cluster;

use crate::rows::{GivenToCall, NewCall};
use crate::schema::cdrs;
use crate::{Store, StoreAddress, StoreOptions};

/// The environment variable that makes the tests use stores in PostgreSQL.
pub(super) const OVER_POSTGRES: &str = "TOLLBOOK_TEST_OVER_POSTGRES";

/// The environment variable that makes these databases look as if Citus distributed their tables.
pub(super) const SIMULATED: &str = "TOLLBOOK_TEST_SIMULATED";

/// A store, and a folder for files.
pub(super) struct StoreFixture {
    pub(super) store: Store,
    pub(super) at: StoreAddress,
    pub(super) folder: TempDir,
}

/// Bypasses the ports: runs `$work` in one transaction on either kind of store.
macro_rules! behind {
    ($store:expr, |$conn:ident| $work:expr) => {
        match $store.0.as_any().downcast_ref::<crate::postgres::tables::Store>() {
            None => {
                crate::tests::support::in_a_file($store).write(crate::sqlite::tables::WriteLock::Records, |$conn| $work)
            }
            Some(store) => store.write(crate::postgres::tables::WriteLock::Records, |$conn| $work),
        }
    };
}
pub(in crate::tests) use behind;

/// Whether the tests use stores in PostgreSQL in this process.
pub(super) fn over_postgres() -> bool {
    std::env::var_os(OVER_POSTGRES).is_some()
}

impl StoreFixture {
    /// A store of the kind that the tests use in this process.
    pub(super) fn new() -> StoreFixture {
        if over_postgres() { StoreFixture::at(StoreAddress::Server(database())) } else { StoreFixture::sqlite() }
    }

    /// A store in a file, for tests of files only.
    pub(super) fn sqlite() -> StoreFixture {
        let folder = TempDir::new().unwrap();
        let at = StoreAddress::File(folder.path().join("tollbook.db"));
        StoreFixture { folder, ..StoreFixture::at(at) }
    }

    fn at(at: StoreAddress) -> StoreFixture {
        let (store, _) = Store::create_or_open(&at, &options()).unwrap();
        StoreFixture { store, at, folder: TempDir::new().unwrap() }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another handle on the same store.
    pub(super) fn again(&self) -> Store {
        self.again_with(&options())
    }

    /// The same, with other options.
    pub(super) fn again_with(&self, options: &StoreOptions) -> Store {
        Store::open(&self.at, options).unwrap()
    }
}

/// Runs statements directly on the database.
pub(in crate::tests) fn spoil(store: &Store, sql: &str) {
    use diesel::connection::SimpleConnection;
    behind!(store, |conn| Ok(conn.batch_execute(sql)?)).unwrap();
}

/// The inner store of a store in a file.
pub(super) fn in_a_file(store: &Store) -> &crate::sqlite::tables::Store {
    store.0.as_any().downcast_ref().expect("this is about files")
}

/// Writes the row of a call directly, with the numbers that the call has.
pub(super) fn put_row(store: &Store, call: &Cdr) {
    use diesel::prelude::*;
    let row = |details| {
        let price_text = call.price.map(|price| price.to_string());
        let given = GivenToCall {
            number: call.number,
            id: call.id,
            source_id: call.source_id.into(),
            account_id: call.account_id,
            customer_id: call.customer_id,
            service_id: call.service_id.into(),
            assumed: call.assumed,
            details,
            price_text,
        };
        NewCall::new(call, given)
    };
    let put = match store.0.as_any().downcast_ref::<crate::postgres::tables::Store>() {
        Some(store) => store.write(crate::postgres::tables::WriteLock::Records, |conn| {
            let details = crate::postgres::kept_details(call, None, None).unwrap();
            diesel::insert_into(cdrs::table).values(row(details)).execute(conn)?;
            Ok(())
        }),
        None => in_a_file(store).write(crate::sqlite::tables::WriteLock::Records, |conn| {
            let details = crate::sqlite::kept_details(call, None, None).unwrap();
            let call = crate::sqlite::tables::PendingRow::Call(row(details));
            crate::sqlite::Pending::default().push(conn, call)
        }),
    };
    put.unwrap();
}

/// Creates the partitions for calls that are inserted directly.
pub(super) fn room_for(store: &Store, instants: impl Iterator<Item = Timestamp>) {
    if let Some(store) = store.0.as_any().downcast_ref::<crate::postgres::tables::Store>() {
        let made = store.write(crate::postgres::tables::WriteLock::Records, |conn| {
            crate::postgres::make_room(conn, &store.0.engine, instants)
        });
        made.unwrap();
    }
}

/// Waits until a condition is true. The limit only ends a test that has failed, and reports the line of the caller.
#[track_caller]
pub(super) fn until(mut is_true: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(120), "the condition did not become true");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sets a flag that ends background threads, even when the test fails.
pub(super) struct Stop<'a>(pub(super) &'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The instant at which all records arrive.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) fn options() -> StoreOptions {
    StoreOptions {
        busy_timeout: Duration::from_secs(60),
        clock: || Timestamp::from_seconds(NOW),
        ..StoreOptions::default()
    }
}

/// A call that starts this many seconds after the epoch. Its only content is the called number.
pub(super) fn call(key: &str, start: i64, content: &str) -> CallDraft {
    CallDraft {
        key: key.to_owned(),
        digest: Sha256::digest(format!("{key} {start} {content}")).into(),
        call: Cdr {
            started_at: Timestamp::from_seconds(start),
            billed_at: Timestamp::from_seconds(start),
            called: Some(content.to_owned()),
            ..Cdr::default()
        },
        ..CallDraft::default()
    }
}

pub(super) fn conference(key: &str, start: i64, room: &str) -> ConferenceDraft {
    ConferenceDraft {
        key: key.to_owned(),
        digest: Sha256::digest(format!("{key} {start} {room}")).into(),
        exported: None,
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

pub(super) fn take(store: &Store, drafts: impl IntoIterator<Item = CallDraft>) -> BatchReport {
    store.take(&calls(drafts)).unwrap()
}

/// Loaded, known, quarantined.
pub(super) fn counts(taken: &BatchReport) -> (u64, u64, u64) {
    (taken.loaded, taken.known, taken.quarantined)
}

/// Keeps a walk of `reader` for the question of sevens.
pub(super) fn begin_walk(store: &Store) {
    let limits = WalkLimits { keep: Duration::from_secs(60), most: 9, bytes: 1_000 };
    let walk = NewWalk { owner: "reader", question: [7; 32], given: 10, document: "a\0b" };
    store.begin(&walk, &limits, Timestamp::from_seconds(NOW)).unwrap();
}

pub(super) fn everything() -> CdrQuery {
    CdrQuery::over(Window::all(Anchor::Start))
}

/// All calls of a result.
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

/// The numbers and contents of the calls of a result.
pub(super) fn contents(store: &Store, query: &CdrQuery) -> Vec<(i64, String)> {
    scan(store, query).into_iter().map(|call| (call.number, call.called.unwrap_or_default())).collect()
}

/// A new database.
pub(super) fn database() -> String {
    let url = cluster::shared().unwrap().database();
    if std::env::var_os(SIMULATED).is_some() {
        simulate(&url);
    }
    url
}

/// What the store uses of Citus, on one server.
const SIMULATION: &str = include_str!("postgres/simulated.sql");

/// Makes a database look to the store as if Citus distributed its tables over two nodes.
pub(super) fn simulate(url: &str) {
    use diesel::Connection;
    use diesel::connection::SimpleConnection;
    diesel::PgConnection::establish(url).unwrap().batch_execute(SIMULATION).unwrap();
}
