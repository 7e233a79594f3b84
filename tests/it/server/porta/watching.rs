//! Logs and metrics of requests with a licence never contain the licence.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::support::LICENCE;
use crate::harness::Tollbook;
use crate::server::support::until;

#[test]
fn a_licence_is_in_no_log_no_metric_and_no_referer() {
    let tollbook = Tollbook::with_calls(200, 3);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (_, customer) = tollbook.numbers_of("hls-0001");
    let server = tollbook.serve(&["--set", "log.level=trace", "--set", "log.format=json"]);
    let days = "2026-01-01/2027-01-01";
    for (path, status) in [
        (format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/{days}/true"), 200),
        (format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/{days}/true.json?callback=f"), 200),
        (format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/{days}/perhaps.json"), 400),
        (format!("/getCustomerAccountCDRS/{LICENCE}/999999/{days}/true.json"), 404),
        (format!("/getCustomerAccountCDRS/{LICENCE}x/{customer}/{days}/true.json"), 403),
        (format!("/getCDRS/{LICENCE}"), 404),
        (format!("/json/reply/PortaCDR?License={LICENCE}&ICustomer=abc"), 400),
        (format!("/json/reply/{LICENCE}"), 405),
    ] {
        let answer = server.ask("", "GET", &path, &[("Referer", &format!("http://here/{LICENCE}"))]);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("Referrer-Policy"), "no-referrer");
        assert_eq!(answer.header("Cache-Control"), "no-store");
    }
    let metrics = server.ask("", "GET", "/metrics", &[]);
    let log = tollbook.log_of(server);
    let pattern = "pattern=\"/getCustomerAccountCDRS/{License}/{ICustomer}/{FromDate}/{ToDate}/{IncludeAccounts}\"";
    assert!(metrics.text().contains(pattern), "{}", metrics.text());
    assert!(!metrics.text().contains(LICENCE), "{}", metrics.text());
    assert!(log.contains("/{format}/reply/{operation}") && log.contains("unmatched"), "{log}");
    assert!(!log.contains(LICENCE), "{log}");
    let store = tollbook.kept();
    assert!(!store.windows(LICENCE.len()).any(|bytes| bytes == LICENCE.as_bytes()), "the store contains the licence");
}

#[test]
fn slow_clients_are_disconnected_and_waiting_ones_are_served() {
    let tollbook = Tollbook::with_calls(60_000, 30);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (_, customer) = tollbook.numbers_of("hls-0001");
    let path = format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/2026-01-01/2027-01-01/3/true.xml");
    let server = tollbook.serve(&["--set", "porta.open=2", "--set", "porta.stall_seconds=5"]);
    let connect = || {
        let mut stream = TcpStream::connect(server.http.trim_start_matches("http://")).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").unwrap();
        let mut first = [0; 1];
        stream.read_exact(&mut first).unwrap();
        stream
    };
    let _slow = [connect(), connect()];
    // All room for long answers is taken by clients that read nothing. They are disconnected, and the third one is served.
    let ask = || Some(server.ask("", "GET", &path, &[])).filter(|answer| answer.status != 503);
    let answer = until("the third client is served", ask);
    assert_eq!(answer.status, 200);
    let end = String::from_utf8_lossy(&answer.body[answer.body.len().saturating_sub(100)..]);
    assert!(end.ends_with("</PortaCDRResponse>"), "{end}");
    let idle = until("no connection to the store is in use", || {
        let metrics = server.ask("", "GET", "/metrics", &[]);
        let text = metrics.text().to_owned();
        let in_use =
            text.lines().find(|line| line.starts_with("tollbook_pool_connections{") && line.contains("in_use"));
        in_use.filter(|line| line.ends_with(" 0")).map(str::to_owned)
    });
    assert!(!idle.is_empty(), "{idle:?}");
}
