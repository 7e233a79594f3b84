//! Logs, health and metrics of the server, and the data that must not appear in them.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::support::{NAME, PASSWORD, basic};
use crate::harness::{Tollbook, curl, lacks};

#[test]
fn logs_contain_patterns_but_no_request_data() {
    let tollbook = Tollbook::with_calls(100, 1);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&["--set", "log.format=json"]);
    let secret = "s3cr3t";
    let id = server.get(&format!("/api/rest/billing/status?token={secret}")).header("X-Request-Id").to_owned();
    assert!(!id.is_empty(), "a request without an id");
    server.refuses(&format!("/api/rest/billing/{secret}"), 404);
    server.refuses(&format!("/{secret}"), 404);
    assert_eq!(server.post(&format!("/api/rest/billing/generate-cdrs?from-date={secret}")).status, 400);
    server.ask("someone", "GET", "/api/rest/billing", &[("Referer", &format!("http://x/{secret}"))]);
    let log = tollbook.log_of(server);
    assert!(log.contains("/api/rest/billing/status") && log.contains(&id), "{log}");
    for word in [secret, PASSWORD, &basic(NAME)[6..]] {
        assert!(!log.contains(word), "{word} is in the log: {log}");
    }
    for line in log.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

#[test]
fn health_and_metrics_report_the_state() {
    let tollbook = Tollbook::with_calls(100, 1);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&[]);
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(server.ask("", "GET", path, &[]).status, 200, "{path}");
    }
    let generate = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
    server.generates(generate);
    server.finished(NAME);
    // The worker updates its counter shortly after the ledger.
    let counted = "tollbook_exports_finished_total{outcome=\"completed\"} 1";
    let metrics = tollbook.until("the export is counted", || {
        Some(server.ask("", "GET", "/metrics", &[])).filter(|it| it.text().contains(counted))
    });
    for expected in [
        "tollbook_exports{state=\"completed\"} 1",
        "tollbook_exports{state=\"pending\"} 0",
        "tollbook_export_queue_age_seconds 0",
        "pattern=\"/api/rest/billing/generate-cdrs\"",
        "tollbook_export_rows_total",
        "tollbook_pool_connections",
        "tollbook_http_requests_total",
    ] {
        assert!(metrics.text().contains(expected), "{expected} is not in\n{}", metrics.text());
    }
}

#[test]
fn only_the_plain_listener_serves_readiness_and_metrics() {
    if lacks("curl", "what the listener with TLS does not tell") {
        return;
    }
    let tollbook = Tollbook::with_calls(10, 1);
    let server = tollbook.serve_with(&["serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"]);
    for (path, code) in [("/health/live", "200"), ("/health/ready", "404"), ("/metrics", "404")] {
        let output = curl()
            .args(["--silent", "--insecure", "--output", "/dev/null", "--write-out", "%{http_code}"])
            .arg(format!("{}{path}", server.https))
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), code, "{path}");
    }
}

#[test]
fn a_plain_listener_stays_on_loopback_unless_configured() {
    let tollbook = Tollbook::with_calls(10, 1);
    let printed = tollbook.fails(&["serve", "--listen", "0.0.0.0:0", "--tls-listen", ""]);
    assert!(printed.contains("loopback"), "{printed}");
    let printed = tollbook.fails(&["demo", "--listen", "0.0.0.0:0", "--set", "listen_beyond_loopback=true"]);
    assert!(printed.contains("loopback"), "{printed}");
    let configured = ["serve", "--listen", "0.0.0.0:0", "--tls-listen", "", "--set", "listen_beyond_loopback=true"];
    assert!(tollbook.serve_with(&configured).http.starts_with("http://0.0.0.0:"));
}

#[test]
fn a_demo_on_a_busy_port_creates_no_store() {
    let tollbook = Tollbook::without_store();
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    let set = format!("listen={address}");
    for args in [
        ["demo", "--listen", &address, "--tls-listen", "127.0.0.1:0"],
        ["demo", "--listen", "127.0.0.1:0", "--tls-listen", &address],
        ["demo", "--tls-listen", "127.0.0.1:0", "--set", &set],
    ] {
        let printed = tollbook.fails(&args);
        assert!(printed.contains(&format!("cannot listen on {address}")), "{printed}");
        assert!(!tollbook.path("tollbook-data/tollbook.db").exists());
    }
}

#[test]
fn oversized_requests_are_refused_before_they_use_memory() {
    let tollbook = Tollbook::with_calls(10, 1);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&[]);
    // The password is hashed once, which takes nineteen MiB.
    server.status(NAME);
    let before = server.peak_kib();
    let auth = basic(NAME);
    let head = |rest: &str| {
        format!("POST /api/rest/billing/generate-cdrs HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\n{rest}")
    };
    let long = "x".repeat(4 << 20);
    for (what, request) in [
        ("a request line", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("a header", head(&format!("X-Long: {long}\r\n\r\n"))),
        ("a body with a Content-Length", head("Content-Length: 1099511627776\r\n\r\n")),
        ("a chunked body", head(&format!("Transfer-Encoding: chunked\r\n\r\n400000\r\n{long}\r\n0\r\n\r\n"))),
    ] {
        let mut stream = TcpStream::connect(server.http.trim_start_matches("http://")).unwrap();
        // The server may close the connection before the whole request is sent.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let status = String::from_utf8_lossy(&answer).split(' ').nth(1).map(str::to_owned);
        if let Some(status) = status {
            assert!(["400", "413", "414", "431"].contains(&status.as_str()), "{what}: {status}");
        }
    }
    assert_eq!(server.status(NAME)["statusType"], "NOT_STARTED", "none of the requests started a generation");
    let grown = server.peak_kib().saturating_sub(before);
    // The password may have been hashed once more.
    assert!(grown < 32 * 1024, "{grown} KiB more");
}

#[test]
fn a_server_behind_an_unnamed_proxy_warns_at_the_start() {
    let tollbook = Tollbook::new();
    for (settings, warns) in [
        (&[][..], false),
        (&["--set", "public_url=https://cdr.example.com"][..], true),
        (&["--set", "public_url=https://cdr.example.com", "--set", "proxies=10.0.0.1"][..], false),
    ] {
        let _ = std::fs::remove_file(tollbook.path("server.log"));
        let server = tollbook.serve(settings);
        let log = tollbook.log_of(server);
        assert_eq!(log.contains("public_url is set and proxies is empty"), warns, "{settings:?}: {log}");
    }
}
