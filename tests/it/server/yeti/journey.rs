//! From the sign-in to the file: the file contains the calls that the store has.

use serde_json::json;

use super::portal::{ALWAYS, HEADER, Portal, SALES, SUPPORT, order};
use crate::harness::{Tollbook, lacks, same};

/// The required program, and the tests that are skipped without it.
const GZIP: (&str, &str) = ("gzip", "the files of the Yeti API, read by gzip");

/// The call ids in a file, sorted. The file must have the header of the original, and the newest call must come first.
fn call_ids(tollbook: &Tollbook, file: &[u8]) -> Vec<String> {
    let text = tollbook.unzipped(file);
    assert_eq!(text.split_once('\n').unwrap().0, HEADER);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(rows.is_sorted_by(|one, next| one[0] >= next[0]), "the newest call comes first");
    let mut ids: Vec<String> = rows.iter().map(|row| row[25].to_owned()).collect();
    ids.sort();
    ids
}

/// The call ids in the store, sorted.
fn stored(tollbook: &Tollbook, more: &[&str]) -> Vec<String> {
    let fields = ["calls", "--fields", "call_id", "--limit", "1000000", "--format", "csv"];
    let listed = tollbook.ok(&[&fields[..], more].concat());
    let mut reader = csv::Reader::from_reader(listed.as_bytes());
    let mut ids: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn a_customer_signs_in_orders_polls_and_downloads() {
    if lacks(GZIP.0, GZIP.1) {
        return;
    }
    let tollbook = Tollbook::with_accounts(3000);
    tollbook.login("portal", SUPPORT, &[]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "portal");
    assert_eq!(portal.found("/cdr-exports")["data"], json!([]), "nothing was ordered");

    let account = portal.account(SUPPORT);
    let ordered = portal.ask("POST", "/cdr-exports", Some(&order(&account, ALWAYS, json!({}))));
    assert_eq!(ordered.status, 201, "{}", ordered.text());
    let resource = ordered.json()["data"].clone();
    assert_eq!((&resource["attributes"]["status"], &resource["type"]), (&json!("Pending"), &json!("cdr-exports")));
    assert_eq!(ordered.header("Location"), resource["links"]["self"].as_str().unwrap());

    let id = resource["id"].as_str().unwrap();
    let export = portal.reaches(id, "Completed");
    let calls = tollbook.count(&["--account", SUPPORT.number]);
    assert!(calls > 100, "the account has calls");
    assert_eq!(export["rows-count"], calls);

    let file = portal.download(id);
    assert_eq!((file.status, file.header("Content-Type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.header("Content-Disposition"), format!("attachment; filename=\"{id}.csv.gz\""));
    assert_eq!(file.header("Content-Encoding"), "", "the file is gzip, the transfer is not");
    assert_eq!(call_ids(&tollbook, &file.body), stored(&tollbook, &["--account", SUPPORT.number]));

    let listed = portal.found("/cdr-exports");
    assert_eq!((&listed["data"][0]["id"], &listed["meta"]["total-count"]), (&json!(id), &json!(1)));
}

#[test]
fn the_same_order_gives_the_same_bytes() {
    let tollbook = Tollbook::with_accounts(3000);
    tollbook.login("portal", SALES, &[]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "portal");
    let files = [portal.order(SALES), portal.order(SALES)].map(|id| {
        portal.reaches(&id, "Completed");
        portal.file(&id)
    });
    assert!(!files[0].is_empty(), "a file without a byte");
    same("two exports of the same calls", &files[0], &files[1]);
}

#[test]
fn filters_select_the_same_calls_as_the_store() {
    if lacks(GZIP.0, GZIP.1) {
        return;
    }
    let tollbook = Tollbook::with_accounts(3000);
    tollbook.login("portal", SUPPORT, &[]);
    let server = tollbook.serve(&["--set", "yeti.running_per_customer=0"]);
    let portal = Portal::sign_in(&server, "portal");
    let account = portal.account(SUPPORT);
    let week = ["--from", "2026-01-08", "--until", "2026-01-15"];
    let bounds = ("2026-01-08T00:00:00Z", "2026-01-15T00:00:00Z");
    for (filters, conditions) in [
        (json!({}), &[][..]),
        (json!({"success_eq": true}), &["--where", "success=true"]),
        (json!({"success_eq": false}), &["--where", "success=false"]),
    ] {
        let ordered = portal.ask("POST", "/cdr-exports", Some(&order(&account, bounds, filters.clone())));
        assert_eq!(ordered.status, 201, "{filters}: {}", ordered.text());
        let id = ordered.json()["data"]["id"].as_str().unwrap().to_owned();
        let export = portal.reaches(&id, "Completed");
        let expected = stored(&tollbook, &[&["--account", SUPPORT.number], &week[..], conditions].concat());
        assert!(!expected.is_empty(), "{filters}");
        assert_eq!(export["rows-count"], expected.len(), "{filters}");
        assert_eq!(call_ids(&tollbook, &portal.file(&id)), expected, "{filters}");
    }
}

#[test]
fn a_list_of_calls_counts_the_last_attempts_of_all_accounts() {
    let tollbook = Tollbook::with_accounts(3000);
    tollbook.login("portal", SALES, &[]);
    tollbook.login("sales", SALES, &["--account", SALES.number]);
    let server = tollbook.serve(&[]);
    let path = format!("/cdrs?filter[time_start_gteq]={}&page[size]=1000", ALWAYS.0);
    for (login, scope) in [("portal", ["--customer", SALES.customer]), ("sales", ["--account", SALES.number])] {
        let calls = tollbook.count(&[&scope[..], &["--where", "last_attempt=true"]].concat());
        let listed = Portal::sign_in(&server, login).found(&path);
        assert_eq!(listed["meta"]["total-count"], calls, "{login}");
        assert_eq!(listed["data"].as_array().unwrap().len() as u64, calls.min(1000), "{login}");
    }
}

#[test]
fn the_receipt_of_a_customer_verifies_its_file() {
    let tollbook = Tollbook::with_accounts(3000);
    tollbook.login("portal", SUPPORT, &[]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "portal");
    let id = portal.order(SUPPORT);
    portal.reaches(&id, "Completed");
    let meta = portal.found(&format!("/cdr-exports/{id}"))["data"]["meta"]["receipt"].clone();
    let receipt = portal.get(&format!("/cdr-exports/{id}/receipt"));
    assert_eq!((receipt.status, receipt.header("Content-Type")), (200, "application/json"));
    assert!(meta["url"].as_str().unwrap().ends_with(&format!("/cdr-exports/{id}/receipt")), "{meta}");
    assert_eq!(receipt.json()["digest"], meta["digest"]);
    let (internal, _) = tollbook.numbers_of(SUPPORT.number);
    assert!(!receipt.text().contains(&format!("account_id={internal}")), "{}", receipt.text());
    let file = portal.download(&id);
    assert!(file.header("Link").contains("rel=\"describedby\""), "{file:?}");
    std::fs::write(tollbook.path("calls.csv.gz"), &file.body).unwrap();
    std::fs::write(tollbook.path("receipt.json"), &receipt.body).unwrap();
    let printed = tollbook.ok(&["verify", "calls.csv.gz", "--receipt", "receipt.json"]);
    assert!(printed.contains("talk time, money"), "{printed}");
}
