//! Every feed: loading a file twice adds nothing, and whatever a file holds, every record is accounted for.

use std::fs;

use cdr_intake::FEEDS;

use crate::harness::{Tollbook, fixture, said, same};

/// A file of each feed.
fn sample(feed: &str) -> Vec<String> {
    match feed {
        "native" => vec![fixture("native/calls.csv")],
        "asterisk-csv" => vec![fixture("asterisk/Master.csv")],
        "dma-csv" => vec![fixture("dma/calls.csv"), fixture("dma/conferences.csv")],
        other => panic!("there is no sample of the feed {other}"),
    }
}

fn load(tollbook: &Tollbook, feed: &str, files: &[String]) -> String {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    tollbook.ok(&[&["load", "--feed", feed], &files[..]].concat())
}

#[test]
fn a_file_loaded_twice_adds_nothing() {
    for feed in FEEDS {
        let tollbook = Tollbook::new();
        load(&tollbook, feed.name(), &sample(feed.name()));
        tollbook.ok(&["export", "--output", "once.zip"]);
        load(&tollbook, feed.name(), &sample(feed.name()));
        tollbook.ok(&["export", "--output", "twice.zip"]);
        let read = |name: &str| fs::read(tollbook.path(name)).unwrap();
        let what = format!("{}: the export, and that of a file loaded twice", feed.name());
        same(&what, &read("once.zip"), &read("twice.zip"));
        assert!(tollbook.count(&[]) > 0, "{}", feed.name());
    }
}

#[test]
fn records_in_another_order_make_the_same_calls() {
    for feed in FEEDS {
        let (forward, backward) = (Tollbook::new(), Tollbook::new());
        let files = sample(feed.name());
        load(&forward, feed.name(), &files);
        let reversed: Vec<String> = files.into_iter().rev().collect();
        load(&backward, feed.name(), &reversed);
        assert_eq!(forward.count(&[]), backward.count(&[]), "{}", feed.name());
    }
}

#[test]
fn rubbish_is_quarantined_line_by_line_and_never_stops_a_load() {
    for feed in FEEDS {
        let tollbook = Tollbook::new();
        let mut text = match feed.name() {
            "native" => b"key,started_at,called\n".to_vec(),
            _ => Vec::new(),
        };
        for n in 0..50u8 {
            text.extend([b'x', n, 200, b'"', b',', b'\n']);
        }
        fs::write(tollbook.path("rubbish.csv"), text).unwrap();
        let said = tollbook.ok(&["load", "--feed", feed.name(), "rubbish.csv"]);
        assert!(said.contains("quarantined"), "{}: {said}", feed.name());
        assert_eq!(tollbook.count(&[]), 0, "{}", feed.name());
        let listed = tollbook.ok(&["quarantine", "list"]);
        assert!(listed.contains("rubbish.csv:"), "{}: {listed}", feed.name());
    }
}

#[test]
fn a_load_reads_standard_input() {
    let tollbook = Tollbook::new();
    let file = fs::File::open(fixture("native/calls.csv")).unwrap();
    let output = tollbook.command(&["load", "--feed", "native", "-"]).stdin(file).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let through_file = Tollbook::new();
    load(&through_file, "native", &sample("native"));
    assert_eq!(tollbook.count(&[]), through_file.count(&[]));
}
