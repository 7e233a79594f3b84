//! Stores written by older versions of the program: their content is readable, and work continues on them.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tollbook_tests::cluster;

use crate::harness::{Tollbook, fixture, over_postgres};
use crate::server::support::until;
use crate::server::yeti::portal::{HEADER, Portal, SUPPORT};

/// The exports in the ledger of each store: number, dialect, caller, state, rows.
const EXPORTS: [[&str; 5]; 8] = [
    ["8", "yeti", "quill", "pending", ""],
    ["7", "dma", "alice", "pending", ""],
    ["6", "dma", "carol", "running", ""],
    ["5", "dma", "bob", "failed", ""],
    ["4", "yeti", "quill", "withdrawn", "4"],
    ["3", "yeti-admin", "alice", "completed", "65"],
    ["2", "yeti", "quill", "completed", "4"],
    ["1", "dma", "alice", "completed", "65"],
];

/// The files of the stores of older programs, one of SQLite and one of PostgreSQL: the last before documents had
/// versions, and the last before groups of legs and times of retries had columns.
pub(crate) const STORES: [[&str; 2]; 2] =
    [["sqlite-6.db.gz", "postgres-1.sql.gz"], ["sqlite-7.db.gz", "postgres-2.sql.gz"]];

/// The first of them.
fn kept() -> Tollbook {
    store(STORES[0])
}

/// The store of an older program.
pub(crate) fn store([sqlite, postgres]: [&str; 2]) -> Tollbook {
    let tollbook = Tollbook::without_store();
    let inflated = |name: &str, to: &Path| {
        let mut bytes = Vec::new();
        GzDecoder::new(File::open(fixture(&format!("kept/{name}"))).unwrap()).read_to_end(&mut bytes).unwrap();
        fs::write(to, bytes).unwrap();
    };
    if over_postgres() {
        let dump = tollbook.path("kept.sql");
        inflated(postgres, &dump);
        cluster::filled(&tollbook.store(), &dump);
    } else {
        fs::create_dir(tollbook.path("tollbook-data")).unwrap();
        inflated(sqlite, &tollbook.path("tollbook-data/tollbook.db"));
    }
    tollbook
}

/// The listed exports, without the columns that differ between the stores.
fn listed(tollbook: &Tollbook) -> Vec<Vec<String>> {
    let rows: Vec<Value> = serde_json::from_str(&tollbook.ok(&["exports", "list", "--format", "json"])).unwrap();
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let cells =
        |row: &Value| ["number", "dialect", "ordered_by", "state", "rows"].map(|name| text(&row[name])).to_vec();
    rows.iter().map(cells).collect()
}

#[test]
fn exports_in_every_state_are_read_and_finished() {
    let tollbook = kept();
    assert_eq!(listed(&tollbook), EXPORTS.map(|row| row.map(str::to_owned).to_vec()));
    let mut server = tollbook.serve(&["--set", "dma.lane=caller", "--set", "worker.lease_seconds=1"]);
    let failed = server.finished("bob");
    assert_eq!(failed["statusType"], "ERROR_UNKNOWN_CREATE", "{failed}");
    assert!(failed["statusMessage"].as_str().unwrap().starts_with("it was begun 3 times"), "{failed}");
    for name in ["alice", "carol"] {
        let done = server.completes(name);
        assert_eq!(done["totalNumberCdrRecords"], 65, "{name}: {done}");
        let file = server.ask(name, "GET", "/api/rest/billing/download-cdrs", &[]);
        assert_eq!(file.status, 200, "{name}: {}", String::from_utf8_lossy(&file.body));
    }
    until("the last one is completed", || (listed(&tollbook)[0][3] == "completed").then_some(()));
    assert!(server.terminate().success());
    let states: Vec<String> = listed(&tollbook).into_iter().map(|row| row[3].clone()).collect();
    // The first export was withdrawn, since another one replaced it in its lane.
    let expected =
        ["completed", "completed", "completed", "failed", "withdrawn", "completed", "completed", "withdrawn"];
    assert_eq!(states, expected);
}

#[test]
fn an_order_of_a_newer_program_is_listed_and_stays_pending() {
    let tollbook = kept();
    tollbook.ok(&["migrate"]);
    tollbook.sql("UPDATE exports SET request_version = 9, request = '{}' WHERE number = 7");
    let server = tollbook.serve(&["--set", "dma.lane=caller", "--set", "worker.tidy_seconds=1"]);
    until("the one after it is completed", || (listed(&tollbook)[0][3] == "completed").then_some(()));
    let log = tollbook.logged_with("left to newer workers");
    assert!(log.contains("exports=1"), "{log}");
    let status = server.status("alice");
    assert_eq!(
        (status["statusType"].as_str(), status["downloadReady"].as_bool()),
        (Some("RUNNING"), Some(false)),
        "{status}"
    );
    assert_eq!(listed(&tollbook)[1][3], "pending");
    let withdrawn = tollbook.ok(&["exports", "cancel", "7"]);
    assert!(withdrawn.starts_with("withdrew export 7"), "{withdrawn}");
}

#[test]
fn a_file_whose_receipt_and_memo_are_of_a_newer_program_is_served() {
    let tollbook = kept();
    tollbook.login("reader", SUPPORT, &[]);
    let server = tollbook.serve(&["--set", "dma.lane=caller"]);
    until("both are completed", || listed(&tollbook)[..2].iter().all(|row| row[3] == "completed").then_some(()));
    let download = "/api/rest/billing/download-cdrs";
    let (status, file) = (server.status("alice"), server.ask("alice", "GET", download, &[]));
    assert!(file.header("repr-digest").starts_with("sha-256=:"), "{file:?}");
    let window = ["fromDate", "toDate"].map(|name| status[name].as_str().unwrap().replace('+', "%2B"));
    let named = format!("{download}?from-date={}&to-date={}", window[0], window[1]);
    assert_eq!(server.ask("alice", "GET", &named, &[]).status, 200);

    tollbook.sql(
        "UPDATE exports SET receipt_version = 9, receipt = '{}', memo_version = 9, memo = '{\"of\":\"tomorrow\"}' WHERE number > 6",
    );
    let newer = server.status("alice");
    let bare = |mut status: Value| {
        ["fromDate", "toDate"].iter().for_each(|name| status[name] = Value::Null);
        status
    };
    assert_eq!(bare(newer), bare(status), "the window is stored in the memo");
    let same = server.ask("alice", "GET", download, &[]);
    assert_eq!((same.status, same.body.clone(), same.header("repr-digest")), (200, file.body.clone(), ""));
    let part = server.ask("alice", "GET", download, &[("Range", "bytes=-7")]);
    assert_eq!((part.status, &part.body[..]), (206, &file.body[file.body.len() - 7..]));
    assert_eq!(server.ask("alice", "GET", &named, &[]).status, 404, "the window of the file is unknown");

    let portal = Portal::sign_in(&server, "reader");
    let list = portal.found("/cdr-exports");
    let id = list["data"][0]["id"].as_str().unwrap();
    let export = portal.found(&format!("/cdr-exports/{id}"));
    let attributes = &export["data"]["attributes"];
    assert_eq!(
        (&attributes["status"], &attributes["filters"], &attributes["time-format"], &export["data"]["meta"]["receipt"]),
        (&json!("Completed"), &json!({}), &json!("with_timezone"), &Value::Null),
        "{export}"
    );
    assert!(tollbook.unzipped(&portal.file(id)).starts_with(HEADER));

    tollbook.sql("UPDATE exports SET receipt_version = 1 WHERE number > 6");
    let damaged = server.ask("alice", "GET", download, &[]);
    assert_eq!(damaged.status, 500, "the file cannot be verified");
    tollbook.logged_with("receipt: missing field");
    assert_eq!(portal.download(id).status, 500);
    assert_eq!(server.status("alice")["downloadReady"], true);
}

#[test]
fn an_unreadable_order_fails_and_the_reason_is_reported() {
    let tollbook = kept();
    tollbook.sql("UPDATE exports SET request = '{}' WHERE number = 7");
    let server = tollbook.serve(&["--set", "dma.lane=caller"]);
    let status = server.finished("alice");
    let why = "it could not be read from the store (export 7: request: missing field `query`";
    assert!(status["statusMessage"].as_str().unwrap().starts_with(why), "{status}");
    assert!(tollbook.logged_with("it could not be read from the store").contains("missing field `query`"));
    let list = tollbook.ok(&["exports", "list"]);
    assert!(list.lines().any(|line| line.trim_start().starts_with("7 ") && line.contains(why)), "{list}");
}

#[test]
fn receipts_of_older_versions_are_verified() {
    let tollbook = Tollbook::new();
    for version in [1, 2] {
        for file in ["cdrExport.zip", "cdrs.csv.gz"] {
            let path = fixture(&format!("kept/receipt-{version}/{file}"));
            let printed = tollbook.ok(&["verify", &path]);
            assert!(printed.contains("whole and unchanged") && printed.contains("30 rows"), "{printed}");
            // A receipt of version 1 does not have the layout by which the rows are read.
            let unread = printed.contains("a receipt of version 1 does not have the layout");
            assert_eq!((unread, printed.contains("added up")), (version == 1, version == 2), "{printed}");
            // Their blocks were compressed otherwise than now.
            let receipt: Value = serde_json::from_slice(&fs::read(format!("{path}.receipt.json")).unwrap()).unwrap();
            assert_eq!(receipt["format_version"], 1);
        }
    }
}

#[test]
fn quarantined_versions_are_read_and_resolved() {
    let tollbook = kept();
    for (id, state, differs) in
        [("2", "accepted as 87", "0.0290"), ("3", "dropped", "0.0390"), ("4", "open", "0.0490"), ("5", "open", "2025-")]
    {
        let shown = tollbook.ok(&["quarantine", "show", id]);
        assert!(shown.starts_with(&format!("entry {id}, {state}")) && shown.contains(differs), "{shown}");
    }
    for id in ["4", "5"] {
        let printed = tollbook.ok(&["quarantine", "accept", id]);
        assert!(printed.contains("is now record"), "{printed}");
    }
    assert_eq!(tollbook.count(&["--where", "price=0.0490"]), 1, "{}", tollbook.ok(&["calls", "--limit", "100"]));
}
