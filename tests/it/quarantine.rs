//! Records that could not be loaded wait in quarantine, conflicts with both versions.

use std::fs;

use crate::harness::Tollbook;

const FIRST: &str = "key,started_at,calling,called,price\nA,2026-03-01T10:00:00Z,+49301,+49302,0.10\nB,2026-03-01T11:00:00Z,+49301,+49303,0.20\n";

fn load(tollbook: &Tollbook, text: &str) -> String {
    fs::write(tollbook.path("feed.csv"), text).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "lab", "feed.csv"])
}

/// The numbers that a load prints: records read, loaded, already known, quarantined.
fn fates(printed: &str) -> [u64; 4] {
    let numbers = printed.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok());
    let numbers: Vec<u64> = numbers.take(4).collect();
    numbers.try_into().unwrap_or_else(|_| panic!("there are not four numbers in: {printed}"))
}

/// Fails unless all entries are settled and the whole list contains these words.
#[track_caller]
fn nothing_waits(tollbook: &Tollbook, words: &str) {
    for (more, words) in [(&[][..], "nothing waits"), (&["--all"], words)] {
        let listed = tollbook.ok(&[&["quarantine", "list"], more].concat());
        assert!(listed.contains(words), "{listed}");
    }
}

#[test]
fn a_second_load_adds_nothing() {
    let tollbook = Tollbook::new();
    assert_eq!(fates(&load(&tollbook, FIRST)), [2, 2, 0, 0]);
    assert_eq!(fates(&load(&tollbook, FIRST)), [2, 0, 2, 0]);
    assert_eq!(tollbook.count(&[]), 2);
}

#[test]
fn the_same_key_with_different_content_waits_with_both_versions() {
    let tollbook = Tollbook::new();
    load(&tollbook, FIRST);
    let changed = FIRST.replace("0.10", "0.15");
    assert_eq!(fates(&load(&tollbook, &changed)), [2, 0, 1, 1]);
    assert_eq!(fates(&load(&tollbook, &changed)), [2, 0, 1, 1], "loading it again adds no second entry");
    let listed = tollbook.ok(&["quarantine", "list"]);
    assert_eq!(listed.matches("conflict").count(), 1, "{listed}");
    let shown = tollbook.ok(&["quarantine", "show", "1"]);
    assert!(shown.contains("price") && shown.contains("0.10") && shown.contains("0.15"), "{shown}");
    assert_eq!(
        tollbook.count(&["--where", "price=0.10"]),
        1,
        "the first version is current until the conflict is resolved"
    );

    tollbook.ok(&["quarantine", "accept", "1"]);
    assert_eq!(tollbook.count(&["--where", "price=0.15"]), 1);
    assert_eq!(tollbook.count(&[]), 2, "it was replaced, not added");
    assert_eq!(tollbook.count(&["--watermark", "2", "--where", "price=0.10"]), 1, "the old version is kept");
    for text in [FIRST, &changed] {
        assert_eq!(fates(&load(&tollbook, text)), [2, 0, 2, 0], "both versions are known now");
    }
    let printed = tollbook.fails(&["quarantine", "accept", "1"]);
    assert!(printed.contains("accepted"), "{printed}");
}

#[test]
fn a_bad_line_is_quarantined_and_the_next_good_line_is_loaded() {
    let tollbook = Tollbook::new();
    let text = "key,started_at,called\nA,2026-03-01T10:00:00Z,1\nB,tomorrow,2\nC,2026-03-01T12:00:00Z,3\n";
    assert_eq!(fates(&load(&tollbook, text)), [3, 2, 0, 1]);
    let listed = tollbook.ok(&["quarantine", "list"]);
    assert!(listed.contains("feed.csv:3") && listed.contains("tomorrow"), "{listed}");
    assert_eq!(tollbook.ok(&["quarantine", "show", "1", "--raw"]).trim_end(), "B,tomorrow,2");
    let printed = tollbook.fails(&["quarantine", "accept", "1"]);
    assert!(printed.contains("correct"), "{printed}");
    tollbook.ok(&["quarantine", "drop", "1"]);
    nothing_waits(&tollbook, "dropped");
    assert_eq!(fates(&load(&tollbook, text)), [3, 0, 2, 1], "a dropped line stays dropped");
    nothing_waits(&tollbook, "dropped");
}

#[test]
fn a_call_of_an_unknown_customer_waits_until_the_customer_is_added() {
    let tollbook = Tollbook::new();
    let text = "key,started_at,customer,account\nA,2026-03-01T10:00:00Z,Acme,100\n";
    assert_eq!(fates(&load(&tollbook, text)), [1, 0, 0, 1]);
    let listed = tollbook.ok(&["quarantine", "list"]);
    assert!(listed.contains("customer-unknown") && listed.contains("Acme"), "{listed}");
    tollbook.ok(&["customer", "add", "Acme"]);
    tollbook.ok(&["account", "add", "Acme", "100"]);
    assert_eq!(fates(&load(&tollbook, text)), [1, 1, 0, 0]);
    // Loading the record settles its entry.
    nothing_waits(&tollbook, "accepted as");
}

#[test]
fn many_entries_are_counted_and_settled_at_once() {
    let tollbook = Tollbook::new();
    load(&tollbook, FIRST);
    let bad: String = (0..1_500).map(|n| format!("bad{n},tomorrow,1,2,\n")).collect();
    let text = format!("key,started_at,calling,called,price\nC,2026-03-01T10:00:00Z,1,2,\n{bad}");
    fs::write(tollbook.path("bad.csv"), text).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "other", "--set", "intake.max_bad=1", "bad.csv"]);
    let changed = FIRST.replace("0.10", "0.15").replace("0.20", "0.25");
    load(&tollbook, &changed);
    let summary = tollbook.ok(&["quarantine", "summary", "--format", "csv"]);
    let three = |line: &str| line.split(',').take(3).collect::<Vec<_>>().join(" ");
    let counts: Vec<String> = summary.lines().map(three).collect();
    assert_eq!(counts, ["source reason entries", "lab conflict 2", "other field-unreadable 1500"]);
    for (args, said) in [
        (&["quarantine", "drop", "--reason", "field-unreadable"][..], "1500 open entries; --yes drops them\n"),
        (&["quarantine", "drop", "--source", "lab", "--reason", "columns"], "0 open entries; --yes drops them\n"),
        (&["quarantine", "drop", "--older-than-days", "1"], "0 open entries; --yes drops them\n"),
        (&["quarantine", "accept", "--load", "2"], "1500 open entries; --yes accepts the conflicts among them\n"),
        (
            &["quarantine", "drop", "--load", "2", "--yes"],
            "1500 entries are dropped; they stay in the list of settled entries\n",
        ),
        (&["quarantine", "accept", "--source", "lab", "--yes"], "2 entries are accepted\n"),
    ] {
        assert_eq!(tollbook.ok(args), said, "{args:?}");
    }
    assert_eq!(tollbook.count(&["--where", "price=0.15"]), 1);
    assert_eq!(tollbook.count(&[]), 3);
    nothing_waits(&tollbook, "dropped");
    for args in
        [&["quarantine", "drop"][..], &["quarantine", "drop", "1", "--source", "lab"], &["quarantine", "accept"]]
    {
        assert_eq!(tollbook.run(args).status.code(), Some(2), "{args:?}");
    }
}

/// What cannot be accepted stays open, and the rest is accepted.
#[test]
fn entries_that_cannot_be_accepted_stay_open() {
    let tollbook = Tollbook::new();
    load(&tollbook, FIRST);
    load(&tollbook, &(FIRST.replace("0.10", "0.15") + "Z,tomorrow,1,2,\n"));
    let said = tollbook.ok(&["quarantine", "accept", "--source", "lab", "--yes"]);
    assert!(
        said.starts_with("1 entries are accepted\n1 entries stay open; the first one: quarantine entry 2"),
        "{said}"
    );
    assert!(tollbook.ok(&["quarantine", "list"]).contains("field-unreadable"));
}
