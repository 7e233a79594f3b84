//! The live answer: complete or aborted, and dropped if the client does not read it.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use cdr_mediation::PortError;

use super::support::{DmaFixture, LAST_PAGE, MANY, YESTERDAY, ask, get, request, send};
use crate::dma::{Dma, DmaOptions};

/// The timeout after which a test fails.
const PATIENCE: Duration = Duration::from_secs(120);

fn yesterday() -> String {
    format!("?{YESTERDAY}")
}

/// Requests the live answer until a permit is free. The previous answer returns its permit shortly after it has ended.
async fn live(dma: &Dma) -> ServiceResponse<BoxBody> {
    let started = Instant::now();
    loop {
        let answer = send(dma, request("auditor", Method::GET, &yesterday())).await;
        if answer.status() != 503 {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "the previous answer did not return its permit");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_answer_is_a_complete_archive() {
    let fixture = DmaFixture::with(MANY);
    let answer = get(&fixture.dma(), &yesterday()).await;
    assert_eq!((answer.status, answer.header("ETag")), (200, "\"1795603945\""));
    assert!(answer.body.len() > 5 * 64 * 1024, "{}", answer.body.len());
    let end = &answer.body[answer.body.len() - 22..];
    assert!(answer.body.starts_with(b"PK\x03\x04") && end.starts_with(b"PK\x05\x06"), "from first header to last");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn head_does_not_run_the_export() {
    let fixture = DmaFixture::with(20);
    fixture.before_reading(|_| Err(PortError::failed("reading a page", "not expected")));
    let dma = fixture.dma_with(DmaOptions { live: 0, ..DmaOptions::default() });
    let answer = ask(&dma, request("auditor", Method::HEAD, &yesterday())).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!((answer.header("Content-Type"), answer.header("ETag")), ("application/zip", "\"1795603945\""));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_failed_export_aborts_the_answer() {
    let fixture = DmaFixture::with(MANY);
    fixture.before_reading(|page| match page {
        LAST_PAGE => Err(PortError::failed("reading a page", "the store is gone")),
        _ => Ok(()),
    });
    let dma = fixture.dma_with(DmaOptions { live: 1, ..DmaOptions::default() });
    for _ in 0..2 {
        let answer = live(&dma).await;
        assert_eq!(answer.status(), 200, "it failed after the first piece");
        assert!(to_bytes(answer.into_body()).await.is_err(), "it does not end like a complete archive");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_panic_aborts_the_answer_too() {
    let fixture = DmaFixture::with(MANY);
    fixture.before_reading(|page| if page == LAST_PAGE { resume_unwind(Box::new("a bug")) } else { Ok(()) });
    let answer = send(&fixture.dma(), request("auditor", Method::GET, &yesterday())).await;
    assert_eq!(answer.status(), 200);
    assert!(to_bytes(answer.into_body()).await.is_err());

    let fixture = DmaFixture::with(20);
    fixture.before_reading(|_| resume_unwind(Box::new("a bug")));
    assert_eq!(get(&fixture.dma(), &yesterday()).await.status, 500);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn disconnected_and_stalled_clients_free_their_permits() {
    let fixture = DmaFixture::with(MANY);
    for (stall, disconnects) in [(Duration::from_secs(600), true), (Duration::from_millis(20), false)] {
        let dma = fixture.dma_with(DmaOptions { live: 1, stall, ..DmaOptions::default() });
        let held = send(&dma, request("auditor", Method::GET, &yesterday())).await;
        assert_eq!(held.status(), 200);
        if disconnects {
            assert_eq!(get(&dma, &yesterday()).await.status, 503, "there is one permit");
            drop(held);
        }
        let next = live(&dma).await;
        assert_eq!(next.status(), 200);
        // The short stall timeout could abort this answer too, if a busy machine does not schedule this thread.
        if disconnects {
            assert!(to_bytes(next.into_body()).await.is_ok());
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_stalled_client_gets_an_aborted_answer() {
    let fixture = DmaFixture::with(MANY);
    let options = DmaOptions { live: 1, stall: Duration::from_millis(20), ..DmaOptions::default() };
    let dma = fixture.dma_with(options);
    let held = send(&dma, request("auditor", Method::GET, &yesterday())).await;
    drop(live(&dma).await);
    assert!(to_bytes(held.into_body()).await.is_err());
}

/// There is one place for reading. Answers that nobody reads do not hold it.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn clients_that_read_slowly_hold_no_place() {
    let fixture = DmaFixture::with(MANY);
    let options = DmaOptions { live: 3, reading: 1, stall: Duration::from_secs(600), ..DmaOptions::default() };
    let dma = fixture.dma_with(options);
    let slow = [live(&dma).await, live(&dma).await];
    let third = live(&dma).await;
    assert_eq!(third.status(), 200);
    let whole = to_bytes(third.into_body()).await.unwrap();
    for answer in slow {
        assert_eq!(to_bytes(answer.into_body()).await.unwrap().len(), whole.len());
    }
}
