//! A third-party validator checks every document against the schema of JSON:API.

use std::fs;

use serde_json::{Value, json};

use super::packages::{from_npm, run};
use crate::harness::Tollbook;
use crate::server::client::{Answer, send};
use crate::server::support::{NAME, Server};
use crate::server::yeti::portal::{ALWAYS, CUSTOMER, JSON_API, Portal, SUPPORT, order};

/// Documents for the validator, each with its request.
#[derive(Default)]
struct Documents(Vec<Value>);

impl Documents {
    fn take(&mut self, request: String, reply: &Answer, status: u16) -> Value {
        assert_eq!(reply.status, status, "{request}: {}", reply.text());
        assert_eq!(reply.header("Content-Type"), JSON_API, "{request}");
        let document = reply.json();
        self.0.push(json!({"request": request, "document": document}));
        document
    }

    /// Sends a GET request, and records the document of the response.
    fn get(&mut self, portal: &Portal, path: &str, status: u16) -> Value {
        self.take(format!("GET {path}"), &portal.get(path), status)
    }

    /// Posts a document, and records the document of the response.
    fn post(&mut self, portal: &Portal, path: &str, body: &Value, status: u16) -> Value {
        self.take(format!("POST {path} {body}"), &portal.ask("POST", path, Some(body)), status)
    }
}

/// Requests every route that returns existing resources to a customer.
fn successful_requests(documents: &mut Documents, portal: &Portal) {
    documents.get(portal, "/cdr-exports", 200);
    let account = portal.account(SUPPORT);
    let ordered = documents.post(portal, "/cdr-exports", &order(&account, ALWAYS, json!({"success_eq": true})), 201);
    let export = ordered["data"]["id"].as_str().unwrap().to_owned();
    documents.post(portal, "/cdr-exports?include=account", &order(&account, ALWAYS, json!({})), 201);
    portal.reaches(&export, "Completed");
    let calls = documents.get(portal, &format!("/cdrs?filter[time_start_gteq]={}&page[size]=3", ALWAYS.0), 200);
    let call = calls["data"][0]["id"].as_str().unwrap().to_owned();
    for path in [
        "/cdr-exports",
        "/cdr-exports?page[size]=1&page[number]=2&sort=created-at,-id",
        "/cdr-exports?page[number]=9",
        "/cdr-exports?include=account",
        "/cdr-exports?fields[cdr-exports]=status,rows-count",
        "/cdr-exports?fields[cdr-exports]=account",
        "/cdr-exports?filter[status_in]=Completed,Pending&filter[rows_count_gt]=0",
        "/cdr-exports/EXPORT",
        "/cdr-exports/EXPORT?include=account&fields[accounts]=name",
        "/cdr-exports/EXPORT/relationships/account",
        "/cdr-exports/EXPORT/account",
        "/accounts",
        "/accounts?filter[name_cont]=support",
        "/accounts/ACCOUNT",
        "/cdrs",
        "/cdrs?filter[time_start_gteq]=2025-01-01&include=account&page[size]=5",
        "/cdrs/CALL",
        "/cdrs/CALL?include=account",
        "/cdrs/CALL/relationships/account",
        "/cdrs/CALL/account",
    ] {
        let path = path.replace("EXPORT", &export).replace("ACCOUNT", &account).replace("CALL", &call);
        documents.get(portal, &path, 200);
    }
    for kind in ["chart-active-calls", "chart-originated-cps"] {
        let attributes = json!({"from-time": "2026-01-05T00:00:00Z", "to-time": "2026-01-06T00:00:00Z"});
        let account = json!({"data": {"type": "accounts", "id": account}});
        let body = json!({"data": {"type": kind, "attributes": attributes, "relationships": {"account": account}}});
        documents.post(portal, &format!("/{kind}"), &body, 201);
    }
}

/// Requests every kind of error.
fn failing_requests(documents: &mut Documents, portal: &Portal, server: &Server) {
    for (path, status) in [
        ("/cdr-exports/00000000-0000-4000-8000-000000000000", 404),
        ("/cdr-exports/00000000-0000-4000-8000-000000000000/download", 404),
        ("/cdr-exports/00000000-0000-4000-8000-000000000000/account", 404),
        ("/accounts/00000000-0000-4000-8000-000000000000", 404),
        ("/cdrs/999999999999", 404),
        ("/cdr-exports/none", 404),
        ("/cdr-exports?filter[foo]=1", 400),
        ("/cdr-exports?filter[status_eq]=test&page[size]=0", 400),
        ("/cdr-exports?filter=abc", 400),
        ("/cdr-exports?filter[time_format]=x", 400),
        ("/cdr-exports?sort=foo", 400),
        ("/cdr-exports?include=foo", 400),
        ("/cdr-exports?fields=status", 400),
        ("/cdr-exports?fields[cdr-exports]=foo", 400),
        ("/cdr-exports?fields[foo]=status", 400),
        ("/cdr-exports?page[size]=1001", 400),
        ("/cdrs?filter[duration_eq]=1,2", 400),
    ] {
        documents.get(portal, path, status);
    }
    let order = |account: &str| order(account, ALWAYS, json!({}));
    let with = |pointer: &str, value: Value| {
        let mut body = order(&portal.account(SUPPORT));
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value;
        body
    };
    for (body, status) in [
        (json!({}), 400),
        (json!({"data": []}), 400),
        (json!({"data": {"type": "accounts"}}), 400),
        (with("/data/id", json!("1")), 400),
        (with("/data/attributes/status", json!("Completed")), 400),
        (with("/data/attributes/filters", json!([1])), 400),
        (with("/data/relationships/account/data", json!([])), 400),
        (with("/data/relationships/account/data/type", json!("customers")), 400),
        (with("/data/attributes/filters", json!({"success_eq": true, "foo": 1, "customer_id_eq": 2})), 422),
        (with("/data/attributes/time-format", json!("")), 422),
        (with("/data/attributes/time-zone-name", json!("Nowhere")), 422),
        (with("/data/relationships", json!({})), 422),
        (order("00000000-0000-4000-8000-000000000000"), 422),
    ] {
        documents.post(portal, "/cdr-exports", &body, status);
    }
    let url = format!("{}{CUSTOMER}/cdr-exports", server.http);
    let token = ("Authorization", portal.token.as_str());
    for (method, headers, body, status) in [
        ("GET", &[][..], "", 401),
        ("GET", &[("Authorization", "invalid")], "", 401),
        ("GET", &[token, ("Accept", "application/json")], "", 406),
        ("POST", &[token, ("Content-Type", "application/json")], "{}", 415),
        ("POST", &[token, ("Content-Type", JSON_API)], "{", 400),
        ("POST", &[token, ("Content-Type", JSON_API)], "[]", 400),
    ] {
        let reply = send(method, &url, headers, body.as_bytes());
        documents.take(format!("{method} {headers:?} {body}"), &reply, status);
    }
}

/// Requests the routes of administrators.
fn administrator_requests(documents: &mut Documents, portal: &Portal) {
    let filters = json!({"time_start_gteq": ALWAYS.0, "time_start_lt": ALWAYS.1});
    let attributes = json!({"fields": ["time_start", "success"], "filters": filters});
    let ordered = documents.post(
        portal,
        "/cdr-exports",
        &json!({"data": {"type": "cdr-exports", "attributes": attributes}}),
        201,
    );
    let id = ordered["data"]["id"].as_str().unwrap();
    documents.get(portal, "/cdr-exports", 200);
    documents.get(portal, &format!("/cdr-exports/{id}"), 200);
    documents.get(portal, "/cdr-exports/999999999", 404);
    let wrong = json!({"fields": ["qwe"], "filters": filters});
    documents.post(portal, "/cdr-exports", &json!({"data": {"type": "cdr-exports", "attributes": wrong}}), 422);
    let removed = portal.ask("DELETE", &format!("/cdr-exports/{id}"), None);
    assert_eq!((removed.status, removed.text()), (204, ""));
}

#[test]
fn every_document_passes_a_third_party_json_api_validator() {
    let Some(folder) = from_npm() else { return };
    let tollbook = Tollbook::with_accounts(1000);
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&[]);
    let mut documents = Documents::default();
    let portal = Portal::sign_in(&server, "quill");
    successful_requests(&mut documents, &portal);
    failing_requests(&mut documents, &portal, &server);
    administrator_requests(&mut documents, &Portal::sign_in_as_administrator(&server, NAME));
    let lines: String = documents.0.iter().map(|document| format!("{document}\n")).collect();
    let file = tollbook.path("documents.ndjson");
    fs::write(&file, lines).unwrap();
    let printed = run(folder, "validate.mjs", &file.display().to_string());
    assert_eq!(printed.trim(), format!("{} documents, 0 of them wrong", documents.0.len()));
}
