//! Records that were loaded with a wrong setting are mended: mapped again from their kept lines, or read again from the
//! quarantine.

use std::fs;

use serde_json::Value;

use crate::harness::{Tollbook, fixture, outcome, same};

/// The lines of a list.
fn list(tollbook: &Tollbook, args: &[&str]) -> Vec<Value> {
    serde_json::from_str(&tollbook.ok(&[args, &["--format", "json"]].concat())).unwrap()
}

/// Starts and accounts of the calls, in the order of their ids.
fn calls(tollbook: &Tollbook) -> Vec<String> {
    let calls = list(tollbook, &["calls", "--fields", "id,started_at,customer,account"]);
    let mut calls: Vec<(i64, String)> = calls
        .iter()
        .map(|call| {
            let text = |name: &str| call[name].as_str().unwrap_or("-").replace(".000000Z", "Z");
            (call["id"].as_i64().unwrap(), ["started_at", "customer", "account"].map(text).join(" "))
        })
        .collect();
    calls.sort_unstable();
    calls.into_iter().map(|(_, call)| call).collect()
}

/// A row of `Master.csv` whose identifier does not tell the time.
fn row(n: u32, account: &str, time: &str) -> String {
    format!(
        "\"{account}\",\"100\",\"200\",\"ctx\",\"\"\"Ada\"\" <100>\",\"PJSIP/in-{n}\",\"PJSIP/200-00000002\",\"Dial\",\"x\",\
         \"2026-11-21 {time}\",,\"2026-11-21 {time}\",0,0,\"NO ANSWER\",\"3\",\"call-{n}\",\"\"\n"
    )
}

fn rows(numbers: std::ops::Range<u32>) -> String {
    numbers.map(|n| row(n, "north", &format!("10:{:02}:{:02}", n / 60 % 60, n % 60))).collect()
}

/// Exports everything, as of a watermark if there is one.
fn export(tollbook: &Tollbook, name: &str, watermark: Option<i64>) -> Vec<u8> {
    let at = watermark.map(|watermark| watermark.to_string());
    let at: Vec<&str> = at.iter().flat_map(|at| ["--watermark", at]).collect();
    tollbook.ok(&[&["export", "--layout", "native", "--output", name], &at[..]].concat());
    fs::read(tollbook.path(name)).unwrap()
}

/// The highest record number.
fn watermark(tollbook: &Tollbook) -> i64 {
    let number = |call: &Value| call["number"].as_i64().unwrap();
    list(tollbook, &["calls", "--fields", "number"]).iter().map(number).max().unwrap()
}

/// The number of kept lines.
fn lines(tollbook: &Tollbook) -> u64 {
    tollbook.sql("SELECT coalesce(sum(lines), 0) FROM kept_lines")[0].parse().unwrap()
}

#[test]
fn a_wrong_zone_is_mended_and_earlier_exports_stay_as_they_were() {
    let tollbook = Tollbook::new();
    fs::write(tollbook.path("Master.csv"), rows(0..300)).unwrap();
    tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", "--zone", "UTC", "Master.csv"]);
    let (before, at) = (export(&tollbook, "before.zip", None), watermark(&tollbook));
    let had = calls(&tollbook);
    assert_eq!((had[0].as_str(), had.len()), ("2026-11-21T10:00:00Z - unassigned:pbx1", 300));

    // Nothing changes without another setting, and by a rehearsal.
    let said = tollbook.ok(&["remap", "--source", "pbx1"]);
    assert!(said.contains("300 records mapped again: 0 changed, 300 the same"), "{said}");
    let remap = ["remap", "--source", "pbx1", "--zone", "Europe/Berlin"];
    let said = tollbook.ok(&[&remap[..], &["--dry-run"]].concat());
    assert!(said.contains("dry run, nothing was changed: 300 records mapped again: 300 changed"), "{said}");
    assert!(said.contains("started_at") && said.contains("2026-11-21T10:00:00+01:00 "), "{said}");
    assert_eq!((calls(&tollbook), watermark(&tollbook)), (had.clone(), at));
    assert_eq!(list(&tollbook, &["loads", "list"]).len(), 2, "a rehearsal is no load");

    // A part, then all.
    let said = tollbook.ok(&[&remap[..], &["--until", "2026-11-21T09:01:40Z"]].concat());
    assert!(said.contains("0 records mapped again"), "{said}");
    let said = tollbook.ok(&[&remap[..], &["--until", "2026-11-21T10:01:40Z"]].concat());
    assert!(said.contains("100 records mapped again: 100 changed"), "{said}");
    let said = tollbook.ok(&remap);
    assert!(said.contains("300 records mapped again: 200 changed, 100 the same"), "{said}");
    let now: Vec<String> = had.iter().map(|call| call.replace("T10:", "T09:")).collect();
    assert_eq!(calls(&tollbook), now, "the ids stay");
    assert_eq!(tollbook.count(&["--from", "2026-11-21T09:00:00Z", "--until", "2026-11-21T10:00:00Z"]), 300);
    assert_eq!(tollbook.count(&["--from", "2026-11-21T10:00:00Z"]), 0);
    same("an export at the earlier watermark", &before, &export(&tollbook, "again.zip", Some(at)));

    // The same file is known, and the lines follow the records.
    assert!(
        tollbook
            .ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", "--zone", "Europe/Berlin", "Master.csv"])
            .contains("0 loaded, 300 already known")
    );
    let said = tollbook.ok(&["remap", "--source", "pbx1", "--zone", "UTC"]);
    assert!(said.contains("300 changed"), "{said}");
    assert_eq!(calls(&tollbook), had);
    same("the export after it was changed back", &before, &export(&tollbook, "third.zip", Some(at)));

    // A remap is listed, and another one changes it back.
    let loads = list(&tollbook, &["loads", "list"]);
    assert_eq!((&loads[0]["kind"], &loads[0]["loaded"]), (&"remap".into(), &300.into()), "{loads:?}");
    let id = loads[0]["id"].to_string();
    let said = tollbook.fails(&["loads", "undo", &id]);
    assert!(said.contains("another remap changes them back"), "{said}");
    // Undoing the load takes its records in whatever version, and its lines.
    let said = tollbook.ok(&["loads", "undo", "1"]);
    assert!(said.contains("300 records are withdrawn"), "{said}");
    assert_eq!((tollbook.count(&[]), lines(&tollbook)), (0, 0));
    let said = tollbook.ok(&remap);
    assert!(said.contains("0 records mapped again"), "{said}");
    same("the export after the load was undone", &before, &export(&tollbook, "fourth.zip", Some(at)));
    assert!(tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", "Master.csv"]).contains("300 loaded"));
}

#[test]
fn settings_of_the_source_that_were_changed_hold_for_its_records() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme"]);
    tollbook.ok(&["source", "add", "pbx1", "--feed", "asterisk-csv", "--zone", "UTC"]);
    let file = row(1, "north", "10:00:00") + &row(2, "south", "10:00:01") + &row(3, "", "10:00:02");
    fs::write(tollbook.path("Master.csv"), file).unwrap();
    tollbook.ok(&["load", "--source", "pbx1", "Master.csv"]);
    tollbook.ok(&["source", "change", "pbx1", "--customer", "Acme", "--zone", "+02:00"]);
    let said = tollbook.ok(&["remap", "--source", "pbx1", "--dry-run"]);
    assert!(said.contains("2 accounts would be created: Acme/north, Acme/south"), "{said}");
    assert!(!tollbook.ok(&["account", "list"]).contains("north"));
    let said = tollbook.ok(&["remap", "--source", "pbx1"]);
    assert!(said.contains("2 accounts created: Acme/north, Acme/south"), "{said}");
    let expected = [
        "2026-11-21T08:00:00Z Acme north",
        "2026-11-21T08:00:01Z Acme south",
        "2026-11-21T08:00:02Z - unassigned:pbx1",
    ];
    assert_eq!(calls(&tollbook), expected);
    // A rule that asks for a trunk, which only the line has.
    tollbook.ok(&["source", "change", "pbx1", "--rule", "trunk = \"in\", account = \"by-trunk\""]);
    tollbook.ok(&["remap", "--source", "pbx1", "--from", "2026-11-21T08:00:02Z"]);
    assert_eq!(calls(&tollbook)[2], "2026-11-21T08:00:02Z Acme by-trunk");
    assert_eq!(calls(&tollbook)[..2], expected[..2]);
    for (args, words) in [
        (&["remap", "--source", "pbx9"][..], "no record of a source `pbx9` is stored"),
        (&["remap", "--source", "pbx1", "--customer", "Nobody"], "there is no customer `Nobody`"),
    ] {
        let said = tollbook.fails(args);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn the_zone_and_the_customer_of_a_load_stay_unless_others_are_given() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme"]);
    fs::write(tollbook.path("Master.csv"), rows(0..3)).unwrap();
    let load = ["load", "--feed", "asterisk-csv", "--zone", "+05:00", "--customer", "Acme", "Master.csv"];
    tollbook.ok(&load);
    let had = calls(&tollbook);
    assert_eq!(had[0], "2026-11-21T05:00:00Z Acme north");
    let said = tollbook.ok(&["remap", "--source", "asterisk-csv", "--set", "zone=UTC"]);
    assert!(said.contains("0 changed, 3 the same"), "{said}");
    assert_eq!(calls(&tollbook), had);
}

#[test]
fn records_without_a_line_get_what_needs_none_and_are_named() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme"]);
    let file = row(1, "north", "10:00:00") + &row(2, "south", "10:00:01") + &row(3, "", "10:00:02");
    fs::write(tollbook.path("Master.csv"), file).unwrap();
    let load = ["load", "--feed", "asterisk-csv", "--source", "pbx1", "--set", "intake.keep_lines=0", "Master.csv"];
    tollbook.ok(&load);
    assert_eq!(lines(&tollbook), 0);
    let said = tollbook.ok(&["remap", "--source", "pbx1", "--zone", "+02:00", "--customer", "Acme"]);
    assert!(said.contains("0 records mapped again"), "{said}");
    assert!(said.contains("3 records, which started from 2026-11-21"), "{said}");
    assert!(said.contains("which changed 2"), "{said}");
    let expected = [
        "2026-11-21T10:00:00Z Acme north",
        "2026-11-21T10:00:01Z Acme south",
        "2026-11-21T10:00:02Z - unassigned:pbx1",
    ];
    assert_eq!(calls(&tollbook), expected);
    // Rules, one of which needs the line.
    tollbook.ok(&[
        "source",
        "add",
        "pbx1",
        "--feed",
        "asterisk-csv",
        "--rule",
        "called = \"2\", account = \"new\"",
        "--customer",
        "Acme",
    ]);
    tollbook.ok(&["remap", "--source", "pbx1"]);
    assert!(calls(&tollbook).iter().all(|call| call.ends_with("Acme new")), "{:?}", calls(&tollbook));
    tollbook.ok(&["source", "change", "pbx1", "--rule", "trunk = \"in\", account = \"trunk\""]);
    let said = tollbook.ok(&["remap", "--source", "pbx1"]);
    assert!(said.contains("for 3 of them a rule asks for the trunk"), "{said}");
    assert!(calls(&tollbook).iter().all(|call| call.ends_with("Acme new")));
}

#[test]
fn lines_go_after_their_time_and_with_their_records() {
    let tollbook = Tollbook::new();
    fs::write(tollbook.path("old.csv"), rows(0..5).replace("2026-11-21", "2001-11-21")).unwrap();
    fs::write(tollbook.path("new.csv"), rows(5..8).replace("2026-11-21", "2999-11-21")).unwrap();
    tollbook.ok(&["load", "--feed", "asterisk-csv", "old.csv", "new.csv"]);
    assert_eq!(lines(&tollbook), 8);
    tollbook.ok(&["retention", "--set", "store.retention_days=3650"]);
    assert_eq!((tollbook.count(&[]), lines(&tollbook)), (3, 3));
    let said = tollbook.ok(&["remap", "--source", "asterisk-csv", "--zone", "+01:00"]);
    assert!(said.contains("3 records mapped again: 3 changed"), "{said}");
    tollbook.ok(&["retention", "--set", "intake.keep_lines=0"]);
    assert_eq!((tollbook.count(&[]), lines(&tollbook)), (3, 0));
    let said = tollbook.ok(&["remap", "--source", "asterisk-csv", "--zone", "+02:00"]);
    assert!(said.contains("0 records mapped again") && said.contains("3 records, which started"), "{said}");
}

#[test]
fn a_version_that_was_accepted_has_its_own_line() {
    let tollbook = Tollbook::new();
    let call = |start: &str, called: &str| format!("key,started_at,called\nk,2026-11-21T{start},{called}\n");
    for (name, text) in [("one.csv", call("10:00:00Z", "1")), ("two.csv", call("11:00:00Z", "2"))] {
        fs::write(tollbook.path(name), text).unwrap();
        tollbook.ok(&["load", "--feed", "native", "--source", "pbx1", name]);
    }
    tollbook.ok(&["quarantine", "accept", "1"]);
    let said = tollbook.ok(&["remap", "--source", "pbx1"]);
    assert!(said.contains("1 records mapped again: 0 changed, 1 the same, 0 cannot be mapped"), "{said}");
    assert!(said.contains("1 lines are of earlier versions"), "{said}");
    assert_eq!(calls(&tollbook).len(), 1);
}

#[test]
fn entries_are_read_again_by_the_present_settings() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["source", "add", "pbx1", "--feed", "asterisk-csv", "--zone", "UTC"]);
    let file = fixture("intake/unescaped.csv");
    tollbook.ok(&["load", "--source", "pbx1", "--set", "intake.max_bad=1", &file]);
    let waiting = list(&tollbook, &["quarantine", "list"]).len();
    assert!(waiting > 0);
    let retry = ["quarantine", "retry", "--source", "pbx1"];
    let said = tollbook.ok(&retry);
    assert!(said.contains(&format!("{waiting} open entries; --yes reads them again")), "{said}");
    let said = tollbook.ok(&[&retry[..], &["--yes"]].concat());
    assert!(said.contains(&format!("0 loaded, 0 already known, {waiting} quarantined")), "{said}");
    tollbook.ok(&["source", "change", "pbx1", "--quoting", "tolerant"]);
    let said = tollbook.ok(&[&retry[..], &["--yes"]].concat());
    assert!(said.contains(&format!("{waiting} loaded, 0 already known, 0 quarantined")), "{said}");
    assert!(tollbook.ok(&["quarantine", "list"]).contains("nothing waits"));
    let settled = list(&tollbook, &["quarantine", "list", "--all"]);
    assert_eq!(settled.len(), waiting);
    assert!(settled.iter().all(|entry| entry["state"].as_str().unwrap().starts_with("accepted as ")), "{settled:?}");
    assert_eq!(list(&tollbook, &["loads", "list"])[0]["kind"], "retry");
    // The file is known, and its records can be mapped again.
    let said = tollbook.ok(&["load", "--source", "pbx1", &file]);
    assert!(said.contains(" 0 loaded"), "{said}");
    let said = tollbook.ok(&["remap", "--source", "pbx1", "--dry-run"]);
    assert!(said.contains("0 changed") && said.contains("0 cannot be mapped"), "{said}");
}

#[test]
fn a_heading_is_kept_for_the_entries_of_its_file() {
    let tollbook = Tollbook::new();
    let file = "key,called,started_at,customer,account\na,1,2026-11-21T10:00:00Z,Acme,7\nb,2,never,Acme,7\n";
    fs::write(tollbook.path("calls.csv"), file).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "pbx1", "--set", "intake.max_bad=1", "calls.csv"]);
    let reasons = |tollbook: &Tollbook| {
        let entries = list(tollbook, &["quarantine", "list"]);
        entries.iter().map(|entry| entry["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&tollbook), ["customer-unknown", "field-unreadable"]);
    tollbook.ok(&["customer", "add", "Acme"]);
    tollbook.ok(&["account", "add", "Acme", "7"]);
    let said = tollbook.ok(&["quarantine", "retry", "1", "2"]);
    assert!(said.contains("1 loaded, 0 already known, 1 quarantined"), "{said}");
    assert_eq!(reasons(&tollbook), ["field-unreadable"]);
    assert_eq!(calls(&tollbook), ["2026-11-21T10:00:00Z Acme 7"]);
    let said = tollbook.fails(&["quarantine", "retry", "1"]);
    assert!(said.contains("already settled"), "{said}");
    // What a retry has loaded can be undone.
    let id = list(&tollbook, &["loads", "list"])[0]["id"].to_string();
    tollbook.ok(&["loads", "undo", &id]);
    assert_eq!(tollbook.count(&[]), 0);
}

#[test]
fn a_load_stops_at_the_ceiling_of_the_quarantine_and_goes_on_below_it() {
    let tollbook = Tollbook::new();
    let bad: String = (0..4).map(|n| format!("{{\"key\":\"{n}\"}}\n")).collect();
    let good: String =
        (0..4).map(|n| format!("{{\"key\":\"g{n}\",\"started_at\":\"2026-11-21T10:00:00Z\"}}\n")).collect();
    fs::write(tollbook.path("calls.ndjson"), bad + &good).unwrap();
    let load = [
        "load",
        "--feed",
        "native",
        "--set",
        "intake.max_quarantine=4",
        "--set",
        "intake.max_bad=1",
        "--set",
        "intake.batch=5",
        "calls.ndjson",
    ];
    let output = tollbook.run(&load);
    assert_eq!(output.status.code(), Some(3), "{}", outcome(&output));
    assert!(outcome(&output).contains("the quarantine has 4 open entries"), "{}", outcome(&output));
    assert_eq!(tollbook.count(&[]), 1, "what was stored before stays");
    // With as many entries, no load begins.
    assert_eq!(tollbook.run(&load).status.code(), Some(3));
    tollbook.ok(&["quarantine", "drop", "1"]);
    let said = tollbook.ok(&load);
    assert!(said.contains("3 loaded, 1 already known, 4 quarantined"), "{said}");
    let free = load.map(|word| if word == "intake.max_quarantine=4" { "intake.max_quarantine=0" } else { word });
    tollbook.ok(&free);
}

#[test]
fn watched_files_wait_while_the_quarantine_is_full() {
    let tollbook = Tollbook::new();
    let file = tollbook.path("calls.ndjson").display().to_string();
    tollbook.ok(&["source", "add", "pbx1", "--feed", "native", "--watch", &file]);
    fs::write(tollbook.path("bad.ndjson"), "{\"key\":\"bad\"}\n").unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "other", "--set", "intake.max_bad=1", "bad.ndjson"]);
    fs::write(&file, "{\"key\":\"a\",\"started_at\":\"2026-11-21T10:00:00Z\"}\n").unwrap();
    let watch = ["watch", "--once", "--set", "intake.max_quarantine=1"];
    let output = tollbook.run(&watch);
    assert!(!output.status.success() && outcome(&output).contains("intake.max_quarantine"), "{}", outcome(&output));
    assert_eq!(tollbook.count(&[]), 0);
    tollbook.ok(&["quarantine", "drop", "1"]);
    tollbook.ok(&watch);
    assert_eq!(tollbook.count(&[]), 1);
    // Its line is kept.
    assert_eq!(lines(&tollbook), 1);
    let said = tollbook.ok(&["remap", "--source", "pbx1"]);
    assert!(said.contains("1 records mapped again: 0 changed"), "{said}");
}
