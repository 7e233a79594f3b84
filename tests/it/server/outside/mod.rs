//! Third-party clients. Each client of the Yeti dialect signs in, lists, orders, waits for and downloads an export.
//! Each client of the PortaCDR dialect sends requests by path and by operation, and reads the errors.

mod documents;
mod packages;

use std::path::Path;

use serde_json::json;

use self::packages::{from_npm, from_pypi, run};
use super::porta::support::LICENCE;
use super::support::PASSWORD;
use super::yeti::portal::{CUSTOMER, HEADER, Portal, SALES};
use crate::harness::Tollbook;

/// Runs a client of the Yeti dialect on a store that already has an export.
fn does_its_task(folder: &Path, script: &str) {
    let tollbook = Tollbook::with_accounts(2000);
    tollbook.login("shipping", SALES, &[]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "shipping");
    portal.reaches(&portal.order(SALES), "Completed");
    let (from, until) = ("2026-01-08T00:00:00.000Z", "2026-01-22T00:00:00.000Z");
    let rows = tollbook.count(&["--account", SALES.number, "--from", from, "--until", until]);
    assert!(rows > 50, "there are too few calls to download");
    let task = json!({
        "url": format!("{}{CUSTOMER}", server.http), "login": "shipping", "password": PASSWORD, "account": SALES.name,
        "from": from, "until": until, "header": HEADER, "rows": rows,
    });
    run(folder, script, &task.to_string());
    assert_eq!(portal.found("/cdr-exports")["meta"]["total-count"], 2, "{script} did not order exactly one export");
}

#[test]
fn devour_the_client_of_the_original_portal_gets_an_export() {
    if let Some(folder) = from_npm() {
        does_its_task(folder, "devour.mjs");
    }
}

#[test]
fn kitsu_gets_an_export() {
    if let Some(folder) = from_npm() {
        does_its_task(folder, "kitsu.mjs");
    }
}

#[test]
fn jsonapi_client_gets_an_export() {
    if let Some(folder) = from_pypi() {
        does_its_task(folder, "with_jsonapi_client.py");
    }
}

#[test]
fn jsonapi_requests_the_base_of_the_original_sdk_gets_an_export() {
    if let Some(folder) = from_pypi() {
        does_its_task(folder, "with_jsonapi_requests.py");
    }
}

/// Runs a client of the framework of the original, which requests the records of a customer.
fn asks_for_records(folder: &Path, script: &str) {
    let tollbook = Tollbook::with_calls(1000, 30);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (_, customer) = tollbook.numbers_of("hls-0001");
    let server = tollbook.serve(&[]);
    let (of_customer, window) = (format!("customer_id={customer}"), ["--from", "2026-01-01", "--until", "2027-01-01"]);
    let connected = ["--all-kinds", "--anchor", "connect", "--where", "success=true", "--where", &of_customer];
    let rows = tollbook.count(&[&connected[..], &window].concat());
    assert!(rows > 50, "there are too few records to request");
    let task = json!({
        "url": server.http, "licence": LICENCE, "customer": customer, "from": "2026-01-01", "until": "2027-01-01",
        "rows": rows,
    });
    run(folder, script, &task.to_string());
}

#[test]
fn servicestacks_client_for_javascript_gets_records() {
    if let Some(folder) = from_npm() {
        asks_for_records(folder, "servicestack.mjs");
    }
}

#[test]
fn servicestacks_client_for_python_gets_records() {
    if let Some(folder) = from_pypi() {
        asks_for_records(folder, "with_servicestack.py");
    }
}
