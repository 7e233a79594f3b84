//! The answered calls of an account on one day are the same in all three dialects.

use std::collections::BTreeSet;

use serde_json::json;

use super::support::{LICENCE, json as answer};
use crate::harness::{Tollbook, lacks};
use crate::server::support::{NAME, members};
use crate::server::yeti::portal::{Portal, SALES};

#[test]
fn every_dialect_shows_the_same_calls() {
    if lacks("gzip", "the same calls through all dialects") {
        return;
    }
    let tollbook = Tollbook::with_accounts(4000);
    tollbook.user(NAME, "administrator");
    tollbook.login("portal", SALES, &[]);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (account, _) = tollbook.numbers_of(SALES.number);
    let server = tollbook.serve(&[]);
    let (from, until) = ("2026-01-12T00:00:00Z", "2026-01-13T00:00:00Z");

    let day = ["--account", SALES.number, "--from", from, "--until", until];
    let listed = tollbook.ok(&[
        &[
            "calls",
            "--fields",
            "call_id",
            "--format",
            "csv",
            "--limit",
            "100000",
            "--where",
            "connected_at?",
            "--where",
            "ended_at?",
        ],
        &day[..],
    ]
    .concat());
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let stored: BTreeSet<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert!(stored.len() > 10, "{}", stored.len());

    // A call that starts on the day but connects after it is not in the window by connect.
    let connected = |at: &str| ("2026-01-12T00:00:00".."2026-01-13T00:00:00").contains(&at);

    let path = format!("/getCDRS/Account/{LICENCE}/{account}/2026-01-12/2026-01-13/3");
    let porta = answer(&server, &path);
    let porta: BTreeSet<String> = porta["PortaAccountCDRS"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["CallId"].as_str().unwrap().to_owned())
        .collect();

    let portal = Portal::sign_in(&server, "portal");
    let id = portal.account(SALES);
    let filters = json!({ "time_start_gteq": from, "time_start_lt": until, "success_eq": true });
    let order = json!({ "data": { "type": "cdr-exports", "attributes": { "filters": filters },
        "relationships": { "account": { "data": { "type": "accounts", "id": id } } } } });
    let ordered = portal.ask("POST", "/cdr-exports", Some(&order));
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    let export = ordered.json()["data"]["id"].as_str().unwrap().to_owned();
    portal.reaches(&export, "Completed");
    let file = tollbook.unzipped(&portal.file(&export));
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let yeti: BTreeSet<String> = rows
        .iter()
        .filter(|row| connected(&row[1].replace(' ', "T")) && !row[2].is_empty())
        .map(|row| row[25].to_owned())
        .collect();

    let live = server.file(&format!("/api/rest/billing?from-date={from}&to-date=2026-01-12T23:59:59.999999Z"));
    let calls = &members(&live)[0].1;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(calls.as_bytes());
    let dma: BTreeSet<String> =
        reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect();

    let expected: BTreeSet<String> = porta.intersection(&stored).cloned().collect();
    assert!(expected.len() > 10, "PortaCDR shows {porta:?}, the store has {stored:?}");
    assert_eq!(yeti.intersection(&stored).cloned().collect::<BTreeSet<_>>(), expected, "yeti and porta");
    let lacking: Vec<&String> = expected.difference(&dma).collect();
    assert!(lacking.is_empty(), "the DMA's file lacks {lacking:?}");
    let late: Vec<&String> = stored.difference(&expected).collect();
    assert!(late.len() < 3, "too many calls connect after midnight: {late:?}");
}
