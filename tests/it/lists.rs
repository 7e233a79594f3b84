//! Lists: every format of every list, all rows into a pipe, tables that fit the terminal, and memory that does not grow.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use cdr_model::{CdrField, ConferenceField, Field};
use serde_json::Value;

use crate::harness::{Tollbook, lacks, outcome, peak_kib};
use crate::server::support::NAME;

/// Every list, of a store that has something to list.
const LISTS: &[&[&str]] = &[
    &["calls"],
    &["calls", "--all-kinds", "--limit", "7"],
    &["customer", "list"],
    &["account", "list"],
    &["service", "list"],
    &["product", "list"],
    &["destination", "list"],
    &["quarantine", "list"],
    &["user", "list"],
    &["login", "list"],
    &["licence", "list"],
    &["exports", "list"],
    &["layout", "list"],
    &["feed", "list"],
    &["field", "list"],
    &["field", "list", "--of", "conferences"],
];

/// A store with calls, bad lines, a user, a login and a licence.
fn filled() -> Tollbook {
    let tollbook = Tollbook::with_calls(300, 3);
    let bad: String = (0..3).map(|line| format!("{line},tomorrow\n")).collect();
    fs::write(tollbook.path("bad.csv"), format!("key,started_at\ngood,2026-01-01T00:00:00Z\n{bad}")).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--set", "intake.max_bad=1", "bad.csv"]);
    tollbook.user(NAME, "auditor");
    let customers: Vec<Value> = json(&tollbook, &["customer", "list"]);
    let customer = customers[0]["name"].as_str().unwrap();
    fs::write(tollbook.path("password"), "a long password").unwrap();
    tollbook.ok(&["login", "add", "quill", "--customer", customer, "--password-file", "password"]);
    tollbook.ok(&["licence", "add", "reader", "--environment", "1"]);
    tollbook
}

fn json(tollbook: &Tollbook, list: &[&str]) -> Vec<Value> {
    let text = tollbook.ok(&[list, &["--format", "json"]].concat());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{list:?}: {error}: {text}"))
}

#[test]
fn every_list_is_the_same_in_every_format() {
    let tollbook = filled();
    for list in LISTS {
        let rows = json(&tollbook, list);
        assert_eq!(rows.is_empty(), list[0] == "exports", "{list:?}");
        let text = tollbook.ok(&[list, &["--format", "ndjson"][..]].concat());
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, rows, "{list:?}: one JSON text, or one on each line");

        let csv = tollbook.ok(&[list, &["--format", "csv"][..]].concat());
        let mut csv = csv::Reader::from_reader(csv.as_bytes());
        let headings = csv.headers().unwrap().clone();
        let cells: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!(cells.len(), rows.len(), "{list:?}");
        for (cells, row) in cells.iter().zip(&rows) {
            assert_eq!(row.as_object().unwrap().len(), headings.len(), "{list:?}");
            for (heading, cell) in headings.iter().zip(cells) {
                let same = match &row[heading] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    Value::Array(several) => {
                        several.iter().map(|it| it.as_str().unwrap()).collect::<Vec<_>>().join(",")
                    }
                    other => other.to_string(),
                };
                assert_eq!(cell, same, "{list:?}: {heading}");
            }
        }
        let table = tollbook.ok(&[list, &["--format", "table"][..]].concat());
        if !rows.is_empty() {
            let times = usize::from(table.contains("\nTimes are in UTC.\n"));
            assert_eq!(table.lines().count() - 2 - times, rows.len(), "{list:?}: {table}");
        }
    }
}

#[test]
fn a_pipe_gets_all_calls() {
    let tollbook = Tollbook::with_calls(5321, 3);
    for (format, more) in [("csv", 1), ("ndjson", 0), ("json", 2), ("table", 3)] {
        let text = tollbook.ok(&["calls", "--format", format]);
        assert_eq!(text.lines().count(), 5321 + more, "{format}");
        let text = tollbook.ok(&["calls", "--format", format, "--limit", "20"]);
        assert_eq!(text.lines().count(), 20 + more, "{format}");
    }
    assert_eq!(tollbook.ok(&["calls"]).lines().count(), 5322, "CSV");
    let written = tollbook.through("sh").args(["-c", "\"$0\" calls > all.csv"]).arg(crate::harness::program()).output();
    assert!(written.as_ref().unwrap().status.success(), "{}", outcome(&written.unwrap()));
    assert_eq!(fs::read_to_string(tollbook.path("all.csv")).unwrap().lines().count(), 5322);
}

/// The output of a command on a terminal of this width.
fn on_terminal(tollbook: &Tollbook, columns: usize, args: &[&str]) -> String {
    let quoted = args.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let line = format!("stty cols {columns} rows 40; '{}' {quoted}", crate::harness::program().display());
    let output = tollbook.through("script").args(["-qec", &line, "/dev/null"]).env("TERM", "xterm").output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", outcome(&output));
    String::from_utf8(output.stdout).unwrap().replace('\r', "")
}

#[test]
fn a_terminal_gets_the_first_calls_and_is_told_so() {
    if lacks("script", "what a terminal shows") {
        return;
    }
    let tollbook = Tollbook::with_calls(1234, 3);
    let text = on_terminal(&tollbook, 200, &["calls"]);
    assert!(text.contains("\n50 of 1,234; --limit shows more\n"), "{text}");
    assert_eq!(text.lines().count(), 2 + 50 + 2, "{text}");
    let text = on_terminal(&tollbook, 200, &["calls", "--limit", "60"]);
    assert!(text.contains("60 of 1,234"), "{text}");
    for args in [&["calls", "--limit", "2000"][..], &["calls", "--count"]] {
        let text = on_terminal(&tollbook, 200, args);
        assert!(!text.contains(" of 1,234"), "{text}");
    }
}

#[test]
fn calls_are_rows_on_a_narrow_terminal() {
    if lacks("script", "calls on a narrow terminal") {
        return;
    }
    let tollbook = Tollbook::with_calls(300, 3);
    for (columns, fields) in [(80, 4), (90, 5), (120, 8)] {
        let text = on_terminal(&tollbook, columns, &["calls", "--zone", "Europe/Berlin"]);
        assert!(text.contains(&format!("\n{fields} of 9 fields; --fields shows others\n")), "{columns}: {text}");
        assert!(text.contains("started_at") && text.lines().count() < 50 * 3, "{columns}: {text}");
        let starts = text.lines().filter(|line| line.contains("2026-01-0") && line.contains("+01:00")).count();
        assert_eq!(starts, 50, "each instant is on one line: {columns}: {text}");
    }
    for args in [&["calls", "--fields", "number,id"][..], &["calls", "--format", "csv"]] {
        let text = on_terminal(&tollbook, 80, args);
        assert!(!text.contains("--fields"), "{args:?}: {text}");
    }
}

#[test]
fn a_terminal_gets_the_first_entries_of_the_quarantine_and_a_pipe_all() {
    if lacks("script", "the quarantine on a terminal") {
        return;
    }
    let tollbook = Tollbook::new();
    let bad: String = (0..1200).map(|line| format!("{line},tomorrow\n")).collect();
    fs::write(tollbook.path("bad.csv"), format!("key,started_at\ngood,2026-01-01T00:00:00Z\n{bad}")).unwrap();
    tollbook.ok(&["migrate"]);
    tollbook.ok(&["load", "--feed", "native", "--set", "intake.max_bad=1", "bad.csv"]);
    let rows = |text: &str| text.lines().filter(|line| line.contains("bad.csv:")).count();
    for (args, shown) in [(&["quarantine", "list"][..], 50), (&["quarantine", "list", "--limit", "600"], 600)] {
        let text = on_terminal(&tollbook, 250, args);
        assert_eq!(rows(&text), shown, "{args:?}: {text}");
        assert!(text.contains(&format!("\n{shown} of 1,200; --limit shows more\n")), "{args:?}: {text}");
    }
    for (limit, shown) in [(&[][..], 1200), (&["--limit", "7"], 7), (&["--limit", "0"], 0)] {
        assert_eq!(rows(&tollbook.ok(&[&["quarantine", "list"], limit].concat())), shown, "{limit:?}");
    }
}

#[test]
fn names_of_fields_are_not_broken() {
    if lacks("script", "the fields on a terminal") {
        return;
    }
    let tollbook = Tollbook::at(None);
    for columns in [80, 100, 200] {
        let text = on_terminal(&tollbook, columns, &["field", "list"]);
        let broken = CdrField::ALL.iter().map(|field| field.name()).find(|name| !text.contains(&format!(" {name} ")));
        assert_eq!(broken, None, "{columns}: {text}");
    }
}

#[test]
fn tables_fit_the_terminal() {
    if lacks("script", "the width of tables on a terminal") {
        return;
    }
    let tollbook = filled();
    for list in LISTS {
        for columns in [40, 80, 132] {
            let text = on_terminal(&tollbook, columns, list);
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= columns, "{list:?}: {widest} of {columns}: {text}");
        }
    }
}

#[test]
fn tables_are_in_the_zone_and_name_it() {
    let tollbook = Tollbook::new();
    fs::write(tollbook.path("a.csv"), "key,started_at\n1,2026-07-01T10:00:00Z\n2,2026-01-01T10:00:00.25Z\n").unwrap();
    tollbook.ok(&["load", "--feed", "native", "a.csv"]);
    for (zone, summer, winter) in [
        ("UTC", "2026-07-01T10:00:00Z", "2026-01-01T10:00:00.25Z"),
        ("Europe/Berlin", "2026-07-01T12:00:00+02:00", "2026-01-01T11:00:00.25+01:00"),
        ("-05:00", "2026-07-01T05:00:00-05:00", "2026-01-01T05:00:00.25-05:00"),
    ] {
        let table = tollbook.ok(&["calls", "--format", "table", "--zone", zone]);
        assert!(table.contains(summer) && table.contains(winter), "{zone}: {table}");
        assert!(table.ends_with(&format!("\nTimes are in {zone}.\n")), "{zone}: {table}");
        assert_eq!(tollbook.count(&["--from", summer]), 1, "a printed time is a bound");
        for format in ["csv", "json"] {
            let text = tollbook.ok(&["calls", "--format", format, "--zone", zone]);
            assert!(text.contains("2026-07-01T10:00:00.000000Z"), "{zone}: {text}");
        }
    }
    let table = tollbook.ok(&["calls", "--format", "table", "--fields", "number", "--zone", "Europe/Berlin"]);
    assert!(!table.contains("Times"), "there is no time in it: {table}");
}

/// The peak memory of a list into a pipe, in KiB, when it has printed this many lines and waits for its reader.
fn peak_after(tollbook: &Tollbook, args: &[&str], lines: usize) -> u64 {
    let mut child = tollbook.command(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    for _ in 0..lines {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "{args:?} ended early");
    }
    let peak = peak_kib(child.id());
    drop(output);
    child.wait().unwrap();
    peak.unwrap()
}

#[test]
fn ten_times_as_many_rows_take_no_more_memory() {
    let bad = |lines: usize| {
        let tollbook = Tollbook::with_calls(lines as u64, 3);
        let bad: String = (0..lines).map(|line| format!("{line},tomorrow\n")).collect();
        fs::write(tollbook.path("bad.csv"), format!("key,started_at\ngood,2026-01-01T00:00:00Z\n{bad}")).unwrap();
        tollbook.ok(&["load", "--feed", "native", "--set", "intake.max_bad=1", "bad.csv"]);
        tollbook
    };
    let (few, many) = (bad(4000), bad(40_000));
    for list in [&["calls"][..], &["quarantine", "list"]] {
        for format in ["table", "csv", "json"] {
            let args = [list, &["--format", format]].concat();
            let least =
                |tollbook: &Tollbook, lines: usize| (0..3).map(|_| peak_after(tollbook, &args, lines)).min().unwrap();
            // What is printed last is still in the pipe: a little less than all lines are read.
            let (little, much) = (least(&few, 3000), least(&many, 38_000));
            assert!(much < little + 16 * 1024, "{args:?}: {little} KiB, then {much} KiB with ten times as many rows");
        }
    }
}

#[test]
fn the_feeds_and_fields_are_listed() {
    let tollbook = Tollbook::at(None);
    let help = tollbook.ok(&["load", "--help"]);
    let feeds = json(&tollbook, &["feed", "list"]);
    for feed in cdr_intake::FEEDS {
        assert!(help.contains(&format!("- {}: ", feed.name())), "{}: {help}", feed.name());
        let listed = feeds.iter().any(|row| row["name"] == feed.name() && row["description"] == feed.summary());
        assert!(listed, "{}: {feeds:?}", feed.name());
    }
    let names = |list: &[&str]| json(&tollbook, list).iter().map(|row| row["name"].clone()).collect::<Vec<_>>();
    let all: Vec<Value> = CdrField::ALL.iter().map(|field| field.name().into()).collect();
    assert_eq!(names(&["field", "list"]), all);
    let all: Vec<Value> = ConferenceField::ALL.iter().map(|field| field.name().into()).collect();
    assert_eq!(names(&["field", "list", "--of", "conferences"]), all);
}
