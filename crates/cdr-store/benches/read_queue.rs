//! Fifty exports at once, written directly as live answers are: without and with places in turn. Then answers of one call
//! each, alone and beside counts that take every place.
//! `cargo bench -p cdr-store --bench read_queue` prints the time of the first, the median and the last, and the last by the
//! median.
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]
#![expect(clippy::unwrap_used, reason = "a failed setup ends the benchmark")]

use std::io;
use std::ops::Range;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use cdr_export::{ExportSpec, Layout, Package};
use cdr_mediation::{
    Batch, CallDraft, Caller, CdrSink, Content, ExportRequest, Incoming, Mediation, MemoryLedger, MemorySpool,
    ReadQueue, SystemClock,
};
use cdr_model::{Anchor, Cdr, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};
use cdr_store::{Store, StoreOptions};
use tempfile::TempDir;

const ANSWERS: usize = 50;
const PLACES: usize = 4;
/// When the first call began, in seconds since 1970.
const FIRST: i64 = 1_700_000_000;
const BATCH: i64 = 5_000;
/// Calls in the store.
const CALLS: i64 = 20_000;
/// Calls in the store when they are counted.
const COUNTED: i64 = 600_000;

fn main() {
    let folder = TempDir::new().unwrap();
    let options = StoreOptions { readers: ANSWERS as u32 + 1, ..StoreOptions::default() };
    let store = Store::create_or_open(&folder.path().join("tollbook.db"), &options).unwrap().0;
    load(&store, 0..CALLS);
    let store = Arc::new(store);
    let (source, ledger) = (store.clone(), Arc::<MemoryLedger>::default());
    let mediation = Mediation::new(source, ledger, Arc::<MemorySpool>::default(), Arc::<SystemClock>::default());
    for (name, queue) in [("in any order", None), ("in turn", Some(ReadQueue::new(PLACES)))] {
        for _ in 0..3 {
            let times = at_once(&mediation, queue.as_ref());
            let (first, median, last) = (times[0], times[ANSWERS / 2], times[ANSWERS - 1]);
            let ratio = last.as_secs_f64() / median.as_secs_f64();
            println!("{name}: first {first:.1?}, median {median:.1?}, last {last:.1?}, {ratio:.2} times the median");
        }
    }
    load(&store, CALLS..COUNTED);
    for counts in [0, PLACES, 2 * PLACES] {
        let (counted, times) = beside_counts(&mediation, counts);
        let (median, last) = (times[times.len() / 2], times[times.len() - 1]);
        println!("one call beside {counts} counts: median {median:.1?}, last {last:.1?}; a count {counted:.1?}");
    }
}

/// The longest time of counts, and the times of short answers that are read while the first of them run.
fn beside_counts(mediation: &Mediation, counts: usize) -> (Duration, Vec<Duration>) {
    let (queue, root) = (ReadQueue::new(PLACES), Caller::everything("auditor"));
    let (begin, window) = (Barrier::new(counts + 1), Window::all(Anchor::Start));
    // The details of every call are read for this condition.
    let agent = Condition::new(CdrField::UserAgent, Test::Eq("none".into())).unwrap();
    let counted = CdrQuery::over(window).only(agent);
    let first = Timestamp::from_seconds(FIRST);
    let short = CdrQuery::over(Window::new(Anchor::Start, first, first.plus_micros(1_000_000)).unwrap());
    let timed = |work: &dyn Fn(&Mediation)| {
        let began = Instant::now();
        work(&mediation.queued(&queue.join(&root.name)));
        began.elapsed()
    };
    thread::scope(|scope| {
        let one = || {
            begin.wait();
            timed(&|mediation| assert_eq!(mediation.count(&root, &counted).unwrap(), 0))
        };
        let counting: Vec<_> = (0..counts).map(|_| scope.spawn(one)).collect();
        begin.wait();
        let one = || timed(&|mediation| drop(mediation.list(&root, &short, 0, 10).unwrap()));
        let mut times: Vec<Duration> = (0..20).map(|_| one()).collect();
        times.sort_unstable();
        (counting.into_iter().map(|it| it.join().unwrap()).max().unwrap_or_default(), times)
    })
}

/// The times of answers that begin together, in ascending order.
fn at_once(mediation: &Mediation, queue: Option<&Arc<ReadQueue>>) -> Vec<Duration> {
    let spec = ExportSpec {
        layout: Layout::named("dma-6.1-reconstructed", &[]).unwrap(),
        format: "csv".to_owned(),
        package: Package::Zip,
        zone: "UTC".to_owned(),
    };
    let request = ExportRequest { query: CdrQuery::over(Window::all(Anchor::Start)), spec };
    let (root, begin) = (Caller::everything("auditor"), Barrier::new(ANSWERS));
    let one = || {
        begin.wait();
        let began = Instant::now();
        let mediation = queue.map_or_else(|| mediation.clone(), |queue| mediation.queued(&queue.join(&root.name)));
        mediation.stream_export(&root, &request, io::sink()).unwrap();
        began.elapsed()
    };
    let mut times: Vec<Duration> = thread::scope(|scope| {
        let answers: Vec<_> = (0..ANSWERS).map(|_| scope.spawn(one)).collect();
        answers.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    times.sort_unstable();
    times
}

fn load(store: &Store, calls: Range<i64>) {
    for first in calls.step_by(BATCH as usize) {
        store.take(&batch(first)).unwrap();
    }
}

fn batch(first: i64) -> Batch {
    let records = (first..first + BATCH).map(|n| {
        let start = Timestamp::from_seconds(FIRST + n);
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&n.to_le_bytes());
        let call = Cdr {
            started_at: start,
            ended_at: Some(start.plus_micros(64_000_000)),
            billed_at: start.plus_micros(64_000_000),
            calling: Some(format!("4930{:07}", n % 9_999_991)),
            called: Some(format!("4989{:07}", n * 7 % 9_999_991)),
            call_id: Some(format!("{n:016x}@pbx.example")),
            ..Cdr::default()
        };
        let draft = CallDraft { key: n.to_string(), digest, call, ..CallDraft::default() };
        Incoming { position: n.to_string(), raw: Vec::new(), content: Content::Call(Box::new(draft)) }
    });
    Batch { source: "pbx".to_owned(), feed: "native".to_owned(), records: records.collect(), ..Batch::default() }
}
