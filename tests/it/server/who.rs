//! The log says who asked: the client's address, the name of the caller, and refused attempts to sign in.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::client::send;
use super::porta::support::LICENCE;
use super::support::{NAME, PASSWORD, Server, basic};
use super::yeti::portal::{CUSTOMER, Portal, SUPPORT};
use crate::harness::{Tollbook, root};

/// The address of the client behind a trusted proxy on this machine.
const CLIENT: &str = "203.0.113.9";
/// Names that look like the end of a line and the beginning of another. That of a user has no colon.
const HOSTILE: &str = "x\" client=198.51.100.1} a sign-in refused client=198.51.100.1 ";
const HOSTILE_LOGIN: &str = "x\" client=198.51.100.1}: a: sign-in refused client=198.51.100.1 ";
const WRONG: &str = "hunter2 hunter2";
const TYPED: &str = "my secret instead of a name";
const ADMIN_AUTH: &str = "/api/rest/admin/auth";

fn serving(more: &[&str]) -> (Tollbook, Server) {
    let tollbook = Tollbook::with_accounts(100);
    tollbook.user(NAME, "administrator");
    tollbook.user(HOSTILE, "administrator");
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.login(HOSTILE_LOGIN, SUPPORT, &[]);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let server = tollbook.serve(&[&["--set", "proxies=127.0.0.1"], more].concat());
    (tollbook, server)
}

fn from_client(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let headers = [headers, &[("X-Forwarded-For", CLIENT)]].concat();
    send(method, &format!("{}{path}", server.http), &headers, body.as_bytes()).status
}

/// HTTP Basic with a wrong password.
fn wrong(name: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{WRONG}")))
}

#[test]
fn every_line_of_a_request_names_the_client_and_the_caller() {
    let (tollbook, server) = serving(&[]);
    let status = "/api/rest/billing/status";
    assert_eq!(from_client(&server, "GET", status, &[("Authorization", &basic(NAME))], ""), 200);
    let portal = Portal::sign_in(&server, "quill");
    let token = [("Authorization", portal.token.as_str())];
    assert_eq!(from_client(&server, "GET", &format!("{CUSTOMER}/accounts"), &token, ""), 200);
    let admin = Portal::sign_in_as_administrator(&server, NAME);
    let token = [("Authorization", admin.token.as_str())];
    assert_eq!(from_client(&server, "GET", "/api/rest/admin/cdr-exports", &token, ""), 200);
    let (_, customer) = tollbook.numbers_of(SUPPORT.number);
    let path = format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/2026-01-01/2026-01-02/true.json");
    assert_eq!(from_client(&server, "GET", &path, &[], ""), 200);
    assert_eq!(from_client(&server, "GET", "/health/live", &[], ""), 200);
    let direct = send("GET", &format!("{}/health/live", server.http), &[], b"");
    assert_eq!(direct.status, 200);

    let log = tollbook.log_of(server);
    let answered: Vec<&str> = log.lines().filter(|line| line.contains(": answered ")).collect();
    for (pattern, client, caller) in [
        (status, CLIENT, Some("user=\"admin\"")),
        ("customer/v1/accounts", CLIENT, Some("login=\"quill\"")),
        ("customer/v1/auth", "127.0.0.1", Some("login=\"quill\"")),
        ("admin/cdr-exports", CLIENT, Some("user=\"admin\"")),
        (ADMIN_AUTH, "127.0.0.1", Some("user=\"admin\"")),
        ("/getCustomerAccountCDRS/", CLIENT, Some("licence=\"reader\"")),
        ("/health/live", CLIENT, None),
        ("/health/live", "127.0.0.1", None),
    ] {
        let found = answered.iter().any(|line| {
            line.contains(pattern)
                && line.contains(&format!(" client={client}"))
                && caller.map_or(line.contains(&format!("client={client}}}")), |caller| line.contains(caller))
        });
        assert!(found, "{pattern} of {client} by {caller:?}: {log}");
    }
    assert!(!log.contains("sign-in refused"), "{log}");
}

/// The filter for fail2ban in the document, as a regular expression.
fn filter() -> regex_lite::Regex {
    let text = std::fs::read_to_string(root().join("docs/OPERATIONS.md")).unwrap();
    let filter = text.lines().find_map(|line| line.strip_prefix("failregex = ")).unwrap();
    regex_lite::Regex::new(&filter.replace("<ADDR>", "(?P<addr>[0-9A-Fa-f:.]+)")).unwrap()
}

#[test]
fn a_refused_sign_in_is_a_line_that_fail2ban_reads() {
    let (tollbook, server) = serving(&["--set", "log.level=trace"]);
    let auth = |member: &str, name: &str| json!({"auth": {member: name, "password": WRONG}}).to_string();
    let json = [("Content-Type", "application/json")];
    let mut expected = Vec::new();
    for (name, shown) in [(NAME, Some(NAME)), (TYPED, None), (HOSTILE, Some(HOSTILE))] {
        let status = from_client(&server, "GET", "/api/rest/billing/status", &[("Authorization", &wrong(name))], "");
        assert_eq!(status, 401);
        assert_eq!(from_client(&server, "POST", ADMIN_AUTH, &json, &auth("username", name)), 401);
        expected.extend([("user", shown), ("user", shown)]);
    }
    // The password is right, but the role is missing.
    tollbook.user("auditor", "auditor");
    let auditor = json!({"auth": {"username": "auditor", "password": PASSWORD}}).to_string();
    for _ in 0..2 {
        assert_eq!(from_client(&server, "POST", ADMIN_AUTH, &json, &auditor), 401);
        expected.push(("user", Some("auditor")));
    }
    for (name, shown) in [("quill", Some("quill")), (TYPED, None), (NAME, None), (HOSTILE_LOGIN, Some(HOSTILE_LOGIN))] {
        assert_eq!(from_client(&server, "POST", &format!("{CUSTOMER}/auth"), &json, &auth("login", name)), 401);
        expected.push(("login", shown));
    }
    let refused = format!("/getCustomerAccountCDRS/{LICENCE}x/1/2026-01-01/2026-01-02/true.json");
    assert_eq!(from_client(&server, "GET", &refused, &[], ""), 403);
    expected.push(("licence", None));
    // These are not attempts.
    let forged = "x}: a: sign-in refused client=198.51.100.1 ";
    assert_eq!(from_client(&server, "GET", "/api/rest/billing/status", &[("User-Agent", forged)], ""), 401);
    assert_eq!(from_client(&server, "GET", &format!("{CUSTOMER}/accounts"), &[("Authorization", "x")], ""), 401);
    assert_eq!(from_client(&server, "GET", "/health/live", &[("X-Request-Id", forged)], ""), 200);

    let log = tollbook.log_of(server);
    let filter = filter();
    let mut found = Vec::new();
    for line in log.lines() {
        // fail2ban removes the time before it applies the filter.
        let after_time = line.split_once(' ').unwrap().1;
        if let Some(matched) = filter.captures(after_time) {
            assert_eq!(&matched["addr"], CLIENT, "{line}");
            found.push(line);
        } else {
            assert!(!line.contains("WARN") || !line.contains("sign-in refused"), "it is missed: {line}");
        }
    }
    assert_eq!(found.len(), expected.len(), "{log}");
    for (line, (credential, name)) in found.iter().zip(expected) {
        assert!(line.contains(&format!(" credential={credential}")), "{line}");
        match name {
            Some(name) => assert!(line.contains(&format!(" name={name:?}")), "{line}"),
            None => assert!(!line.contains(" name="), "{line}"),
        }
    }
    for secret in [WRONG, TYPED, PASSWORD, LICENCE, &wrong(NAME)[6..]] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[test]
fn heads_that_cannot_be_read_are_no_errors_of_the_server() {
    let (tollbook, server) = serving(&[]);
    let long = "x".repeat(1 << 20);
    for head in [
        "\u{16}\u{3}\u{1}\u{0}garbage\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\u{0} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost x\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: odd\r\n\r\n",
        &format!("GET /{long} HTTP/1.1\r\n\r\n"),
        "GET / HT",
    ] {
        let mut stream = TcpStream::connect(server.http.trim_start_matches("http://")).unwrap();
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let log = tollbook.log_of(server);
    let errors: Vec<&str> = log.lines().filter(|line| line.contains(" ERROR ") || line.contains(" WARN ")).collect();
    assert_eq!(errors, Vec::<&str>::new());
}
