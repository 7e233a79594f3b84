//! Mediation over memory with a stopped clock, customers with accounts, exports in every state, and a client.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use cdr_access::{Access, Login, MemoryLogins, MemoryUsers, User, hash_password};
use cdr_export::{ExportSpec, Layout, Package};
use cdr_mediation::testsuite::Fixture;
use cdr_mediation::{
    Entered, ExportJob, ExportLimits, ExportOrder, ExportRequest, ExportStatus, JobLedger, Memory, MemorySpool,
    PortError, SaveAs, Spool, SpoolRead, SpoolWrite,
};
use cdr_model::{Account, Anchor, Cdr, CdrField, Customer, Directory, Timestamp};
use cdr_query::{Cancel, CdrQuery, Condition, Test, Window};
use serde_json::{Value, json};
use uuid::Uuid;

pub(in crate::yeti) use super::answer::sorted;
pub(in crate::yeti) use crate::testing::Answer;
use crate::yeti::resource::PATH;
use crate::yeti::token::Audience;
use crate::yeti::{Yeti, YetiOptions};
use crate::{Origins, Services};

pub(in crate::yeti) const PASSWORD: &str = "a long password";
/// The time of the stopped clock.
pub(in crate::yeti) const NOW: &str = "2024-11-14T09:56:05.767Z";
/// The number of the login.
pub(in crate::yeti) const LOGIN: i64 = 12;
/// Accounts: three of the login's customer, and one of another customer.
pub(in crate::yeti) const A1: i64 = 1;
pub(in crate::yeti) const A2: i64 = 2;
pub(in crate::yeti) const A3: i64 = 3;
pub(in crate::yeti) const FOREIGN: i64 = 9;

static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());

/// How long finished exports are kept.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The initial state of a test.
pub(in crate::yeti) struct Start {
    pub(in crate::yeti) login: Login,
    pub(in crate::yeti) options: YetiOptions,
    pub(in crate::yeti) origins: Origins,
    pub(in crate::yeti) redirect: bool,
    pub(in crate::yeti) calls: Vec<Cdr>,
    pub(in crate::yeti) directory: Directory,
    pub(in crate::yeti) users: Vec<User>,
    pub(in crate::yeti) now: Timestamp,
    pub(in crate::yeti) limits: ExportLimits,
}

/// The environment of one test.
pub(in crate::yeti) struct YetiFixture {
    pub(in crate::yeti) yeti: Yeti,
    pub(in crate::yeti) users: Arc<MemoryUsers>,
    fixture: Fixture,
}

impl Deref for YetiFixture {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

impl Default for Start {
    /// A login for all accounts of its customer, and no calls.
    fn default() -> Start {
        let mut directory = Directory::default();
        for (id, name) in [(7, "acme"), (8, "other")] {
            directory.customers.insert(id, customer(id, name));
        }
        for (id, customer_id) in [(A1, 7), (A2, 7), (A3, 7), (FOREIGN, 8)] {
            directory.accounts.insert(id, account(id, customer_id));
        }
        let login = Login { id: LOGIN, ..Login::new("acme", HASH.clone(), 7) };
        let (options, calls, users) = (YetiOptions::default(), Vec::new(), Vec::new());
        let (origins, redirect, now) = (Origins::default(), false, NOW.parse().unwrap());
        let limits = ExportLimits::default();
        Start { login, options, origins, redirect, calls, directory, users, now, limits }
    }
}

impl Start {
    /// The same for a login that sees only these accounts.
    pub(in crate::yeti) fn seeing(mut self, accounts: &[i64]) -> Start {
        self.login.accounts = accounts.iter().copied().collect();
        self
    }

    /// The same with other options.
    pub(in crate::yeti) fn with(mut self, change: impl FnOnce(&mut YetiOptions)) -> Start {
        change(&mut self.options);
        self
    }

    /// The same where downloads may be answered with an address.
    pub(in crate::yeti) fn redirecting(mut self) -> Start {
        self.redirect = true;
        self
    }

    pub(in crate::yeti) fn fixture(self) -> YetiFixture {
        let Start { login, options, origins, redirect, calls, directory, users, now, limits } = self;
        let records = Memory::of(calls).with_directory(directory);
        let fixture = Fixture::with_spool(records, now, |spool| Arc::new(Linking(spool.clone())));
        let users = Arc::new(MemoryUsers::of(users));
        let access = Access { users: users.clone(), logins: Arc::new(MemoryLogins::of([login])), ..Access::default() };
        let mediation = fixture.mediation.clone().with_limits(limits);
        let services =
            Services { keep: WEEK, origins, redirect, stopping: Cancel::new(), ..Services::new(mediation, access) };
        let yeti = Yeti::new(&services, options).unwrap();
        YetiFixture { yeti, fixture, users }
    }
}

/// A spool that issues addresses.
struct Linking(MemorySpool);

impl Spool for Linking {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        self.0.begin(key)
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        self.0.open(key)
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        self.0.remove(key)
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        self.0.keys()
    }

    fn clear(&self) -> Result<(), PortError> {
        self.0.clear()
    }

    fn link(&self, key: &str, save_as: &SaveAs<'_>) -> Result<Option<String>, PortError> {
        Ok(Some(format!("https://bucket.example.com/{key}?{}&{}", save_as.content_type, save_as.disposition)))
    }
}

pub(in crate::yeti) fn customer(id: i64, name: &str) -> Customer {
    Customer { id, name: name.to_owned(), currency: "USD".to_owned(), ..Customer::default() }
}

/// An account whose UUID contains its number.
pub(in crate::yeti) fn account(id: i64, customer_id: i64) -> Account {
    let (number, name) = (format!("n{id}"), format!("account {id}"));
    Account { id, customer_id, number, name, uuid: uuid_of(id), ..Account::default() }
}

/// The UUID of an account.
pub(in crate::yeti) fn uuid_of(id: i64) -> Uuid {
    Uuid::from_u128(0xaa34_32e2_a26e_11ef_a008_0242_ac12_0000 + id.unsigned_abs() as u128)
}

impl YetiFixture {
    pub(in crate::yeti) fn new() -> YetiFixture {
        Start::default().fixture()
    }

    /// A customer token for a login that expires at a second since 1970, or never.
    pub(in crate::yeti) fn token(&self, login: impl Into<Value>, expires: Option<i64>) -> String {
        self.yeti.0.tokens.issue(login, Audience::Customers, expires)
    }

    /// A valid token of the login.
    pub(in crate::yeti) fn good(&self) -> String {
        self.token(LOGIN, Some(self.yeti.0.second() + 60))
    }

    /// Exports of these accounts in these states, in this order: their identifiers.
    pub(in crate::yeti) fn exports(&self, wanted: &[(Option<i64>, ExportStatus)]) -> Vec<Uuid> {
        self.exports_with(wanted, &json!({}))
    }

    /// The same with something in their memos.
    pub(in crate::yeti) fn exports_with(&self, wanted: &[(Option<i64>, ExportStatus)], memo: &Value) -> Vec<Uuid> {
        // A claim takes the oldest export, so pending exports are entered last.
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
    pub(in crate::yeti) fn export(
        &self,
        dialect: &str,
        account: Option<i64>,
        status: ExportStatus,
        memo: &Value,
    ) -> ExportJob {
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

    /// Sends a request unchanged.
    pub(in crate::yeti) async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().configure(|config: &mut web::ServiceConfig| self.yeti.mount(config))).await;
        Answer::read(call_service(&app, request.to_request()).await).await
    }

    /// A request of the login.
    pub(in crate::yeti) fn request(&self, method: Method, path: &str) -> TestRequest {
        request(method, path).insert_header(("Authorization", self.good()))
    }

    pub(in crate::yeti) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// The numbers of the resources in a list.
    pub(in crate::yeti) async fn numbers(&self, path: &str) -> Vec<i64> {
        self.get(path).await.numbers()
    }

    pub(in crate::yeti) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).insert_header(("Content-Type", "application/vnd.api+json"));
        self.send(request.set_payload(body.to_string())).await
    }

    /// The number of exports.
    pub(in crate::yeti) fn count(&self) -> u64 {
        let tally = self.ledger.tally().unwrap();
        tally.pending + tally.running + tally.completed + tally.failed + tally.withdrawn
    }
}

/// The time of the clock in seconds since 1970.
pub(in crate::yeti) fn now() -> i64 {
    NOW.parse::<Timestamp>().unwrap().micros() / 1_000_000
}

/// A request below the path of the API, without a token, from this machine.
pub(in crate::yeti) fn request(method: Method, path: &str) -> TestRequest {
    let request = TestRequest::with_uri(&format!("{PATH}{path}")).method(method);
    let request = request.peer_addr("127.0.0.1:4711".parse().unwrap());
    request.insert_header(("Host", "example.org")).insert_header(("Accept", "application/vnd.api+json"))
}

fn order(dialect: &str, account: Option<i64>, memo: &Value) -> ExportOrder {
    let layout = Layout::named("yeti-customer", &[]).unwrap();
    let spec = ExportSpec { layout, format: "csv".to_owned(), package: Package::Gzip, zone: "UTC".to_owned() };
    let mut query = CdrQuery::over(Window::all(Anchor::Start));
    if let Some(account) = account {
        query = query.only(Condition::new(CdrField::AccountId, Test::Eq(account.into())).unwrap());
    }
    ExportOrder {
        dialect: dialect.to_owned(),
        lane: None,
        request: ExportRequest { query, spec },
        memo: memo.to_string(),
        memo_version: 1,
        account_id: account,
        customer_id: account.map(|_| 7),
        callback: None,
    }
}
