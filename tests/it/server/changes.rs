//! Everything since a record number, for programs that follow the store.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Answer, send};
use super::support::Server;
use crate::harness::Tollbook;

/// The licence that a command printed.
fn licence(tollbook: &Tollbook, args: &[&str]) -> String {
    let said = tollbook.ok(&[&["licence", "add"], args].concat());
    said.split_whitespace().rev().find(|word| word.len() == 64).expect(&said).to_owned()
}

fn load(tollbook: &Tollbook, calls: &[Value]) {
    let text: String = calls.iter().map(|call| format!("{call}\n")).collect();
    fs::write(tollbook.path("calls.ndjson"), text).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "pbx", "calls.ndjson"]);
}

fn call(key: &str, account: &str) -> Value {
    json!({ "key": key, "started_at": "2026-11-21T10:00:00Z", "account": account, "account_given": account, "called": key })
}

fn ask(server: &Server, licence: &str, query: &str) -> Answer {
    let token = format!("Bearer {licence}");
    let headers: &[(&str, &str)] = if licence.is_empty() { &[] } else { &[("Authorization", &token)] };
    send("GET", &format!("{}/api/v1/cdrs?{query}", server.http), headers, b"")
}

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Two customers with an account each.
fn with_customers() -> Tollbook {
    let tollbook = Tollbook::new();
    for (customer, account) in [("Acme", "100"), ("Bolt", "200")] {
        tollbook.ok(&["customer", "add", customer]);
        tollbook.ok(&["account", "add", customer, account]);
    }
    tollbook
}

/// A program that follows the store, and what it has by ID.
struct Reader {
    licence: String,
    after: String,
    calls: BTreeMap<i64, String>,
}

impl Reader {
    fn new(licence: String) -> Reader {
        Reader { licence, after: "0".to_owned(), calls: BTreeMap::new() }
    }

    /// Reads to the end, a few lines at a time.
    fn goes_on(&mut self, server: &Server) -> Vec<String> {
        loop {
            let answer = ask(server, &self.licence, &format!("after={}&limit=3", self.after));
            let read = lines(&answer);
            for line in &read {
                let id = line["id"].as_i64().unwrap();
                if line["withdrawn"] == true {
                    assert_eq!(line.as_object().unwrap().len(), 3, "nothing of a record that is no more: {line}");
                    self.calls.remove(&id);
                } else {
                    self.calls.insert(
                        id,
                        format!("{} {}", line["customer"].as_str().unwrap(), line["called"].as_str().unwrap()),
                    );
                }
            }
            self.after = answer.header("tollbook-next").to_owned();
            if read.is_empty() {
                let mut calls: Vec<String> = self.calls.values().cloned().collect();
                calls.sort_unstable();
                return calls;
            }
        }
    }
}

#[test]
fn a_reader_has_the_latest_version_of_what_its_licence_opens() {
    let tollbook = with_customers();
    let mut all = Reader::new(licence(&tollbook, &["warehouse", "--environment", "1"]));
    let mut acme = Reader::new(licence(&tollbook, &["acme", "--customer", "Acme"]));
    let server = tollbook.serve(&[]);
    assert_eq!((all.goes_on(&server), acme.goes_on(&server)), (vec![], vec![]));
    load(&tollbook, &[call("a", "100"), call("b", "200"), call("c", "100"), call("d", "200"), call("e", "300")]);
    assert_eq!(all.goes_on(&server), ["Acme a", "Acme c", "Bolt b", "Bolt d"]);
    assert_eq!(acme.goes_on(&server), ["Acme a", "Acme c"]);

    // A correction books a call on another customer: who loses it is told that, and nothing else.
    load(&tollbook, &[call("a", "200")]);
    tollbook.ok(&["quarantine", "accept", "1"]);
    tollbook.ok(&["account", "add", "Acme", "300", "--adopt"]);
    assert_eq!(all.goes_on(&server), ["Acme c", "Acme e", "Bolt a", "Bolt b", "Bolt d"]);
    assert_eq!(acme.goes_on(&server), ["Acme c", "Acme e"]);

    tollbook.ok(&["loads", "undo", "1"]);
    let left = all.goes_on(&server);
    assert_eq!(left.len() as u64, tollbook.count(&[]), "{left:?}");
    assert_eq!(acme.goes_on(&server), Vec::<String>::new());
    for (name, mut late) in [("all", Reader::new(all.licence.clone())), ("acme", Reader::new(acme.licence.clone()))] {
        let expected = if name == "all" { left.clone() } else { vec![] };
        assert_eq!(late.goes_on(&server), expected, "{name}, from the beginning");
    }
}

#[test]
fn a_request_waits_for_a_change() {
    let tollbook = with_customers();
    let key = licence(&tollbook, &["warehouse", "--environment", "1"]);
    let server = tollbook.serve(&[]);
    assert_eq!(lines(&ask(&server, &key, "after=0&wait=1")).len(), 0);
    let waiting = thread::scope(|scope| {
        let waiting = scope.spawn(|| lines(&ask(&server, &key, "after=0&wait=60")));
        thread::sleep(Duration::from_millis(300));
        load(&tollbook, &[call("a", "100")]);
        waiting.join().unwrap()
    });
    assert_eq!((waiting.len(), &waiting[0]["called"], &waiting[0]["account"]), (1, &json!("a"), &json!("100")));
    let csv = ask(&server, &key, "after=0&format=csv");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let mut reader = csv::Reader::from_reader(&csv.body[..]);
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &*rows[0]["called"], &*rows[0]["withdrawn"]), (1, "a", ""));
}

#[test]
fn the_program_ends_while_requests_wait() {
    let tollbook = with_customers();
    let key = licence(&tollbook, &["warehouse", "--environment", "1"]);
    let mut server = tollbook.serve(&[]);
    let url = format!("{}/api/v1/cdrs?after=0&wait=60", server.http);
    let waiting = thread::spawn(move || send("GET", &url, &[("Authorization", &format!("Bearer {key}"))], b"").status);
    thread::sleep(Duration::from_millis(300));
    assert!(server.terminate().success());
    assert_eq!(waiting.join().unwrap(), 200, "the request is answered");
}

#[test]
fn a_request_needs_a_licence_and_a_sound_query() {
    let tollbook = with_customers();
    let key = licence(&tollbook, &["warehouse", "--environment", "1"]);
    tollbook.user("admin", "administrator");
    let server = tollbook.serve(&[]);
    for query in ["after=-1", "limit=0", "limit=10001", "wait=61", "after=x", "format=xml", "since=1"] {
        let answer = ask(&server, &key, query);
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json()["error"].is_string(), "{query}");
    }
    for (wrong, answer) in [
        ("no licence", ask(&server, "", "")),
        ("another licence", ask(&server, "0123456789abcdef", "")),
        ("a user", server.ask("admin", "GET", "/api/v1/cdrs", &[])),
    ] {
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, "Bearer realm=\"cdrs\""), "{wrong}");
    }
    assert_eq!(ask(&server, &key, "").status, 200);
    let log = tollbook.log_of(server);
    assert!(!log.contains(&key) && log.contains("licence=\"warehouse\""), "{log}");
}
