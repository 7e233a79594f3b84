//! Signing in and out: cases K01 to K26.

use std::time::Duration;

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cdr_access::Login;
use serde_json::{Value, json};

use super::support::{Answer, LOGIN, PASSWORD, Start, YetiFixture, now, request};
use crate::origin::{Origins, ProxyHeader};

const COOKIE: &str = "_yeti_customer_v1_session";
/// `exp` of a token that is valid for ten minutes, and the same as a date.
const EXPIRES: i64 = 1_731_578_765;
const EXPIRES_DATE: &str = "Thu, 14 Nov 2024 10:06:05 GMT";

fn permanent() -> Start {
    Start::default().with(|options| options.token_lifetime = None)
}

async fn sign_in(fixture: &YetiFixture, auth: Value) -> Answer {
    sign_in_from(fixture, auth, "127.0.0.1", &[]).await
}

async fn sign_in_from(fixture: &YetiFixture, auth: Value, address: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = request(Method::POST, "/auth").insert_header(("Content-Type", "application/json"));
    request = request.peer_addr(format!("{address}:4711").parse().unwrap());
    for header in headers {
        request = request.insert_header(*header);
    }
    fixture.send(request.set_payload(json!({"auth": auth}).to_string())).await
}

fn right() -> Value {
    json!({"login": "acme", "password": PASSWORD})
}

fn with_cookie(mut auth: Value) -> Value {
    auth["cookie_auth"] = "true".into();
    auth
}

fn payload(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The token in a cookie, and the attributes of the cookie.
fn cookie(answer: &Answer) -> (String, String) {
    let (token, rest) = answer.header("Set-Cookie").split_once("; ").unwrap();
    (token.strip_prefix(&format!("{COOKIE}=")).unwrap().to_owned(), rest.to_owned())
}

fn assert_failed(answer: &Answer) {
    let expected = json!({"errors": [{
        "title": "Authentication failed", "detail": "Incorrect login or password.", "code": "401", "status": "401",
    }]});
    assert_eq!((answer.status, answer.text()), (401, &*expected.to_string()));
    assert_eq!((answer.header("Set-Cookie"), answer.header("Content-Type")), ("", "application/json"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k01_and_k02_a_token() {
    for (start, expected) in [
        (Start::default(), json!({"sub": LOGIN, "aud": ["customer-v1"], "exp": EXPIRES})),
        (permanent(), json!({"sub": LOGIN, "aud": ["customer-v1"]})),
    ] {
        let answer = sign_in(&start.fixture(), right()).await;
        assert_eq!((answer.status, answer.header("Set-Cookie")), (201, ""));
        assert_eq!(answer.header("Cache-Control"), "no-store");
        let body = answer.json();
        assert_eq!(body.as_object().unwrap().len(), 1);
        assert_eq!(payload(body["jwt"].as_str().unwrap()).to_string(), expected.to_string());
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k03_and_k04_a_cookie() {
    for (start, rest) in [
        (Start::default(), format!("path=/; expires={EXPIRES_DATE}; httponly; samesite=lax")),
        (permanent(), "path=/; httponly; samesite=lax".to_owned()),
    ] {
        let answer = sign_in(&start.fixture(), with_cookie(right())).await;
        assert_eq!((answer.status, answer.text()), (201, ""));
        let (token, found) = cookie(&answer);
        assert_eq!((found, payload(&token)["sub"].clone()), (rest, json!(LOGIN)));
    }
    let mut start = Start::default();
    start.origins.public_url = Some("https://yeti.example".to_owned());
    assert!(cookie(&sign_in(&start.fixture(), with_cookie(right())).await).1.ends_with("; samesite=lax; secure"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k05_to_k08_the_cause_of_a_failure_is_not_revealed() {
    for wrong in [
        json!({"login": "acme", "password": "another password"}),
        json!({"login": "acme "}),
        json!({"login": "nobody", "password": PASSWORD}),
        json!({"login": ["acme"], "password": {"a": 1}}),
    ] {
        assert_failed(&sign_in(&YetiFixture::new(), wrong.clone()).await);
        assert_failed(&sign_in(&YetiFixture::new(), with_cookie(wrong)).await);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k09_to_k14_addresses_that_a_login_may_use() {
    let header = ProxyHeader::XRealIp;
    let proxies = || Origins { proxies: vec!["10.0.0.1".parse().unwrap()], header, ..Origins::default() };
    let behind = ("X-Real-IP", "192.168.0.7");
    for (case, allowed, address, headers, lets_in) in [
        ("K09", "10.0.0.0/8", "127.0.0.1", &[][..], false),
        ("K11", "0.0.0.0/0", "104.81.225.117", &[], true),
        ("K13", "192.168.0.0/24", "192.169.1.1", &[], false),
        ("", "192.168.0.0/24", "192.168.0.7", &[], true),
        ("trusted proxy", "192.168.0.0/24", "10.0.0.1", &[behind], true),
        ("unknown proxy", "192.168.0.0/24", "203.0.113.9", &[behind], false),
        ("not named", "10.0.0.0/8", "10.0.0.1", &[("X-Forwarded-For", "2.2.2.2")], false),
        ("not named", "0.0.0.0/0", "10.0.0.1", &[("X-Forwarded-For", "2.2.2.2")], true),
    ] {
        for auth in [right(), with_cookie(right())] {
            let mut start = Start { origins: proxies(), ..Start::default() };
            start.login = Login { allowed_ips: vec![allowed.parse().unwrap()], ..start.login };
            let answer = sign_in_from(&start.fixture(), auth, address, headers).await;
            match lets_in {
                true => assert_eq!(answer.status, 201, "{case} {allowed} {address}"),
                false => assert_failed(&answer),
            }
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k15_to_k18_permissions_of_a_login() {
    for allow_recordings in [false, true] {
        let mut start = Start::default();
        start.login.allow_recordings = allow_recordings;
        let fixture = start.fixture();
        let request =
            request(Method::GET, "/auth").insert_header(("Authorization", format!("Bearer {}", fixture.good())));
        let answer = fixture.send(request).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"allow-rec": allow_recordings})));
        assert_eq!((answer.header("Content-Type"), answer.header("Set-Cookie")), ("application/json", ""));
    }
    let answer = YetiFixture::new().send(request(Method::GET, "/auth")).await;
    assert_eq!(
        (answer.error().2.as_str(), answer.header("Content-Type")),
        ("Authorization failed", "application/json")
    );
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k23_to_k25_signing_out_always_works() {
    let fixture = YetiFixture::new();
    let with = |name, value| request(Method::DELETE, "/auth").insert_header((name, value));
    for request in [
        request(Method::DELETE, "/auth"),
        with("Authorization", fixture.good()),
        with("Cookie", format!("{COOKIE}={}", fixture.good())),
        with("Authorization", "invalid".to_owned()),
    ] {
        let answer = fixture.send(request).await;
        assert_eq!((answer.status, answer.text()), (204, ""));
        let expected =
            format!("{COOKIE}=logout; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly; samesite=lax");
        assert_eq!(answer.header("Set-Cookie"), expected);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k26_the_session_of_a_browser() {
    let fixture = YetiFixture::new();
    let token = sign_in(&fixture, right()).await.json()["jwt"].as_str().unwrap().to_owned();
    let as_before = request(Method::GET, "/cdr-exports").insert_header(("Authorization", token));
    assert_eq!(fixture.send(as_before).await.status, 200);

    let (token, _) = cookie(&sign_in(&fixture, with_cookie(right())).await);
    let with = |token: &str| request(Method::GET, "/auth").insert_header(("Cookie", format!("{COOKIE}={token}")));
    let shown = fixture.send(with(&token)).await;
    assert_eq!((shown.status, payload(&cookie(&shown).0)["exp"].clone()), (200, json!(EXPIRES)));
    let out = fixture.send(request(Method::DELETE, "/auth")).await;
    assert_eq!(fixture.send(with(&cookie(&out).0)).await.status, 401);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_form_signs_in_too() {
    let fixture = YetiFixture::new();
    let parts = |members: &[(&str, &str)]| {
        let part = |(name, value): &(&str, &str)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        members.iter().map(part).collect::<String>() + "--x--\r\n"
    };
    let encoded = PASSWORD.replace(' ', "+");
    let (form, in_parts) = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x");
    for (content_type, body, status) in [
        (form, format!("auth[login]=acme&auth[password]={encoded}"), 201),
        (
            "application/x-www-form-urlencoded; charset=utf-8",
            format!("auth%5Blogin%5D=acme&auth%5Bpassword%5D={encoded}"),
            201,
        ),
        (form, "auth[login]=acme&auth[password]=wrong".to_owned(), 401),
        (form, format!("login=acme&password={encoded}"), 400),
        (form, json!({"auth": right()}).to_string(), 201),
        (in_parts, parts(&[("auth[login]", "acme"), ("auth[password]", PASSWORD)]), 201),
        (in_parts, parts(&[("auth[login]", "acme"), ("auth[password]", "wrong")]), 401),
        (in_parts, "--y".to_owned(), 400),
    ] {
        let request = request(Method::POST, "/auth").insert_header(("Content-Type", content_type));
        let answer = fixture.send(request.set_payload(body.clone())).await;
        assert_eq!(answer.status, status, "{content_type} {body}: {}", answer.text());
        assert_eq!(answer.header("Content-Type"), "application/json");
        assert_eq!(status == 201, answer.json()["jwt"].is_string(), "{body}");
    }
    let body = format!("auth[login]=acme&auth[password]={encoded}&auth[cookie_auth]=1");
    let request = request(Method::POST, "/auth").insert_header(("Content-Type", form)).set_payload(body);
    let answer = fixture.send(request).await;
    assert_eq!((answer.status, answer.text()), (201, ""));
    assert_eq!(payload(&cookie(&answer).0)["sub"], LOGIN);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn malformed_sign_ins_are_rejected() {
    let fixture = YetiFixture::new();
    for (body, status) in [("", 400), ("{", 400), ("[]", 400), ("{}", 400), (r#"{"auth":"acme"}"#, 400)] {
        let answer = fixture.send(request(Method::POST, "/auth").set_payload(body)).await;
        assert_eq!(answer.error().0, status, "{body}");
    }
    for (cookie_auth, wants) in [(json!(true), true), (json!(false), false), (json!("0"), false), (json!(null), false)]
    {
        let mut auth = right();
        auth["cookie_auth"] = cookie_auth;
        assert_eq!(sign_in(&fixture, auth).await.text().is_empty(), wants);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn repeated_failures_are_delayed_and_not_locked_out() {
    let fixture = YetiFixture::new();
    let address = "127.0.0.1".parse().unwrap();
    for failures in 0..4 {
        let delay = fixture.yeti.0.services.logins.delay("acme", address);
        assert_eq!(delay.is_zero(), failures < 3, "after {failures}");
        assert_failed(&sign_in(&fixture, json!({"login": "acme", "password": "wrong"})).await);
    }
    assert!(fixture.yeti.0.services.logins.delay("acme", address) <= Duration::from_secs(2));
    assert_eq!(sign_in(&fixture, right()).await.status, 201);
    assert_eq!(now() + 600, EXPIRES);
}
