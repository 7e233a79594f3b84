//! Clients of others against the Yeti dialect: each signs in, lists, orders, waits for and downloads an export.

mod documents;
mod packages;

use std::path::Path;

use serde_json::json;

use self::packages::{from_npm, from_pypi, run};
use super::support::PASSWORD;
use super::yeti::portal::{CUSTOMER, HEADER, Portal, SALES};
use crate::harness::Tollbook;

/// Has a client do its task, beside others that ordered something before.
fn does_its_task(folder: &Path, script: &str) {
    let tollbook = Tollbook::with_accounts(2000);
    tollbook.login("shipping", SALES, &[]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "shipping");
    portal.reaches(&portal.order(SALES), "Completed");
    let (from, until) = ("2026-01-08T00:00:00.000Z", "2026-01-22T00:00:00.000Z");
    let rows = tollbook.count(&["--account", SALES.number, "--from", from, "--until", until]);
    assert!(rows > 50, "there is something to download");
    let task = json!({
        "url": format!("{}{CUSTOMER}", server.http), "login": "shipping", "password": PASSWORD, "account": SALES.name,
        "from": from, "until": until, "header": HEADER, "rows": rows,
    });
    run(folder, script, &task.to_string());
    assert_eq!(portal.found("/cdr-exports")["meta"]["total-count"], 2, "{script} ordered one");
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
