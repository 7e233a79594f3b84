//! Pages that belong to one moment while calls are loaded.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cdr_access::{Access, LicenceScope, LicenceText};
use cdr_mediation::testsuite::HandClock;
use cdr_mediation::{CdrSource, Mediation, Memory, MemoryLedger, MemorySpool, MemoryWalks, PortError};
use cdr_model::{Cdr, Directory};
use cdr_query::{CdrQuery, Cursor};
use serde_json::Value;

use super::world::{BAR, CAFE, KITCHEN, LICENCE, at, call, json};
use crate::Services;
use crate::porta::{Porta, PortaOptions};

/// Calls in memory that can be loaded while they are read, and the number of calls read.
struct Growing {
    calls: Mutex<Vec<Cdr>>,
    read: Mutex<u64>,
}

impl Growing {
    fn load(&self, calls: impl IntoIterator<Item = Cdr>) {
        let mut all = self.calls.lock().unwrap();
        for call in calls {
            let number = all.len() as i64 + 1;
            all.push(Cdr { number, id: number, ..call });
        }
    }

    fn memory(&self) -> Memory {
        Memory::of(self.calls.lock().unwrap().clone()).with_directory(super::world::directory())
    }

    fn read(&self) -> u64 {
        std::mem::take(&mut *self.read.lock().unwrap())
    }
}

impl CdrSource for Growing {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let page = self.memory().page(query, after, limit)?;
        *self.read.lock().unwrap() += page.len() as u64;
        Ok(page)
    }

    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        self.memory().scan(query, each)
    }

    fn watermark(&self) -> Result<i64, PortError> {
        self.memory().watermark()
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.memory().directory()
    }
}

/// A call at a second of the day.
fn at_second(account: i64, second: i64) -> Cdr {
    let moved = |at: cdr_model::Timestamp| at.plus_micros(second * 1_000_000);
    let call = call(account, "2015-06-01T00:00:00Z");
    Cdr {
        started_at: moved(call.started_at),
        connected_at: call.connected_at.map(moved),
        ended_at: call.ended_at.map(moved),
        billed_at: moved(call.billed_at),
        ..call
    }
}

/// Servers of one store, and what they share.
struct Servers {
    source: Arc<Growing>,
    clock: Arc<HandClock>,
    walks: Arc<MemoryWalks>,
    options: PortaOptions,
}

impl Servers {
    /// Servers whose store has a call of an account every second.
    fn with(calls: i64, options: PortaOptions) -> Servers {
        let source = Arc::new(Growing { calls: Mutex::default(), read: Mutex::default() });
        source.load((0..calls).map(|n| at_second(BAR, n)));
        let clock = Arc::new(HandClock::at(at("2015-06-01T20:00:00Z")));
        Servers { source, clock, walks: Arc::default(), options }
    }

    /// One of them.
    fn one(&self) -> Porta {
        let (ledger, spool) = (Arc::new(MemoryLedger::default()), Arc::new(MemorySpool::default()));
        let mediation = Mediation::new(self.source.clone(), ledger, spool, self.clock.clone());
        let services = Services::new(mediation.with_walks(self.walks.clone()), Access::default());
        let text = LicenceText::given(LICENCE).unwrap();
        services.licences.add("reader", &text, LicenceScope::Environment(1)).unwrap();
        Porta::new(&services, self.options.clone())
    }
}

fn by_account(offset: i64) -> String {
    format!("/getAccountCDRSWithOffset/{LICENCE}/{BAR}/2015-06-01/2015-06-02/true/false/true/{offset}/false/UTC/false")
}

fn by_customer(offset: i64) -> String {
    format!(
        "/getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/{offset}/false/UTC/false"
    )
}

fn ids(page: &Value) -> Vec<i64> {
    let rows = page["lstPortaCustomerAccountCDRS"].as_array().unwrap();
    rows.iter().map(|row| row["ID"].as_i64().unwrap()).collect()
}

fn pages_of(page: usize) -> PortaOptions {
    PortaOptions { page, ..PortaOptions::default() }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_walk_has_each_call_of_its_first_page_exactly_once() {
    for path in [by_account, by_customer] {
        let servers = Servers::with(59, pages_of(10));
        let (mut offset, mut seen, mut ranks) = (0, Vec::new(), Vec::new());
        loop {
            // Each page is answered by another server, and between two pages calls are loaded that start before them.
            let page = json(&servers.one(), &path(offset)).await;
            assert_eq!((&page["TotalCalls"], page["DateRanges"].as_array().unwrap().len()), (&Value::from(59), 6));
            assert_eq!(page["TotalUsage"]["ChargedMinutes"], 295);
            seen.extend(ids(&page));
            ranks.extend(page["lstPortaCustomerAccountCDRS"].as_array().unwrap().iter().map(|row| row["Rank"].clone()));
            servers.source.load([at_second(BAR, -1 - offset), at_second(BAR, offset)]);
            offset = page["NextOffset"].as_i64().unwrap();
            if offset == 0 {
                break;
            }
        }
        assert!(seen.iter().copied().eq(1..=59), "{seen:?}");
        assert!(ranks.into_iter().eq((1..=59).map(Value::from)));
        // The new ones are in the next walk, which has all that belong to the window.
        let next = json(&servers.one(), &path(0)).await;
        assert_eq!(next["TotalCalls"], 59 + 7);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn walks_of_one_question_do_not_disturb_each_other() {
    let servers = Servers::with(40, pages_of(10));
    let porta = servers.one();
    let ask = |offset: i64| {
        let porta = porta.clone();
        async move { json(&porta, &by_account(offset)).await }
    };
    assert_eq!(ask(0).await["TotalCalls"], 40);
    assert_eq!(ask(10).await["TotalCalls"], 40);
    servers.source.load((0..10).map(|n| at_second(BAR, n)));
    // A second client begins a walk while the first one is at offset 20.
    assert_eq!(ask(0).await["TotalCalls"], 50);
    assert_eq!(ask(20).await["TotalCalls"], 40, "the second walk did not give this out");
    assert_eq!(ask(10).await["TotalCalls"], 50);
    assert_eq!(ask(20).await["TotalCalls"], 50);
    assert_eq!(ask(30).await["TotalCalls"], 50, "the second walk gave this out last");
    assert_eq!(ask(40).await["TotalCalls"], 50);
    // Another question is another walk.
    let customer = json(&porta, &by_customer(10)).await;
    assert_eq!(customer["TotalCalls"], 50);
}

/// A client that has read all pages begins anew: every offset then belongs to the new walk, in whatever order it asks.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_walk_that_was_read_to_its_end_gives_its_offsets_to_the_next_one() {
    for path in [by_account, by_customer] {
        for page in [10, 25, 50] {
            let servers = Servers::with(102, pages_of(page));
            let porta = servers.one();
            let mut offset = 0;
            loop {
                let answer = json(&porta, &path(offset)).await;
                assert_eq!(answer["TotalCalls"], 102);
                offset = answer["NextOffset"].as_i64().unwrap();
                if offset == 0 {
                    break;
                }
            }
            servers.source.load((0..6).map(|_| at_second(BAR, 0)));
            for offset in [0, 50, 60, 100, 1_000_000_000, 10] {
                let answer = json(&porta, &path(offset)).await;
                assert_eq!(answer["TotalCalls"], 108, "{offset} in pages of {page}");
                // The new calls follow the first one.
                let first = ids(&answer).first().copied();
                let expected = (offset < 108).then_some(offset - 5);
                assert!(offset == 0 || first == expected, "{offset} in pages of {page}: {first:?}");
            }
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_walk_is_forgotten_some_minutes_after_its_last_page() {
    let servers = Servers::with(40, pages_of(10));
    let porta = servers.one();
    json(&porta, &by_account(0)).await;
    servers.source.load([at_second(BAR, 0)]);
    for (minutes, rows) in [(14, 40), (14, 40), (16, 41)] {
        servers.clock.advance(Duration::from_secs(minutes * 60));
        assert_eq!(json(&porta, &by_account(20)).await["TotalCalls"], rows, "{minutes} minutes later");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn walks_are_limited_for_each_licence() {
    let mut options = pages_of(10);
    options.walks.most = 2;
    let servers = Servers::with(40, options);
    servers.source.load((0..40).map(|n| at_second(KITCHEN, n)));
    let porta = servers.one();
    let of = |account: i64, offset: i64| by_account(offset).replace(&format!("/{BAR}/"), &format!("/{account}/"));
    for path in [of(BAR, 0), of(KITCHEN, 0), by_customer(0)] {
        json(&porta, &path).await;
    }
    servers.source.load([at_second(BAR, 0), at_second(KITCHEN, 0)]);
    assert_eq!(json(&porta, &of(BAR, 10)).await["TotalCalls"], 41, "the oldest walk is forgotten");
    assert_eq!(json(&porta, &by_customer(10)).await["TotalCalls"], 80);
}

/// Every offset is answered: in the middle of a page, in one of an answer that is not known, and beyond the end.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn any_offset_gives_its_page() {
    let servers = Servers::with(45, pages_of(10));
    let fresh = servers.one();
    json(&fresh, &by_account(0)).await;
    for porta in [servers.one(), Servers::with(45, pages_of(10)).one()] {
        for (offset, first, rows, next) in [
            (10, 11, 10, 20),
            (35, 36, 10, 0),
            (33, 34, 10, 43),
            (40, 41, 5, 0),
            (44, 45, 1, 0),
            (45, 0, 0, 0),
            (900, 0, 0, 0),
        ] {
            let page = json(&porta, &by_account(offset)).await;
            let found = ids(&page);
            assert_eq!((found.first().copied().unwrap_or(0), found.len()), (first, rows), "{offset}");
            assert_eq!((&page["NextOffset"], &page["TotalCalls"]), (&Value::from(next), &Value::from(45)), "{offset}");
        }
    }
}

/// The current billing period ends now, which is later for each page. It is the same question nevertheless.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_walk_through_the_current_period_keeps_its_end() {
    let servers = Servers::with(40, pages_of(10));
    let porta = servers.one();
    let path = |offset: i64| by_account(offset).replace("/UTC/false", "/UTC/true");
    let first = json(&porta, &path(0)).await;
    servers.clock.advance(Duration::from_secs(60));
    servers.source.load([at_second(BAR, 72_010)]);
    let second = json(&porta, &path(10)).await;
    assert_eq!((&second["TotalCalls"], &second["TotalUsage"]), (&first["TotalCalls"], &first["TotalUsage"]));
    assert_eq!(json(&porta, &path(0)).await["TotalCalls"], 41);
}

/// A walk reads every row twice: once for the totals, and once for its page.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_walk_costs_at_most_three_times_the_whole_answer() {
    let servers = Servers::with(2_000, pages_of(100));
    let porta = servers.one();
    json(&porta, &by_account(0).replace("/true/0/false", "/false/0/false")).await;
    let whole = servers.source.read();
    let mut offset = 0;
    loop {
        offset = json(&porta, &by_account(offset)).await["NextOffset"].as_i64().unwrap();
        if offset == 0 {
            break;
        }
    }
    let paged = servers.source.read();
    assert!(paged <= whole * 3, "{paged} rows were read in pages, {whole} at once");
}
