//! The log of customers who sign in, order and download contains no credentials.

use serde_json::json;

use super::portal::{CUSTOMER, JSON_API, Portal, SUPPORT};
use crate::harness::Tollbook;
use crate::server::client::send;
use crate::server::support::{NAME, PASSWORD};

#[test]
fn logs_contain_no_token_and_no_password() {
    let tollbook = Tollbook::with_accounts(100);
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&["--set", "log.format=json"]);
    let wrong = "a wrong password";
    let base = format!("{}{CUSTOMER}", server.http);
    let body = |password: &str| json!({"auth": {"login": "quill", "password": password}}).to_string();
    for (password, status) in [(PASSWORD, 201), (wrong, 401)] {
        for kind in ["application/json", JSON_API] {
            let reply = send("POST", &format!("{base}/auth"), &[("Content-Type", kind)], body(password).as_bytes());
            assert_eq!(reply.status, status, "{kind}: {}", reply.text());
        }
    }
    let whole = body(wrong);
    let torn = &whole[..whole.len() - 2];
    assert_eq!(
        send("POST", &format!("{base}/auth"), &[("Content-Type", "application/json")], torn.as_bytes()).status,
        400
    );

    let portal = Portal::sign_in(&server, "quill");
    let id = portal.order(SUPPORT);
    portal.reaches(&id, "Completed");
    assert_eq!(portal.download(&id).status, 200);
    let cookie = format!("_yeti_customer_v1_session={}", portal.token);
    let renewed = send("GET", &format!("{base}/cdr-exports"), &[("Cookie", &cookie)], b"");
    assert_eq!(renewed.status, 200, "{}", renewed.text());
    let renewed = renewed.header("Set-Cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(renewed.matches('.').count(), 2, "{renewed}");
    let broken = format!("{}x", portal.token);
    assert_eq!(send("GET", &format!("{base}/cdr-exports"), &[("Authorization", &broken)], b"").status, 401);
    let administrator = Portal::sign_in_as_administrator(&server, NAME);
    let query = format!("{}/api/rest/admin/cdr-exports?token={}", server.http, administrator.token);
    let last = send("GET", &query, &[("Accept", JSON_API)], b"");
    assert_eq!(last.status, 200, "{}", last.text());

    let log = tollbook.log_of(server);
    assert!(log.contains("/api/rest/customer/v1/cdr-exports"), "requests are logged: {log}");
    // The last part of a token is its signature.
    let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    let signatures = [&portal.token, &renewed, &administrator.token].map(|token| signature(token));
    let secrets = [PASSWORD, wrong].into_iter().chain(signatures.iter().map(String::as_str));
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}
