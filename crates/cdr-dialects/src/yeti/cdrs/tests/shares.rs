//! Lists of many clients: those in the order of the start read in places; how many others are sorted at the same time,
//! and when sorting ends.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::test::{call_service, init_service};
use actix_web::{App, web};
use cdr_mediation::PortError;
use cdr_mediation::testsuite::Read;
use cdr_query::Cancel;

use super::world::{self, OURS, call};
use crate::testing::Answer;
use crate::yeti::YetiOptions;
use crate::yeti::tests::support::YetiFixture;

/// The timeout after which a test fails.
const PATIENCE: Duration = Duration::from_secs(120);
const SORTED: &str = "/cdrs?sort=-duration";

fn fixture() -> YetiFixture {
    let options = YetiOptions { sorted_per_login: 1, sorted: 2, ..YetiOptions::default() };
    world::with([call(OURS[0], 1), call(OURS[1], 2)], |_| (), options)
}

/// Sorting goes on until it is cancelled. The receivers learn when it begins and when it ends.
fn endless(fixture: &YetiFixture) -> (mpsc::Receiver<()>, mpsc::Receiver<()>) {
    let ((begins, began), (ends, ended)) = (mpsc::channel(), mpsc::channel());
    fixture.source.before_reading(move |read| {
        let Read::List(cancel) = read else { return Ok(()) };
        begins.send(()).unwrap();
        wait(&cancel);
        ends.send(()).unwrap();
        Err(PortError::Cancelled)
    });
    (began, ended)
}

fn wait(cancel: &Cancel) {
    let started = Instant::now();
    while !cancel.is_cancelled() {
        assert!(started.elapsed() < PATIENCE, "the list was not cancelled");
        thread::sleep(Duration::from_millis(1));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn sorting_ends_when_the_client_leaves() {
    let fixture = fixture();
    let (began, ended) = endless(&fixture);
    let app = init_service(App::new().configure(|config: &mut web::ServiceConfig| fixture.yeti.mount(config))).await;
    let mut answer = Box::pin(call_service(&app, fixture.request(Method::GET, SORTED).to_request()));
    while began.try_recv().is_err() {
        assert!(futures_util::poll!(&mut answer).is_pending());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // As the server does when the connection is closed.
    drop(answer);
    ended.recv_timeout(PATIENCE).expect("the list was cancelled");
    fixture.source.before_reading(|_| Ok(()));
    // The place of the list becomes free when its sorting has ended.
    let started = Instant::now();
    while fixture.get(SORTED).await.status != 200 {
        assert!(started.elapsed() < PATIENCE, "the place did not become free");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn sorting_ends_when_the_program_stops() {
    let fixture = fixture();
    let (began, ended) = endless(&fixture);
    let stopping = fixture.yeti.0.services.stopping.clone();
    let stops = thread::spawn(move || {
        began.recv_timeout(PATIENCE).unwrap();
        stopping.cancel();
        ended.recv_timeout(PATIENCE).unwrap();
    });
    let answer = fixture.get(SORTED).await;
    stops.join().unwrap();
    assert_eq!((answer.status, detail(&answer)), (503, "The server is stopping.".to_owned()));
    // Neither does a later one begin.
    assert_eq!(fixture.get("/cdrs").await.status, 503);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn lists_beyond_the_bounds_are_refused_with_the_reason() {
    let fixture = fixture();
    let sorting = &fixture.yeti.0.sorting;
    let ours = sorting.try_enter("acme").unwrap();
    for sort in ["sort=-duration", "sort=id", "sort=time-start,id"] {
        let answer = fixture.get(&format!("/cdrs?{sort}")).await;
        assert_eq!((answer.status, answer.header("Retry-After")), (503, "5"), "{sort}");
        assert!(detail(&answer).starts_with("1 lists of this login in another order than the start"), "{answer:?}");
    }
    for by_start in ["", "?sort=time-start", "?sort=-time-start"] {
        assert_eq!(fixture.numbers(&format!("/cdrs{by_start}")).await.len(), 2, "{by_start}");
    }
    drop(ours);
    assert_eq!(fixture.numbers(SORTED).await.len(), 2);
    let _others = ["a", "b"].map(|login| sorting.try_enter(login).unwrap());
    let answer = fixture.get(SORTED).await;
    assert_eq!(answer.status, 503);
    assert!(detail(&answer).starts_with("2 lists in another order than the start are being sorted"), "{answer:?}");
}

/// A list in the order of the start holds one of four places while it reads a page, and none is refused. Who gets a place is
/// tested with the queue. A list in another order has a bound of its own, so that sorting holds no place.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn lists_in_the_order_of_the_start_read_in_places() {
    let fixture = fixture();
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let (queue, noted) = (fixture.yeti.0.queue.clone(), seen.clone());
    fixture.source.before_reading(move |read| {
        if matches!(read, Read::Page(_) | Read::List(_)) {
            noted.lock().unwrap().push(format!("{queue:?}"));
        }
        Ok(())
    });
    for (list, free) in [("/cdrs", 3), ("/cdrs?sort=time-start", 3), ("/cdrs?sort=-time-start", 3), (SORTED, 4)] {
        assert_eq!(fixture.numbers(list).await.len(), 2, "{list}");
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        assert!(!seen.is_empty() && seen.iter().all(|it| it.contains(&format!("free: {free}"))), "{list}: {seen:?}");
    }
}

fn detail(answer: &Answer) -> String {
    answer.json()["errors"][0]["detail"].as_str().unwrap().to_owned()
}
