//! What sources deliver, as the list, readiness and the metrics show it.

use std::fs;

use super::support::Server;
use crate::harness::Tollbook;

/// A row of `Master.csv` that states 2026-11-21T10:00:00Z, and the local time 11:00.
fn row(n: u32) -> String {
    format!(
        "\"\",\"100\",\"200\",\"ctx\",\"\",\"PJSIP/100-1\",\"PJSIP/200-1\",\"Dial\",\"x\",\"2026-11-21 11:00:00\",,\
         \"2026-11-21 11:00:10\",10,0,\"NO ANSWER\",\"3\",\"1795255200.{n}\",\"\"\n"
    )
}

/// The warnings of a source in the list.
fn warnings(tollbook: &Tollbook) -> String {
    let list: serde_json::Value = serde_json::from_str(&tollbook.ok(&["source", "list", "--format", "json"])).unwrap();
    let texts =
        |row: &serde_json::Value| row["warnings"].as_array().unwrap().iter().map(|text| text.to_string()).collect();
    let all: Vec<String> = list.as_array().unwrap().iter().flat_map(|row| -> Vec<String> { texts(row) }).collect();
    all.join("; ")
}

fn readiness(server: &Server) -> String {
    let answer = server.ask("", "GET", "/health/ready", &[]);
    assert_eq!(answer.status, 200, "a warning keeps no server from serving: {}", answer.text());
    answer.text().to_owned()
}

#[test]
fn a_silent_source_a_wrong_clock_and_missing_numbers_are_seen() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["source", "add", "silent", "--feed", "native", "--silent-minutes", "5"]);
    tollbook.ok(&["source", "add", "wrong", "--feed", "asterisk-csv", "--zone", "UTC"]);
    tollbook.ok(&["source", "add", "right", "--feed", "asterisk-csv", "--zone", "Europe/Berlin"]);
    tollbook.ok(&["source", "add", "counted", "--feed", "native", "--sequence", "2"]);
    fs::write(tollbook.path("Master.csv"), row(1) + &row(2)).unwrap();
    tollbook.ok(&["load", "--source", "wrong", "--trust-zone", "Master.csv"]);
    tollbook.ok(&["load", "--source", "right", "Master.csv"]);
    let call = |number: u32| format!("{{\"key\": \"a/{number}\", \"started_at\": \"2026-11-21T10:00:00Z\"}}\n");
    fs::write(tollbook.path("calls.json"), [4, 7, 5].map(call).concat()).unwrap();
    tollbook.ok(&["load", "--source", "counted", "calls.json"]);

    let seen = warnings(&tollbook);
    let clock =
        "2 of 2 uniqueids say that its newest records are 1:00 h too late: its zone was wrong when they were loaded";
    let missing = "1 numbers are missing in the sequence of its records";
    assert_eq!(seen, format!("\"{missing}\"; \"it has not delivered a record\"; \"{clock}\""));
    let server = tollbook.serve(&[]);
    let lines = format!(
        "ready\nsource counted: {missing}\nsource silent: it has not delivered a record\nsource wrong: {clock}\n"
    );
    assert_eq!(readiness(&server), lines);
    let metrics = server.ask("", "GET", "/metrics", &[]);
    for line in [
        "tollbook_source_records_total{source=\"right\",outcome=\"loaded\"} 2",
        "tollbook_source_records_total{source=\"silent\",outcome=\"known\"} 0",
        "tollbook_source_latest_start_timestamp_seconds{source=\"right\"} 1795255200",
        "tollbook_source_latest_start_timestamp_seconds{source=\"wrong\"} 1795258800",
        "tollbook_source_missing_numbers{source=\"counted\"} 1",
        "tollbook_source_warnings{source=\"right\"} 0",
        "tollbook_source_quarantine{source=\"right\"} 0",
    ] {
        assert!(metrics.text().lines().any(|it| it == line), "{line} is not in\n{}", metrics.text());
    }
    assert!(metrics.text().contains("tollbook_source_last_record_timestamp_seconds{source=\"right\"}"));
    drop(server);

    // What is mended is no warning.
    tollbook.ok(&["source", "change", "silent", "--silent-minutes", "0"]);
    tollbook.ok(&["source", "change", "wrong", "--zone", "Europe/Berlin"]);
    fs::write(tollbook.path("calls.json"), call(6)).unwrap();
    tollbook.ok(&["load", "--source", "counted", "calls.json"]);
    assert_eq!(warnings(&tollbook), format!("\"{clock}\""), "its records are still wrong");
    tollbook.ok(&["loads", "undo", "1"]);
    tollbook.ok(&["load", "--source", "wrong", "Master.csv"]);
    assert_eq!(warnings(&tollbook), "");
}
