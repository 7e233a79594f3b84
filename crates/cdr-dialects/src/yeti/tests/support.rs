//! A mediation over memory with a clock that stands, customers with accounts, exports in every state, and a client.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use cdr_export::{ExportPlan, Layout, Package};
use cdr_mediation::{
    Clock, Doorkeeper, DoorkeeperOptions, Entered, ExportJob, ExportOrder, ExportRequest, ExportStatus, JobLedger,
    Login, Mediation, Memory, MemoryLedger, MemoryLogins, MemoryOperators, MemorySecrets, MemorySpool, Stop, Worker,
    WorkerOptions, hash_password,
};
use cdr_model::{Account, Anchor, Cdr, CdrField, Customer, Directory, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::yeti::token::Audience;
use crate::yeti::{PATH, Yeti, YetiOptions};

pub(super) const PASSWORD: &str = "a long password";
/// The moment at which everything happens.
pub(super) const NOW: &str = "2024-11-14T09:56:05.767Z";
/// The number of the login.
pub(super) const LOGIN: i64 = 12;
/// Accounts: three of the login's customer, and one of another.
pub(super) const A1: i64 = 1;
pub(super) const A2: i64 = 2;
pub(super) const A3: i64 = 3;
pub(super) const FOREIGN: i64 = 9;

static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());

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

/// What a test starts with.
pub(super) struct Start {
    pub(super) login: Login,
    pub(super) options: YetiOptions,
    pub(super) calls: Vec<Cdr>,
    pub(super) directory: Directory,
}

/// Everything there is in one test.
pub(super) struct Home {
    pub(super) yeti: Yeti,
    pub(super) mediation: Mediation,
    pub(super) ledger: Arc<MemoryLedger>,
    pub(super) spool: MemorySpool,
}

impl Default for Start {
    /// A login for everything its customer has, and no calls.
    fn default() -> Start {
        let mut directory = Directory::default();
        for (id, name) in [(7, "acme"), (8, "other")] {
            let (name, currency) = (name.to_owned(), "USD".to_owned());
            let customer = Customer { id, name, currency, ..Customer::default() };
            directory.customers.insert(id, customer);
        }
        for (id, customer_id) in [(A1, 7), (A2, 7), (A3, 7), (FOREIGN, 8)] {
            directory.accounts.insert(id, account(id, customer_id));
        }
        let login = Login { id: LOGIN, ..Login::new("acme", HASH.clone(), 7) };
        Start { login, options: YetiOptions::default(), calls: Vec::new(), directory }
    }
}

impl Start {
    /// The same for a login that sees only these accounts.
    pub(super) fn seeing(mut self, accounts: &[i64]) -> Start {
        self.login.accounts = accounts.iter().copied().collect();
        self
    }

    /// The same with other options.
    pub(super) fn with(mut self, change: impl FnOnce(&mut YetiOptions)) -> Start {
        change(&mut self.options);
        self
    }

    pub(super) fn home(self) -> Home {
        let Start { login, options, calls, directory } = self;
        let ledger = Arc::new(MemoryLedger::default());
        let (source, spool) = (Memory::of(calls).with_directory(directory), MemorySpool::default());
        let mediation = Mediation::new(Arc::new(source), ledger.clone(), Arc::new(spool.clone()), Arc::new(Standing));
        let operators = Arc::new(MemoryOperators::default());
        let doorkeeper = Doorkeeper::new(operators, Arc::new(Standing), DoorkeeperOptions::default());
        let (logins, secrets) = (Arc::new(MemoryLogins::of([login])), Arc::new(MemorySecrets::default()));
        let yeti = Yeti::new(mediation.clone(), logins, doorkeeper, secrets, options).unwrap();
        Home { yeti, mediation, ledger, spool }
    }
}

/// An account whose UUID tells its number.
pub(super) fn account(id: i64, customer_id: i64) -> Account {
    let (number, name) = (format!("n{id}"), format!("account {id}"));
    Account { id, customer_id, number, name, uuid: uuid_of(id), ..Account::default() }
}

/// The UUID of an account.
pub(super) fn uuid_of(id: i64) -> Uuid {
    Uuid::from_u128(0xaa34_32e2_a26e_11ef_a008_0242_ac12_0000 + id.unsigned_abs() as u128)
}

impl Home {
    pub(super) fn new() -> Home {
        Start::default().home()
    }

    /// A token of a login for customers that expires at a second, or never.
    pub(super) fn token(&self, login: impl Into<Value>, expires: Option<i64>) -> String {
        self.yeti.0.tokens.issue(login, Audience::Customers, expires)
    }

    /// A good token of the login.
    pub(super) fn good(&self) -> String {
        self.token(LOGIN, Some(now() + 60))
    }

    /// Writes what is pending.
    pub(super) fn work(&self) {
        let mut worker = Worker::new(&self.mediation, WorkerOptions::default(), &Stop::new(&self.mediation));
        while worker.run_next().unwrap().is_some() {}
    }

    /// Exports of these accounts in these states, in this order: their identifiers.
    pub(super) fn exports(&self, wanted: &[(Option<i64>, ExportStatus)]) -> Vec<Uuid> {
        self.exports_with(wanted, &json!({}))
    }

    /// The same with something in their memos.
    pub(super) fn exports_with(&self, wanted: &[(Option<i64>, ExportStatus)], memo: &Value) -> Vec<Uuid> {
        // Whoever claims gets the oldest, so those that wait are entered last.
        let mut ids = vec![Uuid::nil(); wanted.len()];
        for waits in [false, true] {
            for (at, (account, status)) in wanted.iter().enumerate() {
                if (*status == ExportStatus::Pending) == waits {
                    ids[at] = self.export("yeti", *account, *status, memo).id;
                }
            }
        }
        ids
    }

    /// An export of an account in a state.
    pub(super) fn export(&self, dialect: &str, account: Option<i64>, status: ExportStatus, memo: &Value) -> ExportJob {
        let order = order(dialect, account, memo);
        let at = NOW.parse().unwrap();
        let Entered::Pending(job) = self.ledger.enter("acme", &order, at).unwrap() else { panic!("no lane") };
        match status {
            ExportStatus::Pending => (),
            ExportStatus::Running => drop(self.ledger.claim(at, None).unwrap().unwrap()),
            ExportStatus::Completed => self.work(),
            ExportStatus::Failed => {
                let claim = self.ledger.claim(at, None).unwrap().unwrap();
                assert!(self.ledger.fail(&claim, "the store is gone", at).unwrap());
            }
            ExportStatus::Withdrawn => assert!(self.ledger.withdraw(job.id, at).unwrap()),
        }
        self.ledger.find(job.id).unwrap().unwrap()
    }

    /// Sends a request as it is.
    pub(super) async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(|config: &mut web::ServiceConfig| self.yeti.mount(config))).await;
        let (_, answer) = call_service(&app, request.to_request()).await.into_parts();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body: BoxBody = answer.into_body().boxed();
        Answer { status, headers, body: to_bytes(body).await.unwrap().to_vec() }
    }

    /// A request of the login.
    pub(super) fn request(&self, method: Method, path: &str) -> TestRequest {
        request(method, path).insert_header(("Authorization", self.good()))
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).insert_header(("Content-Type", "application/vnd.api+json"));
        self.send(request.set_payload(body.to_string())).await
    }

    /// How many exports there are.
    pub(super) fn count(&self) -> u64 {
        let tally = self.ledger.tally().unwrap();
        tally.pending + tally.running + tally.completed + tally.failed + tally.withdrawn
    }
}

/// The second of the moment.
pub(super) fn now() -> i64 {
    NOW.parse::<Timestamp>().unwrap().micros() / 1_000_000
}

/// A request below the API's address, by nobody, from this machine.
pub(super) fn request(method: Method, path: &str) -> TestRequest {
    let request = TestRequest::with_uri(&format!("{PATH}{path}")).method(method);
    let request = request.peer_addr("127.0.0.1:4711".parse().unwrap());
    request.insert_header(("Host", "example.org")).insert_header(("Accept", "application/vnd.api+json"))
}

fn order(dialect: &str, account: Option<i64>, memo: &Value) -> ExportOrder {
    let layout = Layout::named("yeti-customer", &[]).unwrap();
    let plan = ExportPlan { layout, format: "csv".to_owned(), package: Package::Gzip, zone: "UTC".to_owned() };
    let mut query = CdrQuery::over(Window::all(Anchor::Start));
    if let Some(account) = account {
        query = query.only(Condition::new(CdrField::AccountId, Test::Eq(account.into())).unwrap());
    }
    ExportOrder {
        dialect: dialect.to_owned(),
        lane: None,
        request: ExportRequest { query, plan },
        memo: memo.to_string(),
        account_id: account,
        customer_id: account.map(|_| 7),
        callback: None,
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The identifiers of a list, sorted.
    pub(super) fn ids(&self) -> Vec<String> {
        let mut ids = self.ids_in_order();
        ids.sort();
        ids
    }

    pub(super) fn ids_in_order(&self) -> Vec<String> {
        assert_eq!(self.status, 200, "{self:?}");
        let data = self.json()["data"].as_array().unwrap().clone();
        data.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Its one error: status, code, title and detail.
    pub(super) fn error(&self) -> (u16, String, String, String) {
        let errors = self.json()["errors"].as_array().unwrap().clone();
        let [error] = &errors[..] else { panic!("{self:?}") };
        assert_eq!(error["status"], self.status.to_string());
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (self.status, text("code"), text("title"), text("detail"))
    }

    /// Its errors: details and pointers.
    pub(super) fn invalid(&self) -> Vec<(String, String)> {
        assert_eq!(self.status, 422, "{self:?}");
        let errors = self.json()["errors"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(&error["detail"]), text(&error["source"]["pointer"]))).collect()
    }
}

/// Identifiers as lists have them, sorted.
pub(super) fn sorted(ids: &[Uuid]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    ids.sort();
    ids
}
