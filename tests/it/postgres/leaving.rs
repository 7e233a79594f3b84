//! A statement that a client asked for ends when the client leaves, or the program stops.

use std::io::Write;
use std::net::TcpStream;

use tollbook_tests::cluster::{self, Held, waiting};

use crate::harness::Tollbook;
use crate::server::support::{Server, until};
use crate::server::yeti::portal::{ALWAYS, CUSTOMER, Portal, SALES};

/// A request for a list, on a connection of its own.
fn ask(server: &Server, portal: &Portal, sort: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.http.trim_start_matches("http://")).unwrap();
    let path = format!("{CUSTOMER}/cdrs?sort={sort}&filter[time_start_gteq]={}", ALWAYS.0);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\nAuthorization: {}\r\n\r\n", portal.token).unwrap();
    stream
}

#[test]
fn statements_end_with_their_clients_and_with_the_program() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = Tollbook::at(Some(shared.database()));
    tollbook.ok(&["generate", "--calls", "100", "--days", "30", "--accounts", "4"]);
    tollbook.login("acme", SALES, &[]);
    // The server would wait for a day for requests that have not ended.
    let mut server = tollbook.serve(&["--set", "shutdown_seconds=86400", "--set", "worker.threads=0"]);
    let (portal, url) = (Portal::sign_in(&server, "acme"), tollbook.store());
    // While the calls are locked, no statement can end by itself.
    let held = Held::against_all(&url, "cdrs").taken();
    let waits = |sessions| until("the statements wait", || (waiting(&url, "cdrs") == sessions).then_some(()));
    for sort in ["", "-duration", "lega-user-agent"] {
        let client = ask(&server, &portal, sort);
        waits(1);
        drop(client);
        waits(0);
    }
    let _client = ask(&server, &portal, "-duration");
    waits(1);
    let ended = server.terminate();
    assert!(ended.success(), "{ended}: {}", tollbook.logged());
    drop(held);
}
