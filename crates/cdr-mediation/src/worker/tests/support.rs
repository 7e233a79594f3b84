//! A mediation over in-memory ports, with a manual clock and a source that can be made to fail.

use std::ops::Deref;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use cdr_export::{ExportSpec, Layout, Package};
use cdr_model::{Anchor, Cdr, Timestamp};
use cdr_query::{CdrQuery, Window};

use crate::testsuite::{Fixture, Read, ScriptedLedger};
use crate::{
    Caller, Clock, ExportJob, ExportOrder, ExportRequest, JobLedger, Mediation, Memory, PortError, Stop, Worker,
    WorkerOptions,
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

/// The fixture of a test, with 5,000 calls.
pub(crate) struct WorkerFixture(Fixture);

impl Deref for WorkerFixture {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.0
    }
}

impl WorkerFixture {
    /// Creates a fixture with 5,000 calls, one per second, alternately of the accounts 1 and 2.
    pub(crate) fn new() -> WorkerFixture {
        let call = |n: i64| Cdr { started_at: Timestamp::from_seconds(n), account_id: 1 + n % 2, ..Cdr::default() };
        WorkerFixture(Fixture::over(Memory::of((0..5000).map(call)), Timestamp::from_seconds(1_000_000)))
    }

    /// Sets the hook that runs before calls are read for a file.
    pub(crate) fn before_reading(&self, mut before: impl FnMut() -> Result<(), PortError> + Send + 'static) {
        self.source.before_reading(move |read| if read == Read::Scan { before() } else { Ok(()) });
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

/// The ledger of a fixture behind a script, and a worker that reaches it through that.
pub(crate) fn scripted(fixture: &WorkerFixture, lease: Duration) -> (Arc<ScriptedLedger>, Worker) {
    let ledger = Arc::new(ScriptedLedger::over(fixture.ledger.clone()));
    let mediation =
        Mediation::new(fixture.source.clone(), ledger.clone(), Arc::new(fixture.spool.clone()), fixture.clock.clone());
    let options = WorkerOptions { lease, ..WorkerOptions::default() };
    let worker = Worker::new(&mediation, options, &Stop::new(&mediation));
    (ledger, worker)
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
