//! Tokens on every request: cases K30 to K50, on every endpoint.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cdr_mediation::ExportStatus;
use serde_json::{Value, json};

use super::support::{A1, Answer, LOGIN, Start, YetiFixture, now, request, uuid_of};
use crate::yeti::token::Audience;

const COOKIE: &str = "_yeti_customer_v1_session";

/// Endpoints, and their status with a valid token.
fn endpoints(fixture: &YetiFixture) -> Vec<(String, u16)> {
    let id = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    vec![
        ("/auth".to_owned(), 200),
        ("/accounts".to_owned(), 200),
        (format!("/accounts/{}", uuid_of(A1)), 200),
        ("/cdr-exports".to_owned(), 200),
        (format!("/cdr-exports/{id}"), 200),
        (format!("/cdr-exports/{id}/account"), 200),
        (format!("/cdr-exports/{id}/relationships/account"), 200),
        (format!("/cdr-exports/{id}/download"), 200),
        ("/cdrs".to_owned(), 200),
        ("/cdrs/1".to_owned(), 404),
    ]
}

type Change = fn(TestRequest, &YetiFixture) -> TestRequest;

/// Sends a request to every endpoint.
async fn everywhere(start: Start, change: Change) -> Vec<(String, Answer, u16)> {
    let fixture = start.fixture();
    let mut answers = Vec::new();
    for (path, expected) in endpoints(&fixture) {
        let answer = fixture.send(change(request(Method::GET, &path), &fixture)).await;
        answers.push((path, answer, expected));
    }
    answers
}

async fn lets_in(case: &str, start: Start, change: Change) -> Vec<Answer> {
    let answers = everywhere(start, change).await;
    answers.iter().for_each(|(path, answer, expected)| assert_eq!(answer.status, *expected, "{case} {path}"));
    answers.into_iter().map(|(_, answer, _)| answer).collect()
}

async fn keeps_out(case: &str, change: Change) {
    for (path, answer, _) in everywhere(Start::default(), change).await {
        let (status, code, title, detail) = answer.error();
        assert_eq!((status, &*code, &*title), (401, "401", "Authorization failed"), "{case} {path}");
        assert_eq!(detail, "Authorization token expired or incorrect.");
        assert_eq!(answer.header("Set-Cookie"), "", "{case} {path}");
    }
}

fn permanent() -> Start {
    Start::default().with(|options| options.token_lifetime = None)
}

fn header(request: TestRequest, token: impl AsRef<str>) -> TestRequest {
    request.insert_header(("Authorization", token.as_ref()))
}

fn cookie(request: TestRequest, token: impl AsRef<str>) -> TestRequest {
    request.insert_header(("Cookie", format!("a=b; {COOKIE}={}; c=d", token.as_ref())))
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k30_and_k31_a_header_is_accepted_and_gets_no_cookie() {
    let changes: [(&str, Change); 4] = [
        ("K30", |it, fixture| header(it, fixture.good())),
        ("K30 Bearer", |it, fixture| header(it, format!("Bearer {}", fixture.good()))),
        ("K30 any word", |it, fixture| header(it, format!("  Token   {} ", fixture.good()))),
        ("K31", |it, fixture| header(it, fixture.token(LOGIN, None))),
    ];
    for (case, change) in changes {
        for answer in lets_in(case, Start::default(), change).await {
            assert_eq!(answer.header("Set-Cookie"), "", "{case}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k33_to_k36_invalid_tokens_are_rejected() {
    let changes: [(&str, Change); 10] = [
        ("K33", |it, _| header(it, "invalid")),
        ("K34", |it, _| it),
        ("K34 blank", |it, _| header(it, " ")),
        ("K35", |it, fixture| header(it, fixture.token(LOGIN, Some(now() - 1)))),
        ("K35 now", |it, fixture| header(it, fixture.token(LOGIN, Some(now())))),
        ("K36", |it, fixture| header(it, fixture.token(LOGIN + 1, Some(now() + 60)))),
        ("sub as a text", |it, fixture| header(it, fixture.token("12", Some(now() + 60)))),
        ("sub of a token with its own claims", |it, fixture| header(it, fixture.token("D", Some(now() + 60)))),
        ("another audience", |it, fixture| {
            header(it, fixture.yeti.0.tokens.issue(LOGIN, Audience::Administrators, Some(now() + 60)))
        }),
        ("not signed", |it, _| {
            let claims = format!(r#"{{"sub":{LOGIN},"aud":["customer-v1"],"exp":{}}}"#, now() + 60);
            let parts = [r#"{"alg":"none"}"#, &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
            header(it, format!("{}.{}.", parts[0], parts[1]))
        }),
    ];
    for (case, change) in changes {
        keeps_out(case, change).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k37_to_k41_a_cookie_is_accepted_and_renewed() {
    let changes: [(&str, Change); 2] = [
        ("K37, K38", |it, fixture| cookie(it, fixture.good())),
        ("K39", |it, fixture| cookie(it, fixture.token(LOGIN, None))),
    ];
    for (case, change) in changes {
        for answer in lets_in(case, Start::default(), change).await {
            let (token, rest) = renewed(&answer);
            assert_eq!(rest, "path=/; expires=Thu, 14 Nov 2024 10:06:05 GMT; httponly; samesite=lax", "{case}");
            assert_eq!(claims(&token), json!({"sub": LOGIN, "aud": ["customer-v1"], "exp": now() + 600}), "{case}");
        }
        for answer in lets_in("K40, K41", permanent(), change).await {
            let (token, rest) = renewed(&answer);
            assert_eq!(rest, "path=/; httponly; samesite=lax");
            assert_eq!(claims(&token), json!({"sub": LOGIN, "aud": ["customer-v1"]}));
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn k46_to_k50_invalid_cookies_are_rejected() {
    let changes: [(&str, Change); 6] = [
        ("K46", |it, _| cookie(it, "invalid")),
        ("K47", |it, fixture| cookie(it, fixture.token(LOGIN, Some(now() - 1)))),
        ("K48", |it, fixture| cookie(it, fixture.token(LOGIN + 1, Some(now() + 60)))),
        ("K49", |it, fixture| header(cookie(it, fixture.good()), "invalid")),
        ("K50", |it, _| cookie(it, "logout")),
        ("another name", |it, fixture| it.insert_header(("Cookie", format!("x{COOKIE}={}", fixture.good())))),
    ];
    for (case, change) in changes {
        keeps_out(case, change).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn with_permanent_tokens_no_expiry_is_checked() {
    lets_in("expired", permanent(), |it, fixture| header(it, fixture.token(LOGIN, Some(1)))).await;
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_removed_login_is_rejected_immediately() {
    let fixture = YetiFixture::new();
    assert_eq!(fixture.get("/cdr-exports").await.status, 200);
    fixture.yeti.0.services.access.logins.remove_login("acme").unwrap();
    assert_eq!(fixture.get("/cdr-exports").await.status, 401);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_configured_key_accepts_tokens_signed_elsewhere() {
    let key = b"the secret_key_base of another system".to_vec();
    let elsewhere = crate::yeti::token::Tokens::new(key.clone());
    let token = elsewhere.issue(LOGIN, Audience::Customers, Some(now() + 60));
    let fixture = Start::default().with(|options| options.jwt_key = Some(key)).fixture();
    let asked = async |fixture: &YetiFixture| fixture.send(header(request(Method::GET, "/accounts"), &token)).await;
    assert_eq!(asked(&fixture).await.status, 200);
    assert_eq!(asked(&YetiFixture::new()).await.status, 401);
}

fn renewed(answer: &Answer) -> (String, String) {
    let (token, rest) = answer.header("Set-Cookie").split_once("; ").unwrap();
    (token.split_once('=').unwrap().1.to_owned(), rest.to_owned())
}

fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}
