//! Mediation over memory with a stopped clock, a source that can be made to fail, and a client.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_access::{Access, MemoryUsers, Role, User};
use cdr_mediation::testsuite::{Fixture, Read};
use cdr_mediation::{Memory, PortError};
use cdr_samples::{Sample, SampleOptions, Samples};

use crate::Services;
use crate::dma::{Dma, DmaOptions};
pub(super) use crate::testing::Answer;

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

/// The environment of one test.
pub(super) struct DmaFixture {
    fixture: Fixture,
    pub(super) services: Services,
}

impl Deref for DmaFixture {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

impl DmaFixture {
    /// With this many calls of yesterday, and with charges, which must not appear in any answer.
    pub(super) fn with(calls: u64) -> DmaFixture {
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
        let fixture = Fixture::over(records, "2026-11-25T10:52:25.500Z".parse().unwrap());
        let users = Arc::new(MemoryUsers::of(USERS.iter().cloned()));
        let services = Services::new(fixture.mediation.clone(), Access { users, ..Access::default() });
        DmaFixture { fixture, services }
    }

    /// Sets the hook that is called before pages are read. Pages are counted from 1; 0 stands for the watermark.
    pub(super) fn before_reading(&self, mut before: impl FnMut(usize) -> Result<(), PortError> + Send + 'static) {
        self.source.before_reading(move |read| match read {
            Read::Watermark => before(0),
            Read::Page(page) => before(page),
            Read::Scan | Read::List(_) => before(1),
        });
    }

    pub(super) fn dma(&self) -> Dma {
        self.dma_with(DmaOptions::default())
    }

    pub(super) fn dma_with(&self, options: DmaOptions) -> Dma {
        Dma::new(&self.services, options).unwrap()
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
    Answer::read(send(dma, request).await).await
}

pub(super) async fn get(dma: &Dma, path: &str) -> Answer {
    ask(dma, request("administrator", Method::GET, path)).await
}

pub(super) async fn post(dma: &Dma, path: &str) -> Answer {
    ask(dma, request("administrator", Method::POST, path)).await
}
