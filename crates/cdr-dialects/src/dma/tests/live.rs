//! The live answer: whole or broken off, and let go when nobody takes it.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use cdr_mediation::PortError;

use super::support::{Home, LAST_PAGE, MANY, YESTERDAY, ask, get, request, send};
use crate::dma::{Dma, DmaOptions};

/// Ends a test that has failed.
const PATIENCE: Duration = Duration::from_secs(120);

fn yesterday() -> String {
    format!("?{YESTERDAY}")
}

/// The live answer, once there is room for it: the one before makes room a moment after it has ended.
async fn live(dma: &Dma) -> ServiceResponse<BoxBody> {
    let begun = Instant::now();
    loop {
        let answer = send(dma, request("auditor", Method::GET, &yesterday())).await;
        if answer.status() != 503 {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for the answer before to make room");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_answer_is_a_whole_archive() {
    let home = Home::with(MANY);
    let answer = get(&home.dma(), &yesterday()).await;
    assert_eq!((answer.status, answer.header("ETag")), (200, "\"1795603945\""));
    assert!(answer.body.len() > 5 * 64 * 1024, "{}", answer.body.len());
    let end = &answer.body[answer.body.len() - 22..];
    assert!(answer.body.starts_with(b"PK\x03\x04") && end.starts_with(b"PK\x05\x06"), "from first header to last");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn its_headers_can_be_had_without_the_work() {
    let home = Home::with(20);
    home.before_reading(|_| Err(PortError::failed("nobody may read", "now")));
    let dma = home.dma_with(DmaOptions { live: 0, ..DmaOptions::default() });
    let answer = ask(&dma, request("auditor", Method::HEAD, &yesterday())).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!((answer.header("Content-Type"), answer.header("ETag")), ("application/zip", "\"1795603945\""));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_export_that_fails_in_the_middle_breaks_off() {
    let home = Home::with(MANY);
    home.before_reading(|page| match page {
        LAST_PAGE => Err(PortError::failed("reading a page", "the store is gone")),
        _ => Ok(()),
    });
    let dma = home.dma_with(DmaOptions { live: 1, ..DmaOptions::default() });
    for _ in 0..2 {
        let answer = live(&dma).await;
        assert_eq!(answer.status(), 200, "it had begun well");
        assert!(to_bytes(answer.into_body()).await.is_err(), "it does not end as if it were whole");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_panic_breaks_off_too() {
    let home = Home::with(MANY);
    home.before_reading(|page| if page == LAST_PAGE { resume_unwind(Box::new("a bug")) } else { Ok(()) });
    let answer = send(&home.dma(), request("auditor", Method::GET, &yesterday())).await;
    assert_eq!(answer.status(), 200);
    assert!(to_bytes(answer.into_body()).await.is_err());

    let home = Home::with(20);
    home.before_reading(|_| resume_unwind(Box::new("a bug")));
    assert_eq!(get(&home.dma(), &yesterday()).await.status, 500);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
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
        let next = live(&dma).await;
        assert_eq!(next.status(), 200);
        // The shorter patience would end this one too, if this thread got no time of a busy machine.
        if goes_away {
            assert!(to_bytes(next.into_body()).await.is_ok());
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_client_that_took_nothing_for_too_long_gets_no_proper_end() {
    let home = Home::with(MANY);
    let options = DmaOptions { live: 1, stall: Duration::from_millis(20), ..DmaOptions::default() };
    let dma = home.dma_with(options);
    let held = send(&dma, request("auditor", Method::GET, &yesterday())).await;
    drop(live(&dma).await);
    assert!(to_bytes(held.into_body()).await.is_err());
}
