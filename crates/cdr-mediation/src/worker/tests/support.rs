//! A mediation over in-memory ports, with a manual clock and a source that can be made to fail.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cdr_export::{ExportSpec, Layout, Package};
use cdr_model::{Anchor, Cdr, Timestamp};
use cdr_query::{CdrQuery, Cursor, Window};

use crate::{
    Caller, CdrSource, Clock, ExportJob, ExportOrder, ExportRequest, JobLedger, Mediation, Memory, MemoryLedger,
    MemorySpool, PortError, Stop, Worker, WorkerOptions,
};

pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// Waits for another thread. The timeout only ends a test that has failed.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(120), "timed out waiting until {what}");
        sleep(Duration::from_millis(1));
    }
}

/// A clock that changes only when it is set.
#[derive(Default)]
pub(crate) struct HandClock(Mutex<(i64, Duration)>);

impl HandClock {
    pub(crate) fn go_on(&self, by: Duration) {
        let mut at = self.0.lock().unwrap();
        at.0 += i64::try_from(by.as_secs()).unwrap();
        at.1 += by;
    }

    /// Sets the wall clock without advancing the monotonic clock.
    pub(crate) fn set_wall(&self, by_seconds: i64) {
        self.0.lock().unwrap().0 += by_seconds;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + self.0.lock().unwrap().0)
    }

    fn ticks(&self) -> Duration {
        self.0.lock().unwrap().1
    }
}

/// The hook that runs before each scan.
type Before = Box<dyn FnMut() -> Result<(), PortError> + Send>;

/// A source of calls with a hook that runs before they are read.
pub(crate) struct Source {
    calls: Memory,
    before: Mutex<Before>,
}

impl CdrSource for Source {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        self.calls.page(query, after, limit)
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.calls.count(query)
    }

    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        (self.before.lock().unwrap())()?;
        self.calls.scan(query, each)
    }

    fn watermark(&self) -> Result<i64, PortError> {
        self.calls.watermark()
    }
}

/// The fixture of a test.
pub(crate) struct Home {
    pub(crate) clock: Arc<HandClock>,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) spool: MemorySpool,
    pub(crate) source: Arc<Source>,
    pub(crate) mediation: Mediation,
}

impl Home {
    /// Creates a fixture with 5,000 calls, one per second, alternately of the accounts 1 and 2.
    pub(crate) fn new() -> Home {
        let call = |n: i64| Cdr { started_at: Timestamp::from_seconds(n), account_id: 1 + n % 2, ..Cdr::default() };
        let source =
            Arc::new(Source { calls: Memory::of((0..5000).map(call)), before: Mutex::new(Box::new(|| Ok(()))) });
        let (clock, ledger, spool) =
            (Arc::<HandClock>::default(), Arc::<MemoryLedger>::default(), MemorySpool::default());
        let mediation = Mediation::new(source.clone(), ledger.clone(), Arc::new(spool.clone()), clock.clone());
        Home { clock, ledger, spool, source, mediation }
    }

    /// Sets the hook that runs before calls are read for a file.
    pub(crate) fn before_reading(&self, before: impl FnMut() -> Result<(), PortError> + Send + 'static) {
        *self.source.before.lock().unwrap() = Box::new(before);
    }

    pub(crate) fn worker(&self) -> Worker {
        self.worker_with(&Stop::new(&self.mediation))
    }

    pub(crate) fn worker_with(&self, stop: &Stop) -> Worker {
        Worker::new(&self.mediation, WorkerOptions { lease: LEASE, ..WorkerOptions::default() }, stop)
    }

    pub(crate) fn start(&self, lane: Option<&str>) -> ExportJob {
        self.mediation.start_export(&Caller::everything("alice"), order(lane)).unwrap()
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn job(&self, job: &ExportJob) -> ExportJob {
        self.ledger.find(job.id).unwrap().unwrap()
    }
}

/// All calls as plain CSV.
pub(crate) fn order(lane: Option<&str>) -> ExportOrder {
    let spec = ExportSpec {
        layout: Layout::named("native", &[]).unwrap().only(|sheet| sheet.name == "calls"),
        format: "csv".into(),
        package: Package::Plain,
        zone: "UTC".into(),
    };
    let query = CdrQuery::over(Window::all(Anchor::Start));
    ExportOrder {
        dialect: "test".into(),
        lane: lane.map(str::to_owned),
        request: ExportRequest { query, spec },
        memo: "by the way".into(),
        memo_version: 1,
        account_id: None,
        customer_id: None,
        callback: None,
    }
}
