//! Intake over HTTP: switches post their records.

use std::fs;
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::client::{Answer, send};
use super::support::Server;
use crate::harness::{Tollbook, fixture};

/// A store with the source `pbx` of the feed, and its key.
fn with_source(feed: &str) -> (Tollbook, String) {
    let tollbook = Tollbook::new();
    tollbook.ok(&["source", "add", "pbx", "--feed", feed, "--zone", "UTC"]);
    let key = new_key(&tollbook);
    (tollbook, key)
}

/// Gives the source a new key.
fn new_key(tollbook: &Tollbook) -> String {
    tollbook.ok(&["source", "key", "pbx"]).lines().last().unwrap().to_owned()
}

/// A call in the native format.
fn call(key: &str, called: &str) -> String {
    json!({ "key": key, "started_at": "2026-11-21T10:00:00Z", "called": called }).to_string()
}

fn post(server: &Server, path: &str, key: &str, body: &[u8]) -> Answer {
    let token = format!("Basic {}", BASE64_STANDARD.encode(format!("any:{key}")));
    let headers: &[(&str, &str)] = if key.is_empty() { &[] } else { &[("Authorization", &token)] };
    send("POST", &format!("{}{path}", server.http), headers, body)
}

/// The counts of loaded, known and quarantined records that an answer names.
fn counts(answer: &Answer) -> [u64; 3] {
    assert_eq!(answer.status, 200, "{}", answer.text());
    ["loaded", "known", "quarantined"].map(|name| answer.json()[name].as_u64().unwrap())
}

#[test]
fn every_record_is_answered_with_200_once_it_is_committed() {
    let (tollbook, key) = with_source("native");
    let mut server = tollbook.serve(&[]);
    let path = "/api/v1/intake/pbx";
    for (body, expected) in [
        (call("a", "1"), [1, 0, 0]),
        (call("a", "1"), [0, 1, 0]),
        (call("a", "2"), [0, 0, 1]),
        (call("b", "1")[..30].to_owned(), [0, 0, 1]),
        (format!("{}\n{}\n{}\n", call("a", "1"), call("b", "1"), "{"), [1, 1, 1]),
        (String::new(), [0, 0, 0]),
    ] {
        assert_eq!(counts(&post(&server, path, &key, body.as_bytes())), expected, "{body}");
    }
    // A switch that can give neither a password nor a path without a query.
    let with_query = format!("{path}/{key}?uuid=b3f0b1b0-0000-4000-8000-000000000000");
    assert_eq!(counts(&post(&server, &with_query, "", call("c", "1").as_bytes())), [1, 0, 0]);
    // What was answered is there after a crash.
    server.kill();
    assert_eq!(tollbook.count(&["--where", "source=pbx"]), 3);
    let reasons: Value = serde_json::from_str(&tollbook.ok(&["quarantine", "list", "--format", "json"])).unwrap();
    assert_eq!(reasons.as_array().unwrap().len(), 3, "{reasons}");
    let log = tollbook.logged();
    assert!(!log.contains(&key) && log.contains("/api/v1/intake/{source}/{key}"), "{log}");
}

#[test]
fn only_the_key_of_the_source_opens_it() {
    let (tollbook, key) = with_source("native");
    tollbook.ok(&["source", "add", "other", "--feed", "native"]);
    let server = tollbook.serve(&[]);
    let body = call("a", "1");
    for (path, key) in [
        ("/api/v1/intake/pbx", ""),
        ("/api/v1/intake/pbx", "wrong"),
        ("/api/v1/intake/pbx/wrong", ""),
        ("/api/v1/intake/other", &*key),
        ("/api/v1/intake/unknown", &key),
        ("/api/v1/intake/PBX", &key),
    ] {
        let answer = post(&server, path, key, body.as_bytes());
        assert_eq!((answer.status, answer.header("www-authenticate").starts_with("Basic")), (401, true), "{path}");
    }
    let answer = send("GET", &format!("{}/api/v1/intake/pbx/{key}", server.http), &[], b"");
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    assert_eq!(tollbook.count(&[]), 0);

    let newer = new_key(&tollbook);
    let accepted = |key: &str| post(&server, "/api/v1/intake/pbx", key, body.as_bytes()).status == 200;
    tollbook.until("the new key opens it", || accepted(&newer).then_some(()));
    assert!(!accepted(&key), "the old key");
    tollbook.ok(&["source", "key", "pbx", "--revoke"]);
    tollbook.until("no key opens it", || (!accepted(&newer)).then_some(()));
}

#[test]
fn a_source_of_the_configuration_has_the_keys_that_stand_there() {
    let tollbook = Tollbook::new();
    let configure = |keys: &str| {
        fs::write(tollbook.path("tollbook.toml"), format!("[sources.pbx]\nfeed = \"native\"\n{keys}")).unwrap();
    };
    configure("");
    let said = tollbook.ok(&["source", "key", "pbx"]);
    let (line, key) = (said.lines().find_map(|line| line.split_once("add there: ")).unwrap().1, said.lines().last());
    configure(line);
    let server = tollbook.serve(&[]);
    assert_eq!(counts(&post(&server, "/api/v1/intake/pbx", key.unwrap(), call("a", "1").as_bytes())), [1, 0, 0]);
    configure("keys = [\"abc\"]");
    assert!(tollbook.fails(&["source", "list"]).contains("`tollbook source key` makes one"));
}

#[test]
fn a_long_body_is_loaded_as_a_file_is() {
    let (tollbook, key) = with_source("asterisk-csv");
    let server = tollbook.serve(&["--set", "intake.max_body=3000000"]);
    let path = "/api/v1/intake/pbx";
    let row = |n: usize| {
        format!(
            "\"acc\",\"100\",\"200\",\"ctx\",\"\",\"PJSIP/a-1\",\"PJSIP/b-2\",\"Dial\",\"x\",\"2026-11-21 10:00:00\",,\
             \"2026-11-21 10:00:10\",10,0,\"NO ANSWER\",\"3\",\"1795255200.{n}\",\"\"\n"
        )
    };
    let rows: String = (0..1500).map(row).collect();
    assert_eq!(counts(&post(&server, path, &key, rows.as_bytes())), [1500, 0, 0]);
    assert_eq!(counts(&post(&server, path, &key, rows.as_bytes())), [0, 1500, 0]);
    let packed = fs::read(fixture("intake/Master.csv.gz")).unwrap();
    assert_eq!(counts(&post(&server, path, &key, &packed)), [2, 0, 0], "packed bodies are unpacked");
    // Beyond a mebibyte it is not held in memory.
    let long: String = (1500..9500).map(row).collect();
    assert!(long.len() > 1 << 20);
    assert_eq!(counts(&post(&server, path, &key, long.as_bytes())), [8000, 0, 0]);
    let loads: Value = serde_json::from_str(&tollbook.ok(&["loads", "list", "--format", "json"])).unwrap();
    let files: Vec<&Value> = loads.as_array().unwrap().iter().map(|load| &load["file"]).collect();
    assert_eq!(files, ["a posted body"; 3], "{loads}");

    let before = tollbook.count(&[]);
    let wrong = post(&server, path, &key, "a;b;c;d;e;f\n".repeat(1500).as_bytes());
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    assert!(wrong.text().contains("semicolons"), "{}", wrong.text());
    let too_long = post(&server, path, &key, &vec![b'x'; 3_000_001]);
    assert_eq!(too_long.status, 413, "{}", too_long.text());
    assert_eq!(tollbook.count(&[]), before);
    assert_eq!(tollbook.ok(&["quarantine", "list", "--format", "json"]).trim(), "[]");
}

#[test]
fn many_switches_post_at_the_same_time() {
    let (tollbook, key) = with_source("native");
    let server = tollbook.serve(&[]);
    thread::scope(|scope| {
        for thread in 0..8 {
            let (server, key) = (&server, &key);
            scope.spawn(move || {
                for n in 0..25 {
                    let body = call(&format!("{thread}/{n}"), "1");
                    assert_eq!(counts(&post(server, "/api/v1/intake/pbx", key, body.as_bytes())), [1, 0, 0]);
                }
            });
        }
    });
    assert_eq!(tollbook.count(&[]), 200);
}

#[test]
fn with_a_full_quarantine_nothing_is_taken_and_the_switch_tries_again() {
    let (tollbook, key) = with_source("native");
    let server = tollbook.serve(&["--set", "intake.max_quarantine=2"]);
    let path = "/api/v1/intake/pbx";
    for text in ["{", "{\"key\":"] {
        assert_eq!(counts(&post(&server, path, &key, text.as_bytes())), [0, 0, 1]);
    }
    // The count is looked up once a second.
    let mut taken = 2;
    let refused = loop {
        let answer = post(&server, path, &key, call(&taken.to_string(), "1").as_bytes());
        if answer.status == 503 {
            break answer;
        }
        taken += 1;
        thread::sleep(std::time::Duration::from_millis(100));
        assert!(taken < 100, "it is never refused");
    };
    assert_eq!(refused.header("retry-after"), "60", "{}", refused.text());
    assert_eq!(tollbook.count(&[]), taken - 2);
    tollbook.ok(&["quarantine", "drop", "1"]);
    let mut tries = 0;
    while post(&server, path, &key, call("last", "1").as_bytes()).status != 200 {
        tries += 1;
        thread::sleep(std::time::Duration::from_millis(100));
        assert!(tries < 100, "it is always refused");
    }
    assert_eq!(tollbook.count(&[]), taken - 1);
}
