//! Every fault of the dialect.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_mediation::{ExportLimits, PortError, Spool};

use super::support::{DmaFixture, PASSWORD, YESTERDAY, ask, basic, post, request};
use crate::dma::{Dma, DmaOptions};

/// The state of the server when the request arrives.
#[derive(Clone, Copy, Debug)]
enum Setup {
    Nothing,
    Pending,
    Completed,
    /// Its file was removed.
    Lost,
    Failed,
    /// Reading the store fails.
    Broken,
    Busy,
    NoLive,
    /// As many exports as may be are pending.
    Full,
    Throttled,
}

async fn fixture(setup: Setup) -> (DmaFixture, Dma) {
    let mut fixture = DmaFixture::with(20);
    if matches!(setup, Setup::Full) {
        let limits = ExportLimits { pending: Some(0), ..ExportLimits::default() };
        fixture.services.mediation = fixture.services.mediation.clone().with_limits(limits);
    }
    let live = if matches!(setup, Setup::NoLive) { 0 } else { 4 };
    let dma = fixture.dma_with(DmaOptions { live, ..DmaOptions::default() });
    if matches!(setup, Setup::Pending | Setup::Completed | Setup::Lost | Setup::Failed) {
        assert_eq!(post(&dma, &format!("/generate-cdrs?{YESTERDAY}")).await.status, 202);
    }
    if matches!(setup, Setup::Failed | Setup::Broken) {
        fixture.before_reading(|_| Err(PortError::failed("a secret of the store", "disk 7")));
    }
    match setup {
        Setup::Busy => fixture.before_reading(|_| Err(PortError::unavailable("a secret of the store", "lock"))),
        Setup::Completed | Setup::Lost | Setup::Failed => fixture.work(),
        Setup::Throttled => while fixture.services.users.delay("nobody", IpAddr::V4(Ipv4Addr::UNSPECIFIED)).is_ok() {},
        Setup::Nothing | Setup::Pending | Setup::Broken | Setup::NoLive | Setup::Full => (),
    }
    if matches!(setup, Setup::Lost) {
        for key in fixture.spool.keys().unwrap() {
            fixture.spool.remove(&key).unwrap();
        }
    }
    (fixture, dma)
}

/// Checks the fault in both encodings: the same status, the same message, no details of the store.
async fn check(dma: &Dma, make: impl Fn() -> TestRequest, status: u16, words: &str, header: (&str, &str)) {
    let json = ask(dma, make().insert_header(("Accept", "application/json;q=0.9, text/plain"))).await;
    assert_eq!(json.status, status, "{words}: {}", json.text());
    assert_eq!(json.header("Content-Type"), "application/vnd.plcm.plcm-error+json", "{words}");
    assert_eq!((json.header("Vary"), json.header(header.0)), ("Accept", header.1), "{words}");
    let error = json.json();
    assert_eq!(error["statusCode"], status);
    let description = error["description"].as_str().unwrap();
    assert!(description.contains(words), "{words}: {description}");
    assert!(!json.text().contains("secret"), "{description}");

    let xml = ask(dma, make()).await;
    assert_eq!((xml.status, xml.header("Content-Type")), (status, "application/vnd.plcm.plcm-error+xml"), "{words}");
    assert_eq!(xml.header(header.0), header.1, "{words}");
    let text = xml.text();
    assert!(text.starts_with(r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ns2:plcm-error "#), "{text}");
    assert!(text.contains(&format!("<ns2:status-code>{status}</ns2:status-code><ns2:description>")), "{text}");
    assert!(text.contains(&words.replace('"', "&quot;")) && !text.contains("secret"), "{words}: {text}");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn faults_are_plcm_error_in_xml_and_json() {
    use Setup::{Broken, Busy, Completed, Failed, Full, Lost, NoLive, Nothing, Pending, Throttled};
    const NONE: (&str, &str) = ("Retry-After", "");
    let (get, head, post) = (Method::GET, Method::HEAD, Method::POST);
    let challenge = ("WWW-Authenticate", r#"Basic realm="billing", charset="UTF-8""#);
    let denied = "Permission denied. DMA roles required: administrator, provisioner, auditor";
    let (admin, owner) = ("administrator", "conference-room-owner");
    let bad = "?from-date=2026-13-01T00:00:00";
    let backwards = "?from-date=2026-11-02T00:00:00&to-date=2026-11-01T00:00:00";
    let read = ("Allow", "GET, HEAD, OPTIONS");
    let cases = [
        (Nothing, admin, &get, bad, 400, "cannot be read", NONE),
        (Nothing, admin, &head, bad, 400, "cannot be read", NONE),
        (Nothing, admin, &post, "/generate-cdrs?to-date=tomorrow", 400, "cannot be read", NONE),
        (Nothing, admin, &get, "/download-cdrs?to-date=%ff", 400, "cannot be read", NONE),
        (Nothing, "", &get, "", 401, "Unauthorized", challenge),
        (Nothing, "", &post, "/generate-cdrs", 401, "Unauthorized", challenge),
        (Nothing, "", &get, "/status", 401, "Unauthorized", challenge),
        (Nothing, "", &get, "/download-cdrs", 401, "Unauthorized", challenge),
        (Nothing, "", &get, "/nothing", 401, "Unauthorized", challenge),
        (Nothing, "nobody", &get, "/status", 401, "Unauthorized", challenge),
        (Nothing, owner, &get, "", 403, denied, NONE),
        (Nothing, owner, &post, "/generate-cdrs", 403, denied, NONE),
        (Nothing, owner, &get, "/status", 403, denied, NONE),
        (Completed, owner, &get, "/download-cdrs", 403, denied, NONE),
        (Nothing, owner, &get, "/nothing", 403, denied, NONE),
        (Nothing, admin, &get, "/nothing", 404, "nothing at this address", NONE),
        (Nothing, admin, &get, "/status/more", 404, "nothing at this address", NONE),
        (Nothing, admin, &get, "/download-cdrs", 404, "No CDR file is ready", NONE),
        (Failed, admin, &get, "/download-cdrs", 404, "No CDR file is ready", NONE),
        (Lost, admin, &get, "/download-cdrs", 404, "No CDR file is ready", NONE),
        (
            Completed,
            admin,
            &get,
            "/download-cdrs?from-date=2026-11-23T00:00:00",
            404,
            "another window: from-date 2026-11-24T00:00:00.000+00:00, to-date 2026-11-24T23:59:59.999+00:00",
            NONE,
        ),
        (Nothing, admin, &post, "", 405, "not allowed here", read),
        (Nothing, admin, &Method::DELETE, "/status", 405, "not allowed here", read),
        (Nothing, admin, &Method::PUT, "/download-cdrs", 405, "not allowed here", read),
        (Nothing, admin, &get, "/generate-cdrs", 405, "not allowed here", ("Allow", "POST, OPTIONS")),
        (Nothing, admin, &head, "/generate-cdrs/", 405, "not allowed here", ("Allow", "POST, OPTIONS")),
        (Nothing, admin, &get, backwards, 409, "from-date is after to-date", NONE),
        (
            Nothing,
            admin,
            &get,
            "/download-cdrs?from-date=2026-11-02T00:00:00&to-date=2026-11-01T00:00:00",
            409,
            "from-date is after",
            NONE,
        ),
        (Pending, admin, &post, "/generate-cdrs", 409, "Another CDR generation is under way", NONE),
        (Pending, "auditor", &post, "/generate-cdrs", 409, "Another CDR generation is under way", NONE),
        (Pending, admin, &get, "/download-cdrs", 409, "still being generated", NONE),
        (Full, admin, &post, "/generate-cdrs", 503, "as many CDR files", ("Retry-After", "60")),
        (Throttled, "auditor", &get, "/status", 429, "Too many attempts", ("Retry-After", "2")),
        (Broken, admin, &get, "", 500, "could not answer", NONE),
        (Busy, admin, &get, "", 503, "cannot answer for now", ("Retry-After", "5")),
        (NoLive, admin, &get, "", 503, "Too many CDR files are being streamed", ("Retry-After", "5")),
    ];
    for (setup, name, method, path, status, words, header) in cases {
        let (_home, dma) = fixture(setup).await;
        check(&dma, || request(name, method.clone(), path), status, words, header).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn invalid_credentials_are_rejected() {
    let (_home, dma) = fixture(Setup::Nothing).await;
    let token = basic("administrator", PASSWORD);
    for wrong in ["Basic", "Basic ", "Basic nonsense!", "Basic bm8gY29sb24=", "Bearer abc", &token["Basic ".len()..]] {
        let asked = || request("", Method::GET, "/status").insert_header(("Authorization", wrong));
        assert_eq!(ask(&dma, asked()).await.status, 401, "{wrong}");
    }
    let mistyped = basic("administrator", "another password");
    assert_eq!(
        ask(&dma, request("", Method::GET, "/status").insert_header(("Authorization", mistyped))).await.status,
        401
    );
    for spelt in [b"m\xc3\xbcller:".as_slice(), b"m\xfcller:"] {
        let token = format!("Basic {}", STANDARD.encode([spelt, PASSWORD.as_bytes()].concat()));
        let asked = request("", Method::GET, "/status").insert_header(("Authorization", token));
        assert_eq!(ask(&dma, asked).await.status, 200, "in UTF-8 and in Latin-1: {spelt:?}");
    }
    let shouted = token.replace("Basic", "BASIC");
    assert_eq!(
        ask(&dma, request("", Method::GET, "/status").insert_header(("Authorization", shouted))).await.status,
        200
    );
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_status_in_neither_encoding_is_rejected() {
    let (_home, dma) = fixture(Setup::Nothing).await;
    for (accept, kind) in [
        ("text/html", "application/vnd.plcm.plcm-error+xml"),
        ("application/vnd.plcm.plcm-call-list+json", "application/vnd.plcm.plcm-error+json"),
    ] {
        let answer = ask(&dma, request("auditor", Method::GET, "/status").insert_header(("Accept", accept))).await;
        assert_eq!((answer.status, answer.header("Content-Type")), (406, kind), "{accept}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_body_is_ignored_unless_it_is_too_large() {
    let (fixture, dma) = fixture(Setup::Nothing).await;
    let with = |bytes: usize| request("administrator", Method::POST, "/generate-cdrs").set_payload(vec![b'x'; bytes]);
    let announced = |bytes: &'static str| {
        request("administrator", Method::POST, "/generate-cdrs").insert_header(("Content-Length", bytes))
    };
    check(&dma, || with(64 * 1024 + 1), 413, "too large a body", ("Location", "")).await;
    check(&dma, || announced("99999999999"), 413, "too large a body", ("Location", "")).await;
    assert!(fixture.mediation.tally().unwrap().pending == 0, "no export was started");
    assert_eq!(ask(&dma, with(64 * 1024)).await.status, 202);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_position_of_an_error_is_reported() {
    let (_home, dma) = fixture(Setup::Nothing).await;
    let asked =
        request("auditor", Method::GET, "?from-date=2026-13-01T00:00:00").insert_header(("Accept", "application/json"));
    let error = ask(&dma, asked).await.json();
    assert_eq!(error["technicalDetails"], "from-date: month 13 at character 6, expected 01 to 12");
}
