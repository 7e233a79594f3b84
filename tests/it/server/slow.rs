//! Clients that are slow or disconnect.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::client::Answer;
use super::support::{NAME, Server, basic, members, until};
use crate::harness::Tollbook;

const ALL: &str = "from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";

/// A connection on which a request was sent and nothing was read.
fn connect(server: &Server, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.http.trim_start_matches("http://")).unwrap();
    let auth = basic(NAME);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\nAuthorization: {auth}\r\n\r\n").unwrap();
    stream
}

/// The number of store connections in use, according to the metrics.
fn in_use(server: &Server) -> u64 {
    let metrics = server.ask("", "GET", "/metrics", &[]);
    let text = metrics.text();
    let line = text.lines().find(|line| line.starts_with("tollbook_pool_connections{") && line.contains("in_use"));
    line.unwrap_or_else(|| panic!("{text}")).rsplit(' ').next().unwrap().parse().unwrap()
}

/// Waits until no store connection is in use. Workers and lookups of names use one briefly.
fn none_in_use(server: &Server) {
    until("no connection to the store is in use", || (in_use(server) == 0).then_some(()));
}

/// A live answer with all calls, as soon as a slot for one is free.
fn when_there_is_room(server: &Server) -> Answer {
    let ask = || Some(server.get(&format!("/api/rest/billing?{ALL}"))).filter(|it| it.status != 503);
    until("a slot for a live answer is free", ask)
}

#[test]
fn slow_clients_hold_no_connection_of_the_store_and_do_not_block_others() {
    let tollbook = Tollbook::with_calls(150_000, 30);
    tollbook.user(NAME, "administrator");
    // There are three store connections in total: if slow clients held them, other clients would be blocked.
    let server =
        tollbook.serve(&["--set", "dma.live=3", "--set", "dma.stall_seconds=600", "--set", "worker.threads=1"]);
    let mut slow: Vec<TcpStream> = (0..3).map(|_| connect(&server, &format!("/api/rest/billing?{ALL}"))).collect();
    for stream in &mut slow {
        let mut first = [0; 1];
        stream.read_exact(&mut first).unwrap();
    }
    // They read one byte each. The answers are written ahead as far as possible, and then hold no store connection.
    none_in_use(&server);
    let fourth = server.get(&format!("/api/rest/billing?{ALL}"));
    assert_eq!(fourth.status, 503, "live answers are counted");
    assert!(!fourth.header("Retry-After").is_empty(), "{fourth:?}");
    for stream in &mut slow {
        let mut next = [0; 1];
        stream.read_exact(&mut next).unwrap();
    }
    server.generates(&format!("/api/rest/billing/generate-cdrs?{ALL}"));
    server.completes(NAME);
    // Slow downloads hold no store connection either.
    let downloads: Vec<TcpStream> = (0..64).map(|_| connect(&server, "/api/rest/billing/download-cdrs")).collect();
    server.file("/api/rest/billing/download-cdrs");
    none_in_use(&server);
    drop(downloads);

    // Clients that disconnect free their slots.
    drop(slow);
    let again = when_there_is_room(&server);
    assert_eq!(again.status, 200);
    assert_eq!(members(&again.body).len(), 3);
}

#[test]
fn a_client_that_reads_nothing_is_disconnected() {
    let tollbook = Tollbook::with_calls(150_000, 30);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&["--set", "dma.live=1", "--set", "dma.stall_seconds=5"]);
    let _idle = connect(&server, &format!("/api/rest/billing?{ALL}"));
    assert_eq!(members(&when_there_is_room(&server).body).len(), 3);
}
