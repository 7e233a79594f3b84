//! Calls per second, loaded and read. `cargo bench -p cdr-store`.
#![expect(clippy::unwrap_used, reason = "a failed setup ends the benchmark")]

use std::hint::black_box;

use cdr_mediation::{Batch, CallDraft, CdrSink, CdrSource, Content, Incoming};
use cdr_model::{Anchor, Cdr, CdrField, Details, Sip, Timestamp};
use cdr_query::{Cancel, CdrQuery, Condition, SortBy, SortKey, SortOrder, Test, Window};
use cdr_store::{Store, StoreOptions};
use divan::Bencher;
use divan::counter::ItemsCount;
use tempfile::TempDir;

/// Calls in a batch.
const BATCH: u64 = 5_000;
/// Calls in the store that is read.
const CALLS: u64 = 100_000;

fn main() {
    divan::main();
}

/// Loads new batches into the same store.
#[divan::bench(sample_count = 30)]
fn take(bencher: Bencher<'_, '_>) {
    let folder = TempDir::new().unwrap();
    let store = store(&folder);
    let mut first = 0;
    bencher
        .counter(ItemsCount::new(BATCH))
        .with_inputs(|| {
            first += BATCH;
            batch(first)
        })
        .bench_local_values(|batch| assert_eq!(store.take(&batch).unwrap().loaded, BATCH));
}

/// Loads a batch whose records are all known.
#[divan::bench(sample_count = 30)]
fn take_known(bencher: Bencher<'_, '_>) {
    let folder = TempDir::new().unwrap();
    let store = store(&folder);
    let batch = batch(0);
    store.take(&batch).unwrap();
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| assert_eq!(store.take(&batch).unwrap().known, BATCH));
}

/// Reads all calls in the order of their start.
#[divan::bench(sample_count = 30)]
fn scan(bencher: Bencher<'_, '_>) {
    read(bencher, CdrQuery::over(Window::all(Anchor::Start)));
}

/// Reads all calls and evaluates a residue condition in Rust.
#[divan::bench(sample_count = 30)]
fn scan_residue(bencher: Bencher<'_, '_>) {
    let missing = Condition::new(CdrField::SourceRef, Test::Missing).unwrap();
    read(bencher, CdrQuery::over(Window::all(Anchor::Start)).only(missing));
}

/// Pages of fifty calls of a list of [`CALLS`] in another order than the start: by a column, by the price, which is
/// compared exactly, and by a detail; the first page and the last.
#[divan::bench(sample_count = 10, args = ["talk", "price", "user_agent"])]
fn list_first(bencher: Bencher<'_, '_>, key: &str) {
    list(bencher, key, 0);
}

#[divan::bench(sample_count = 10, args = ["talk", "price", "user_agent"])]
fn list_last(bencher: Bencher<'_, '_>, key: &str) {
    list(bencher, key, CALLS - 50);
}

fn list(bencher: Bencher<'_, '_>, key: &str, skip: u64) {
    let (folder, key) = (TempDir::new().unwrap(), key.parse().unwrap());
    let store = filled(&folder);
    let keys = vec![SortKey { field: key, descending: true }];
    let order = SortOrder { keys, ..SortOrder::new(SortBy::Anchor, true) };
    let query = CdrQuery { order, ..CdrQuery::over(Window::all(Anchor::Start)) };
    let query = query.at(store.watermark().unwrap()).until(&Cancel::new());
    bencher.counter(ItemsCount::new(CALLS)).bench_local(|| {
        assert_eq!(store.list(&query, skip, 50).unwrap().len(), 50);
    });
}

fn filled(folder: &TempDir) -> Store {
    let store = store(folder);
    for first in (0..CALLS).step_by(BATCH as usize) {
        store.take(&batch(first)).unwrap();
    }
    store
}

fn read(bencher: Bencher<'_, '_>, query: CdrQuery) {
    let folder = TempDir::new().unwrap();
    let store = filled(&folder);
    let query = query.at(store.watermark().unwrap());
    bencher.counter(ItemsCount::new(CALLS)).bench_local(|| {
        let mut rows = 0;
        let each = &mut |call: Cdr| {
            rows += 1;
            black_box(call);
            Ok(())
        };
        store.scan(&query, each).unwrap();
        assert_eq!(rows, CALLS);
    });
}

fn store(folder: &TempDir) -> Store {
    Store::create_or_open(&folder.path().join("tollbook.db"), &StoreOptions::default()).unwrap().0
}

/// Calls like those of a PBX, one second apart.
fn batch(first: u64) -> Batch {
    let records = (first..first + BATCH).map(|n| {
        let start = Timestamp::from_seconds(1_700_000_000 + n.cast_signed());
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_le_bytes());
        let call = Cdr {
            started_at: start,
            connected_at: Some(start.plus_micros(4_000_000)),
            ended_at: Some(start.plus_micros(64_000_000)),
            billed_at: start.plus_micros(64_000_000),
            success: true,
            talk_us: Some((n * 7919 % 3_600 * 1_000_000).cast_signed()),
            billed_us: Some(60_000_000),
            calling: Some(format!("4930{:07}", n % 9_999_991)),
            called: Some(format!("4989{:07}", n * 7 % 9_999_991)),
            call_id: Some(format!("{n:016x}@pbx.example")),
            release_cause: Some(16),
            price: format!("0.{:04}", n * 31 % 997).parse().ok(),
            details: Details {
                sip: Sip { user_agent: Some(format!("agent {}", n * 31 % 997)), ..Sip::default() },
                ..Details::default()
            },
            ..Cdr::default()
        };
        let draft = CallDraft {
            key: format!("{}.{n}/{n}", 1_700_000_000 + n),
            digest,
            account: Some((n % 50).to_string()),
            call,
            ..CallDraft::default()
        };
        Incoming { position: format!("Master.csv:{n}"), raw: Vec::new(), content: Content::Call(Box::new(draft)) }
    });
    Batch { source: "pbx".to_owned(), feed: "asterisk-csv".to_owned(), records: records.collect(), ..Batch::default() }
}
