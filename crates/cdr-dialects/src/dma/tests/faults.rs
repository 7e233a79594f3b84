//! Every way in which the dialect says no.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_mediation::{PortError, Spool};

use super::support::{Home, PASSWORD, YESTERDAY, ask, basic, post, request};
use crate::dma::{Dma, DmaOptions};

/// How things stand when the request comes.
#[derive(Clone, Copy, Debug)]
enum Standing {
    Nothing,
    Pending,
    Completed,
    /// Its file is not there any more.
    Lost,
    Failed,
    /// The store says so before anything is read.
    Broken,
    Busy,
    NoLive,
    Knocking,
}

async fn home(standing: Standing) -> (Home, Dma) {
    let home = Home::with(20);
    let live = if matches!(standing, Standing::NoLive) { 0 } else { 4 };
    let dma = home.dma_with(DmaOptions { live, ..DmaOptions::default() });
    if matches!(standing, Standing::Pending | Standing::Completed | Standing::Lost | Standing::Failed) {
        assert_eq!(post(&dma, &format!("/generate-cdrs?{YESTERDAY}")).await.status, 202);
    }
    if matches!(standing, Standing::Failed | Standing::Broken) {
        home.before_reading(|_| Err(PortError::failed("a secret of the store", "disk 7")));
    }
    match standing {
        Standing::Busy => home.before_reading(|_| Err(PortError::unavailable("a secret of the store", "lock"))),
        Standing::Completed | Standing::Lost | Standing::Failed => home.work(),
        Standing::Knocking => while home.services.users.delay("nobody", IpAddr::V4(Ipv4Addr::UNSPECIFIED)).is_ok() {},
        Standing::Nothing | Standing::Pending | Standing::Broken | Standing::NoLive => (),
    }
    if matches!(standing, Standing::Lost) {
        for key in home.spool.keys().unwrap() {
            home.spool.remove(&key).unwrap();
        }
    }
    (home, dma)
}

/// The refusal in both forms: the same status, the same words, nothing of the store.
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
async fn refusals_come_as_plcm_error_in_xml_and_json() {
    use Standing::{Broken, Busy, Completed, Failed, Knocking, Lost, NoLive, Nothing, Pending};
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
        (Knocking, "auditor", &get, "/status", 429, "Too many attempts", ("Retry-After", "2")),
        (Broken, admin, &get, "", 500, "could not answer", NONE),
        (Busy, admin, &get, "", 503, "cannot answer for now", ("Retry-After", "5")),
        (NoLive, admin, &get, "", 503, "Too many CDR files are being streamed", ("Retry-After", "5")),
    ];
    for (standing, name, method, path, status, words, header) in cases {
        let (_home, dma) = home(standing).await;
        check(&dma, || request(name, method.clone(), path), status, words, header).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn credentials_that_are_none_are_refused_at_once() {
    let (_home, dma) = home(Standing::Nothing).await;
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
async fn a_status_in_neither_form_is_refused() {
    let (_home, dma) = home(Standing::Nothing).await;
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
    let (home, dma) = home(Standing::Nothing).await;
    let with = |bytes: usize| request("administrator", Method::POST, "/generate-cdrs").set_payload(vec![b'x'; bytes]);
    let told = |bytes: &'static str| {
        request("administrator", Method::POST, "/generate-cdrs").insert_header(("Content-Length", bytes))
    };
    check(&dma, || with(64 * 1024 + 1), 413, "too large a body", ("Location", "")).await;
    check(&dma, || told("99999999999"), 413, "too large a body", ("Location", "")).await;
    assert!(home.mediation.tally().unwrap().pending == 0, "nothing was begun");
    assert_eq!(ask(&dma, with(64 * 1024)).await.status, 202);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_place_in_the_text_is_told() {
    let (_home, dma) = home(Standing::Nothing).await;
    let asked =
        request("auditor", Method::GET, "?from-date=2026-13-01T00:00:00").insert_header(("Accept", "application/json"));
    let error = ask(&dma, asked).await.json();
    assert_eq!(error["technicalDetails"], "from-date: month 13 at character 6, expected 01 to 12");
}
