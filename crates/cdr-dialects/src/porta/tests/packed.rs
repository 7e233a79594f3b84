//! Answers packed with gzip.

use std::io::Read;

use actix_web::App;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service};
use flate2::read::GzDecoder;

use super::world::{BAR, CAFE, LICENCE, call, day, get, porta};
use crate::porta::{Porta, PortaOptions};
use crate::testing::Answer;

async fn packed(porta: &Porta, path: &str, method: Method) -> Answer {
    let app = init_service(App::new().configure(|config| porta.mount(config))).await;
    let request = TestRequest::default().method(method).uri(path).insert_header(("accept-encoding", "gzip, br"));
    Answer::read(call_service(&app, request.to_request()).await).await
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(answer.body.as_slice()).read_to_end(&mut plain).unwrap();
    plain
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_packed_answer_has_the_same_content() {
    let mut records = day();
    records.extend((0..2_000).map(|_| call(BAR, "2015-06-01T10:20:25Z")));
    let porta = porta(records, PortaOptions::default());
    for path in [
        format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true"),
        format!("/getCDRS/Account/{LICENCE}/{BAR}/2015-05-01/2015-05-02"),
    ] {
        for format in ["json", "xml", "jsv", "csv", "html"] {
            let path = format!("{path}.{format}");
            let (plain, packed) = (get(&porta, &path).await, packed(&porta, &path, Method::GET).await);
            assert_eq!((plain.given("content-encoding"), packed.header("content-encoding")), (None, "gzip"), "{path}");
            assert_eq!(unpacked(&packed), plain.body, "{path}");
            for name in ["content-type", "vary", "content-disposition", "cache-control"] {
                assert_eq!(packed.given(name), plain.given(name), "{path}");
            }
            assert_eq!(packed.header("vary"), "Accept, Accept-Encoding");
            let head = super::packed::packed(&porta, &path, Method::HEAD).await;
            assert_eq!((head.header("content-encoding"), head.body.len()), ("gzip", 0), "{path}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_refusal_is_not_packed() {
    let porta = porta(day(), PortaOptions::default());
    let answer = packed(&porta, "/getCDRS/Account/unknown/11/2015-06-01/2015-06-02.json", Method::GET).await;
    assert_eq!((answer.status, answer.given("content-encoding")), (403, None));
    assert!(answer.text().contains("UnauthorizedAccessException"));
}

/// A long answer begins before it is written to the end.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_first_bytes_of_a_packed_answer_are_sent_early() {
    let fixture = super::world::fixture((0..9_000).map(|_| call(BAR, "2015-06-01T10:20:25Z")).collect());
    // The store fails after its first page of rows: what was written before has to be there already.
    let mut pages = 1;
    fixture.source.before_reading(move |read| match (read, pages) {
        (cdr_mediation::testsuite::Read::Page(_), 0) => Err(cdr_mediation::PortError::failed("reading", "gone")),
        (cdr_mediation::testsuite::Read::Page(_), _) => {
            pages -= 1;
            Ok(())
        }
        _ => Ok(()),
    });
    let porta = super::world::over(&fixture, PortaOptions::default());
    let app = init_service(App::new().configure(|config| porta.mount(config))).await;
    let path = format!("/getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02.json");
    let request = TestRequest::get().uri(&path).insert_header(("accept-encoding", "gzip"));
    let answer = call_service(&app, request.to_request()).await;
    assert_eq!(answer.status(), 200, "two pieces of 64 KiB were written before the failure");
    assert!(matches!(answer.response().body().size(), BodySize::Stream));
    assert!(actix_web::body::to_bytes(answer.into_body()).await.is_err(), "a truncated answer has no proper end");
}
