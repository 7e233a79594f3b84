//! The live answer: whole or broken off, and let go when nobody takes it.

use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::http::Method;
use cdr_mediation::PortError;

use super::support::{Home, YESTERDAY, ask, get, request, send};
use crate::dma::DmaOptions;

/// Enough for more than the pipe holds.
const MANY: u64 = 30_000;

fn yesterday() -> String {
    format!("?{YESTERDAY}")
}

#[actix_web::test]
async fn an_answer_is_a_whole_archive() {
    let home = Home::with(MANY);
    let answer = get(&home.dma(), &yesterday()).await;
    assert_eq!((answer.status, answer.header("ETag")), (200, "\"1795603945\""));
    assert!(answer.body.len() > 5 * 64 * 1024, "{}", answer.body.len());
    let end = &answer.body[answer.body.len() - 22..];
    assert!(answer.body.starts_with(b"PK\x03\x04") && end.starts_with(b"PK\x05\x06"), "from first header to last");
}

#[actix_web::test]
async fn its_headers_can_be_had_without_the_work() {
    let home = Home::with(20);
    home.before_reading(|_| Err(PortError::failed("nobody may read", "now")));
    let dma = home.dma_with(DmaOptions { live: 0, ..DmaOptions::default() });
    let answer = ask(&dma, request("auditor", Method::HEAD, &yesterday())).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!((answer.header("Content-Type"), answer.header("ETag")), ("application/zip", "\"1795603945\""));
}

#[actix_web::test]
async fn an_export_that_fails_in_the_middle_breaks_off() {
    let home = Home::with(MANY);
    home.before_reading(|page| match page {
        6 => Err(PortError::failed("reading a page", "the store is gone")),
        _ => Ok(()),
    });
    let dma = home.dma_with(DmaOptions { live: 1, ..DmaOptions::default() });
    for _ in 0..2 {
        let mut answer = send(&dma, request("auditor", Method::GET, &yesterday())).await;
        // The one before makes room a moment after its body has ended.
        while answer.status() == 503 {
            answer = send(&dma, request("auditor", Method::GET, &yesterday())).await;
        }
        assert_eq!(answer.status(), 200, "it had begun well");
        assert!(to_bytes(answer.into_body()).await.is_err(), "it does not end as if it were whole");
    }
}

#[actix_web::test]
async fn a_panic_breaks_off_too() {
    let home = Home::with(MANY);
    home.before_reading(|page| if page == 6 { panic!("a bug, made for this test") } else { Ok(()) });
    let answer = send(&home.dma(), request("auditor", Method::GET, &yesterday())).await;
    assert_eq!(answer.status(), 200);
    assert!(to_bytes(answer.into_body()).await.is_err());

    let home = Home::with(20);
    home.before_reading(|_| panic!("a bug, made for this test"));
    assert_eq!(get(&home.dma(), &yesterday()).await.status, 500);
}

#[actix_web::test]
async fn who_goes_away_or_takes_nothing_makes_room() {
    let home = Home::with(MANY);
    for (stall, goes_away) in [(Duration::from_secs(600), true), (Duration::from_millis(20), false)] {
        let dma = home.dma_with(DmaOptions { live: 1, stall, ..DmaOptions::default() });
        let held = send(&dma, request("auditor", Method::GET, &yesterday())).await;
        assert_eq!(held.status(), 200);
        if goes_away {
            assert_eq!(get(&dma, &yesterday()).await.status, 503, "there is room for one");
            drop(held);
        }
        let next = loop {
            let answer = get(&dma, &yesterday()).await;
            if answer.status != 503 {
                break answer;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        assert_eq!(next.status, 200);
    }
}

#[actix_web::test]
async fn a_client_that_took_nothing_for_too_long_gets_no_proper_end() {
    let home = Home::with(MANY);
    let options = DmaOptions { live: 1, stall: Duration::from_millis(20), ..DmaOptions::default() };
    let dma = home.dma_with(options);
    let held = send(&dma, request("auditor", Method::GET, &yesterday())).await;
    while get(&dma, &yesterday()).await.status == 503 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(to_bytes(held.into_body()).await.is_err());
}
