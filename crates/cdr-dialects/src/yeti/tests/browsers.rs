//! The headers for browsers.

use actix_web::http::Method;
use cdr_mediation::ExportStatus;
use serde_json::json;

use super::support::{A1, Start, YetiFixture, request};

const PORTAL: &str = "https://portal.example";

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn every_answer_has_the_security_headers() {
    let fixture = YetiFixture::new();
    for (path, vary) in [("/accounts", "Accept"), ("/nothing", "Accept"), ("/auth", "Accept")] {
        let answer = fixture.get(path).await;
        for (name, value) in [
            ("X-Frame-Options", "SAMEORIGIN"),
            ("X-XSS-Protection", "0"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Permitted-Cross-Domain-Policies", "none"),
            ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Vary", vary),
            ("Access-Control-Allow-Origin", ""),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn pages_of_certain_origins_may_read_answers() {
    let listed = || Start::default().with(|it| it.cors = vec![PORTAL.to_owned()]).fixture();
    let all = || Start::default().with(|it| it.cors = vec!["*".to_owned()]).fixture();
    for (fixture, origin, allowed, with_cookies) in [
        (listed(), PORTAL, PORTAL, "true"),
        (listed(), "https://evil.example", "", ""),
        (listed(), "https://portal.example.evil", "", ""),
        (all(), "https://evil.example", "*", ""),
        (YetiFixture::new(), PORTAL, "", ""),
    ] {
        for path in ["/accounts", "/nothing"] {
            let answer = fixture.send(fixture.request(Method::GET, path).insert_header(("Origin", origin))).await;
            assert_eq!(answer.header("Access-Control-Allow-Origin"), allowed, "{origin}");
            assert_eq!(answer.header("Access-Control-Allow-Credentials"), with_cookies, "{origin}");
            let vary: Vec<&str> = answer.headers.get_all("Vary").map(|it| it.to_str().unwrap()).collect();
            assert_eq!(vary.contains(&"Origin"), !with_cookies.is_empty(), "{origin}");
        }
    }
}

/// Pages of other origins read a header only if it is named, except for some that every page may read.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn pages_of_other_origins_may_read_the_headers_of_a_download() {
    let fixture = Start::default().with(|it| it.cors = vec![PORTAL.to_owned()]).fixture();
    let id = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    let path = format!("/cdr-exports/{id}/download");
    let answer = fixture.send(fixture.request(Method::GET, &path).insert_header(("Origin", PORTAL))).await;
    let named = answer.header("Access-Control-Expose-Headers").to_ascii_lowercase();
    let named: Vec<&str> = named.split(", ").collect();
    for header in ["Link", "Content-Disposition", "ETag"] {
        assert!(!answer.header(header).is_empty(), "{header}");
        assert!(named.contains(&header.to_ascii_lowercase().as_str()), "{header}: {named:?}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn preflight_requests_are_answered() {
    let asked = || {
        let request = request(Method::OPTIONS, "/cdr-exports").insert_header(("Origin", PORTAL));
        request.insert_header(("Access-Control-Request-Method", "POST"))
    };
    let fixture = Start::default().with(|it| it.cors = vec![PORTAL.to_owned()]).fixture();
    let answer = fixture.send(asked()).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    assert_eq!(answer.header("Access-Control-Allow-Origin"), PORTAL);
    assert!(answer.header("Access-Control-Allow-Methods").contains("POST"));
    assert!(answer.header("Access-Control-Allow-Headers").contains("Authorization"));
    assert_eq!(YetiFixture::new().send(asked()).await.status, 404, "not without configured origins");
}
