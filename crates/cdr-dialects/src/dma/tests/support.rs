//! Mediation over memory with a stopped clock, a source that can be made to fail, and a client.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_access::{Access, MemoryUsers, Role, User};
use cdr_mediation::{
    CdrSource, Clock, Mediation, Memory, MemoryLedger, MemorySpool, PortError, Stop, Worker, WorkerOptions,
};
use cdr_model::{Cdr, ConferenceRecord, Timestamp};
use cdr_query::{CdrQuery, Cursor};
use cdr_samples::{Sample, SampleOptions, Samples};

use crate::Services;
use crate::dma::{Dma, DmaOptions};

pub(super) const PASSWORD: &str = "a long password";
/// The bounds of the day before the one that the clock shows.
pub(super) const YESTERDAY: &str = "from-date=2026-11-24T00:00:00&to-date=2026-11-24T23:59:59.999999";

/// Enough calls for an answer that exceeds the capacity of the pipe.
pub(super) const MANY: u64 = 30_000;
/// The last page of these calls. More than the first piece is sent before it is read, however many cores encode blocks:
/// at most eight blocks are in progress, each with the calls of one hour.
pub(super) const LAST_PAGE: usize = 8;

/// One user per role, named after it, and one whose name is not ASCII.
static USERS: LazyLock<Vec<User>> = LazyLock::new(|| {
    let named = Role::ALL.map(|role| (role.name(), role)).into_iter().chain([("müller", Role::Auditor)]);
    named.map(|(name, role)| User::new(name, PASSWORD, [role]).unwrap()).collect()
});

/// A stopped clock.
pub(super) struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        "2026-11-25T10:52:25.500Z".parse().unwrap()
    }

    fn ticks(&self) -> Duration {
        Duration::from_secs(3600)
    }
}

/// A hook that is called before a page is read. Pages of a scan are counted from 1; 0 stands for the watermark.
type Before = Box<dyn FnMut(usize) -> Result<(), PortError> + Send>;

/// A source with a hook that is called before it is read.
pub(super) struct Source {
    records: Memory,
    pages: Mutex<usize>,
    before: Mutex<Before>,
}

impl CdrSource for Source {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let page = {
            let mut pages = self.pages.lock().unwrap();
            *pages = if after.is_none() { 1 } else { *pages + 1 };
            *pages
        };
        (self.before.lock().unwrap())(page)?;
        self.records.page(query, after, limit)
    }

    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        self.records.conference_page(query, after, limit)
    }

    fn watermark(&self) -> Result<i64, PortError> {
        (self.before.lock().unwrap())(0)?;
        self.records.watermark()
    }
}

/// The environment of one test.
pub(super) struct Home {
    pub(super) source: Arc<Source>,
    pub(super) spool: MemorySpool,
    pub(super) mediation: Mediation,
    pub(super) services: Services,
}

impl Home {
    /// With this many calls of yesterday, and with charges, which must not appear in any answer.
    pub(super) fn with(calls: u64) -> Home {
        let from = "2026-11-24T00:00:00Z".parse().unwrap();
        let (mut made, mut conferences) = (Vec::new(), Vec::new());
        for sample in Samples::new(&SampleOptions { seed: 1, calls, days: 1, from, accounts: 10 }) {
            match sample {
                Sample::Call(sample) => made.push(sample.call),
                Sample::Conference(conference) => conferences.push(conference),
                Sample::Charge(sample) => made.push(sample.charge),
            }
        }
        let records = Memory::of(made).with_conferences(conferences);
        let source = Arc::new(Source { records, pages: Mutex::default(), before: Mutex::new(Box::new(|_| Ok(()))) });
        let (ledger, spool) = (Arc::new(MemoryLedger::default()), MemorySpool::default());
        let mediation = Mediation::new(source.clone(), ledger, Arc::new(spool.clone()), Arc::new(Standing));
        let users = Arc::new(MemoryUsers::of(USERS.iter().cloned()));
        let services = Services::new(mediation.clone(), Access { users, ..Access::default() });
        Home { source, spool, mediation, services }
    }

    /// Sets the hook that is called before pages are read.
    pub(super) fn before_reading(&self, before: impl FnMut(usize) -> Result<(), PortError> + Send + 'static) {
        *self.source.before.lock().unwrap() = Box::new(before);
    }

    pub(super) fn dma(&self) -> Dma {
        self.dma_with(DmaOptions::default())
    }

    pub(super) fn dma_with(&self, options: DmaOptions) -> Dma {
        Dma::new(&self.services, options).unwrap()
    }

    /// Writes all pending exports.
    pub(super) fn work(&self) {
        let mut worker = Worker::new(&self.mediation, WorkerOptions::default(), &Stop::new(&self.mediation));
        while worker.run_next().unwrap().is_some() {}
    }
}

/// A received answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The value of a header, or an empty text.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A request below the resource with the credentials of the user `name`, or without credentials if `name` is empty.
pub(super) fn request(name: &str, method: Method, path: &str) -> TestRequest {
    let request = TestRequest::with_uri(&format!("/api/rest/billing{path}")).method(method);
    let request = request.insert_header(("Host", "dma.example:8443"));
    if name.is_empty() { request } else { request.insert_header(("Authorization", basic(name, PASSWORD))) }
}

pub(super) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

pub(super) async fn send(dma: &Dma, request: TestRequest) -> ServiceResponse<BoxBody> {
    let app = init_service(App::new().configure(|config: &mut web::ServiceConfig| dma.mount(config))).await;
    call_service(&app, request.to_request()).await.map_into_boxed_body()
}

pub(super) async fn ask(dma: &Dma, request: TestRequest) -> Answer {
    let (_, answer) = send(dma, request).await.into_parts();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: to_bytes(answer.into_body()).await.unwrap().to_vec() }
}

pub(super) async fn get(dma: &Dma, path: &str) -> Answer {
    ask(dma, request("administrator", Method::GET, path)).await
}

pub(super) async fn post(dma: &Dma, path: &str) -> Answer {
    ask(dma, request("administrator", Method::POST, path)).await
}
