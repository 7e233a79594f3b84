//! A few calls of two customers in memory, under a clock that stands, and a client.

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use cdr_mediation::{
    Clock, Doorkeeper, DoorkeeperOptions, Login, Mediation, Memory, MemoryLedger, MemoryLogins, MemoryOperators,
    MemorySecrets, MemorySpool, Operator, Role, Stop, Worker, WorkerOptions,
};
use cdr_model::{Account, Cdr, Customer, Directory, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::yeti::{Yeti, YetiOptions, caller};

/// Now.
pub(crate) const NOW: &str = "2026-11-25T12:00:00Z";
pub(crate) const PASSWORD: &str = "a long password";
/// The accounts of the customer who asks, and one of another.
pub(crate) const OURS: [i64; 3] = [11, 12, 13];
pub(crate) const THEIRS: i64 = 21;

/// A clock that stands.
struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap()
    }

    fn ticks(&self) -> Duration {
        Duration::from_secs(3600)
    }
}

/// Everything there is in one test.
pub(crate) struct World {
    pub(crate) yeti: Yeti,
    pub(crate) mediation: Mediation,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: actix_web::http::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// A call of an account that started so many minutes ago.
pub(crate) fn call(account: i64, minutes_ago: i64) -> Cdr {
    let started_at = NOW.parse::<Timestamp>().unwrap().plus_micros(-minutes_ago * 60_000_000);
    Cdr { account_id: account, customer_id: account / 10, started_at, billed_at: started_at, ..Cdr::default() }
}

/// The identifier of an account for clients.
pub(crate) fn uuid(account: i64) -> String {
    Uuid::from_u128(0xabcd_0000 + account as u128).to_string()
}

fn directory() -> Directory {
    let mut directory = Directory::EMPTY;
    for id in [1, 2] {
        let (name, external_id) = (format!("customer {id}"), Some(format!("{}", id * 100)));
        directory
            .customers
            .insert(id, Customer { id, name, external_id, currency: "EUR".to_owned(), ..Customer::default() });
    }
    for id in OURS.into_iter().chain([THEIRS]) {
        let (customer_id, uuid) = (id / 10, uuid(id).parse().unwrap());
        let (number, name) = (format!("n{id}"), format!("account {id}"));
        let external_id = Some(format!("{}", id * 100));
        directory
            .accounts
            .insert(id, Account { id, customer_id, uuid, number, name, external_id, ..Account::default() });
    }
    directory
}

impl World {
    pub(crate) fn of(calls: impl IntoIterator<Item = Cdr>) -> World {
        World::with(calls, |_| (), YetiOptions::default())
    }

    /// With a login that is not quite like the usual one, and other options.
    pub(crate) fn with(
        calls: impl IntoIterator<Item = Cdr>,
        login: impl FnOnce(&mut Login),
        options: YetiOptions,
    ) -> World {
        let source = Arc::new(Memory::of(calls).with_directory(directory()));
        let ledger = Arc::new(MemoryLedger::default());
        let mediation = Mediation::new(source, ledger, Arc::new(MemorySpool::default()), Arc::new(Standing));
        let mut ours = Login { id: 1, ..Login::new("ours", "$2b$never", 1) };
        login(&mut ours);
        let operators = [("admin", Role::Administrator), ("auditor", Role::Auditor)]
            .map(|(name, role)| Operator::new(name, PASSWORD, [role]).unwrap());
        let operators = Arc::new(MemoryOperators::of(operators));
        let doorkeeper = Doorkeeper::new(operators, Arc::new(Standing), DoorkeeperOptions::default());
        let (logins, secrets) = (Arc::new(MemoryLogins::of([ours])), Arc::new(MemorySecrets::default()));
        let yeti = Yeti::new(mediation.clone(), logins, doorkeeper, secrets, options).unwrap();
        World { yeti, mediation }
    }

    /// A token of the login.
    pub(crate) fn token(&self) -> String {
        caller::fresh_token(&self.yeti.0, 1).0
    }

    /// Writes what is pending.
    pub(crate) fn work(&self) {
        let mut worker = Worker::new(&self.mediation, WorkerOptions::default(), &Stop::new(&self.mediation));
        while worker.run_next().unwrap().is_some() {}
    }

    /// Sends a request as it is.
    pub(crate) async fn ask(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(|config: &mut web::ServiceConfig| self.yeti.mount(config))).await;
        let request = request.insert_header(("Host", "yeti.example"));
        let (_, answer) = call_service(&app, request.to_request()).await.into_parts();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = to_bytes(answer.into_body()).await.map_err(|_| "no body").unwrap().to_vec();
        Answer { status, headers, body }
    }

    /// `GET` below the customer API, by the login.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = TestRequest::with_uri(&format!("/api/rest/customer/v1{path}"));
        self.ask(request.insert_header(("Authorization", self.token()))).await
    }

    /// `POST` of a document below the customer API, by the login.
    pub(crate) async fn post(&self, path: &str, document: Value) -> Answer {
        let request = TestRequest::post().uri(&format!("/api/rest/customer/v1{path}"));
        let request = request.insert_header(("Authorization", self.token()));
        let request = request.insert_header(("Content-Type", "application/vnd.api+json"));
        self.ask(request.set_payload(document.to_string())).await
    }

    /// The identifiers that a list answers with, which has to be one.
    pub(crate) async fn ids(&self, path: &str) -> Vec<i64> {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.ids()
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The numbers of the resources in it.
    pub(crate) fn ids(&self) -> Vec<i64> {
        let data = &self.json()["data"];
        data.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect()
    }

    /// The details of the errors in it.
    pub(crate) fn details(&self) -> Vec<String> {
        let errors = &self.json()["errors"];
        errors.as_array().unwrap().iter().map(|it| it["detail"].as_str().unwrap().to_owned()).collect()
    }
}
