//! Clients that read slowly, and those beside them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::App;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service};
use cdr_mediation::testsuite::{Fixture, Read};
use cdr_model::{Cdr, Timestamp};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::world::{BAR, CAFE, FOREIGN, LICENCE, STRANGER, STRANGERS, at, call, fixture, json, over};
use crate::porta::options::DictionaryKey;
use crate::porta::{Porta, PortaOptions};

const LONG: Duration = Duration::from_secs(600);
/// Calls of an answer that is longer than what is gathered.
const MANY: i64 = 12_000;

/// Many calls of two customers on one day, and a thousand of one of them on the next.
fn calls() -> Vec<Cdr> {
    let day = |account: i64, first: Timestamp, calls: i64| {
        (0..calls).map(move |second| {
            let mut call = call(account, "2015-06-01T00:00:00Z");
            let at = first.plus_micros(second * 1_000_000);
            (call.started_at, call.connected_at, call.billed_at) = (at, Some(at), at);
            call.ended_at = Some(at.plus_micros(1_000_000));
            call.customer_id = if account == STRANGERS { STRANGER } else { CAFE };
            call
        })
    };
    let (first, second) = (at("2015-06-01T00:00:00Z"), at("2015-06-02T00:00:00Z"));
    day(BAR, first, MANY).chain(day(STRANGERS, first, MANY)).chain(day(BAR, second, 1_000)).collect()
}

fn porta(options: PortaOptions) -> Porta {
    over(&fixture(calls()), options)
}

fn options(stall: Duration) -> PortaOptions {
    PortaOptions { live: 1, open_per_licence: 2, open: 3, stall, ..PortaOptions::default() }
}

/// An answer of which nothing is read yet.
async fn begin(porta: &Porta, licence: &str, customer: i64) -> ServiceResponse<impl MessageBody + use<>> {
    begin_over(porta, licence, customer, "2015-06-01/2015-06-02").await
}

async fn begin_over(
    porta: &Porta,
    licence: &str,
    customer: i64,
    window: &str,
) -> ServiceResponse<impl MessageBody + use<>> {
    let app = init_service(App::new().configure(|config| porta.mount(config))).await;
    let path = format!("/getCustomerAccountCDRS/{licence}/{customer}/{window}/3/true.json");
    call_service(&app, TestRequest::get().uri(&path).to_request()).await
}

/// The number of rows of an answer that is read to its end.
async fn rows(answer: ServiceResponse<impl MessageBody>) -> usize {
    let body = to_bytes(answer.into_body()).await.unwrap_or_else(|_| panic!("the answer was aborted"));
    String::from_utf8_lossy(&body).matches("{\"Rank\":").count()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn clients_that_read_slowly_cost_others_nothing() {
    let porta = porta(options(LONG));
    let mut slow = vec![begin(&porta, LICENCE, CAFE).await, begin(&porta, LICENCE, CAFE).await];
    assert!(slow.iter().all(|answer| answer.status() == 200));
    // Another licence: an empty window, and a long answer.
    let empty =
        json(&porta, &format!("/getCustomerAccountCDRS/{FOREIGN}/{STRANGER}/2014-06-01/2014-06-02/3/true")).await;
    assert_eq!(empty["TotalCalls"], 0);
    assert_eq!(rows(begin(&porta, FOREIGN, STRANGER).await).await, MANY as usize);
    // The same licence: what fits in a page does not wait.
    let page = json(&porta, &format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-02/2015-06-03/3/true")).await;
    assert_eq!(page["TotalCalls"], 1_000);
    // A third long one waits before its first byte, until one of the others has ended.
    let mut third = Box::pin(begin(&porta, LICENCE, CAFE));
    for _ in 0..50 {
        assert!(futures_util::poll!(&mut third).is_pending(), "two are open");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(slow.pop());
    let third = third.await;
    assert_eq!(third.status(), 200);
    assert_eq!(rows(third).await, MANY as usize);
    // The slow one is read to its end, however late.
    assert_eq!(rows(slow.remove(0)).await, MANY as usize);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_long_answer_for_which_there_is_no_room_is_refused_before_its_first_byte() {
    let porta = porta(PortaOptions { open_per_licence: 0, ..options(LONG) });
    for (licence, customer) in [(LICENCE, CAFE), (FOREIGN, STRANGER)] {
        let answer = begin(&porta, licence, customer).await;
        let retry = answer.headers().get("Retry-After").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((answer.status().as_u16(), retry.as_deref()), (503, Some("5")));
        let body = to_bytes(answer.into_body()).await.unwrap_or_default();
        assert!(String::from_utf8_lossy(&body).contains("Too many answers are being written for this licence"));
    }
    let page = json(&porta, &format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-02/2015-06-03/3/true")).await;
    assert_eq!(page["TotalCalls"], 1_000);
}

/// Answers with thousands of rows, by every way in which rows are read.
const LONG_ONES: [(&str, DictionaryKey); 9] = [
    ("/getCustomerAccountCDRS/LICENCE-1/2/2015-06-01/2015-06-03/3/true", DictionaryKey::Service),
    ("/getCustomerAccountCDRS/LICENCE-1/2/2015-06-01/2015-06-03/3/true", DictionaryKey::Account),
    ("/getCustomerAccountCDRS/LICENCE-1/2/2015-06-01/2015-06-03/3/true/true", DictionaryKey::Service),
    ("/getCustomerAccountVoiceCalls/LICENCE-1/2/2015-06-01/2015-06-03/true/false/true/UTC", DictionaryKey::Service),
    (
        "/getCustomerAccountCDRSWithOffset/LICENCE-1/2/2015-06-01/2015-06-03/true/false/false/0/false/UTC/false",
        DictionaryKey::Service,
    ),
    (
        "/getAccountCDRSWithOffset/LICENCE-1/11/2015-06-01/2015-06-03/true/false/false/0/false/UTC/false",
        DictionaryKey::Service,
    ),
    ("/getCDRS/Account/LICENCE-1/11/2015-06-01/2015-06-03", DictionaryKey::Service),
    ("/getOutgoingCDRS/LICENCE-1/11/2015-06-01/2015-06-03/true", DictionaryKey::Service),
    ("/getcustomexdrdownloadlink/LICENCE-1/2/2015-06-01/2015-06-03/true", DictionaryKey::Service),
];

/// Counts the pages that are read from the store.
fn pages_read(fixture: &Fixture) -> Arc<AtomicUsize> {
    let counted = Arc::<AtomicUsize>::default();
    let read = counted.clone();
    fixture.source.before_reading(move |what| {
        if what != Read::Watermark {
            read.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    });
    counted
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_long_answer_for_which_there_is_no_room_reads_no_page() {
    let fixture = fixture(calls());
    let pages = pages_read(&fixture);
    for (open_per_licence, open, reason) in [
        (0, 3, "Too many answers are being written for this licence. Try again."),
        (2, 0, "Too many answers are being written. Try again."),
    ] {
        for (path, key) in LONG_ONES {
            let porta = over(&fixture, PortaOptions { open_per_licence, open, key, ..options(LONG) });
            let app = init_service(App::new().configure(|config| porta.mount(config))).await;
            let answer = call_service(&app, TestRequest::get().uri(&format!("{path}?format=json")).to_request()).await;
            assert_eq!(answer.status(), 503, "{path}");
            let body = to_bytes(answer.into_body()).await.unwrap_or_default();
            let text = String::from_utf8_lossy(&body);
            assert!(text.contains("\"ErrorCode\":\"TooManyRequests\"") && text.contains(reason), "{path}: {text}");
            assert_eq!(pages.swap(0, Ordering::SeqCst), 0, "{path}");
        }
        // What fits in a page is answered.
        let porta = over(&fixture, PortaOptions { open_per_licence, open, ..options(LONG) });
        let (window, page) = ("2015-06-02/2015-06-03", "2015-06-01/2015-06-03/true/false/true/2000/false/UTC/false");
        for path in [
            format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/{window}/3/true"),
            format!("/getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/{page}"),
        ] {
            json(&porta, &path).await;
            assert!(pages.swap(0, Ordering::SeqCst) > 0, "{path}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_answer_that_waits_for_its_place_reads_no_page_meanwhile() {
    let fixture = fixture(calls());
    let porta = over(&fixture, PortaOptions { open_per_licence: 1, ..options(LONG) });
    let slow = begin(&porta, LICENCE, CAFE).await;
    assert_eq!(slow.status(), 200);
    // The slow one has begun, so a first page is that of another.
    let begun = Arc::<AtomicUsize>::default();
    let counted = begun.clone();
    fixture.source.before_reading(move |what| {
        counted.fetch_add(usize::from(what == Read::Page(1)), Ordering::SeqCst);
        Ok(())
    });
    let mut next = Box::pin(begin(&porta, LICENCE, CAFE));
    for _ in 0..100 {
        assert!(futures_util::poll!(&mut next).is_pending(), "one is open");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(begun.load(Ordering::SeqCst), 0);
    drop(slow);
    assert_eq!(rows(next.await).await, MANY as usize);
    assert!(begun.load(Ordering::SeqCst) > 0);
}

/// The window with a thousand calls: some 700 kB, which are sent whole.
const SHORT: &str = "2015-06-02/2015-06-03";
/// The bound on what waits to be sent for a licence.
const BUFFERED: usize = 16 * 1024 * 1024;

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn what_waits_for_clients_of_a_licence_that_read_nothing_is_bounded() {
    const CLIENTS: usize = 60;
    let porta = porta(options(LONG));
    let mut asking: FuturesUnordered<_> = (0..CLIENTS).map(|_| begin_over(&porta, LICENCE, CAFE, SHORT)).collect();
    let (mut answered, mut refused) = (Vec::new(), 0);
    // As many wait for a place as may be open. All others are answered or refused, without waiting for a client.
    while answered.len() + refused < CLIENTS - 2 {
        let answer = asking.next().await.unwrap();
        match answer.status().as_u16() {
            200 => answered.push(answer),
            status => {
                assert_eq!((status, answer.headers().get("Retry-After").unwrap().to_str().unwrap()), (503, "5"));
                refused += 1;
            }
        }
        assert!(porta.0.buffers.held() <= BUFFERED, "{} bytes", porta.0.buffers.held());
    }
    assert!(refused > 20 && answered.len() > 10, "{refused} refused, {} answered", answered.len());
    // Another licence is answered meanwhile, and so is what a connection takes at once.
    for (licence, customer) in [(FOREIGN, STRANGER), (LICENCE, CAFE)] {
        let path = format!("/getCustomerAccountCDRS/{licence}/{customer}/2014-06-01/2014-06-02/3/true");
        assert_eq!(json(&porta, &path).await["TotalCalls"], 0);
    }
    // Whoever reads gets it all, and then nothing waits any more.
    drop(asking);
    for answer in answered {
        assert_eq!(rows(answer).await, 1_000);
    }
    assert_eq!(porta.0.buffers.held(), 0);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_answer_is_given_up_if_its_client_takes_nothing_of_it() {
    let fixture = fixture(calls());
    for (open_per_licence, window) in [(0, SHORT), (2, "2015-06-01/2015-06-02")] {
        let porta = over(&fixture, PortaOptions { open_per_licence, ..options(Duration::from_secs(5)) });
        let answer = begin_over(&porta, LICENCE, CAFE, window).await;
        assert_eq!(answer.status(), 200);
        assert!(porta.0.buffers.held() > 0);
        while porta.0.buffers.held() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(to_bytes(answer.into_body()).await.is_err(), "an answer that lacks its end does not end like others");
    }
}
