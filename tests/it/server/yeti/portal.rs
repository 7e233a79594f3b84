//! A customer's portal: it signs in, orders exports, polls their status and downloads them.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::Tollbook;
use crate::server::client::{Answer, send};
use crate::server::support::{PASSWORD, Server, until};

/// The base path of the customer API.
pub(crate) const CUSTOMER: &str = "/api/rest/customer/v1";
/// The base path of the administrators' API.
pub(crate) const ADMIN: &str = "/api/rest/admin";
/// The media type of JSON:API documents.
pub(crate) const JSON_API: &str = "application/vnd.api+json";
/// The bounds of a window that contains all generated calls.
pub(crate) const ALWAYS: (&str, &str) = ("2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
/// The first line of every file: the headings of the original.
pub(crate) const HEADER: &str = "Time Start,Time Connect,Time End,Success,Duration,Src Name In,Src Prefix In,Dst Prefix In,\
                                 From Domain,To Domain,Ruri Domain,Lega Disconnect Code,Lega Disconnect Reason,Auth Orig Ip,\
                                 Auth Orig Port,Src Prefix Routing,Dst Prefix Routing,Destination Prefix,\
                                 Destination Initial Interval,Destination Next Interval,Destination Initial Rate,\
                                 Destination Next Rate,Destination Fee,Customer Price,Customer Duration,Orig Call,Local Tag,\
                                 Lega User Agent,Diversion In";

/// A generated account: its customer, its number and its name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owned {
    pub(crate) customer: &'static str,
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
}

/// Accounts that exist in a store with four or more generated accounts. The first and the last belong to one customer.
pub(crate) const SALES: Owned = Owned { customer: "Harbour Lights Shipping", number: "hls-0001", name: "Sales 1" };
pub(crate) const SUPPORT: Owned = Owned { customer: "Pebble & Quill Ltd", number: "pql-0002", name: "Support 2" };
pub(crate) const NIGHT_DESK: Owned =
    Owned { customer: "Harbour Lights Shipping", number: "hls-0004", name: "Night Desk 4" };

/// A signed-in client.
#[derive(Clone, Debug)]
pub(crate) struct Portal {
    base: String,
    pub(crate) token: String,
}

impl Tollbook {
    /// A store with calls of four accounts.
    pub(crate) fn with_accounts(calls: u64) -> Tollbook {
        let tollbook = Tollbook::new();
        tollbook.ok(&["generate", "--calls", &calls.to_string(), "--days", "30", "--accounts", "4"]);
        tollbook
    }

    /// Adds a login of the customer of an account, with the further arguments `more`.
    pub(crate) fn login(&self, name: &str, owned: Owned, more: &[&str]) {
        let args = ["login", "add", name, "--customer", owned.customer];
        let mut add = self.command(&[&args[..], more].concat());
        let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Decompresses a file with `gzip`; the file must be intact. The caller has checked that `gzip` is installed.
    pub(crate) fn unzipped(&self, bytes: &[u8]) -> String {
        let path = self.path("file.csv.gz");
        std::fs::write(&path, bytes).unwrap();
        let output = Command::new("gzip").arg("-dc").arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Portal {
    pub(crate) fn sign_in(server: &Server, login: &str) -> Portal {
        Portal::signed_in(&format!("{}{CUSTOMER}", server.http), json!({"login": login, "password": PASSWORD}))
    }

    /// Signs in as a user.
    pub(crate) fn sign_in_as_administrator(server: &Server, name: &str) -> Portal {
        Portal::signed_in(&format!("{}{ADMIN}", server.http), json!({"username": name, "password": PASSWORD}))
    }

    fn signed_in(base: &str, auth: Value) -> Portal {
        let body = json!({"auth": auth}).to_string();
        let reply = send("POST", &format!("{base}/auth"), &[("Content-Type", "application/json")], body.as_bytes());
        assert_eq!(reply.status, 201, "{}", reply.text());
        Portal { base: base.to_owned(), token: reply.json()["jwt"].as_str().unwrap().to_owned() }
    }

    /// The same token, for another server.
    pub(crate) fn at(&self, server: &Server) -> Portal {
        Portal { base: format!("{}{CUSTOMER}", server.http), token: self.token.clone() }
    }

    /// Sends a request with any method; a body is sent as JSON:API.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Authorization", bearer.as_str()), ("Accept", JSON_API), ("Content-Type", JSON_API)];
        let text = body.map(Value::to_string).unwrap_or_default();
        let headers = if body.is_some() { &headers[..] } else { &headers[..2] };
        send(method, &format!("{}{path}", self.base), headers, text.as_bytes())
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    /// The document of a path, which must exist.
    pub(crate) fn found(&self, path: &str) -> Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    /// The identifier of an account.
    pub(crate) fn account(&self, owned: Owned) -> String {
        let accounts = self.found("/accounts");
        let found = accounts["data"].as_array().unwrap().iter().find(|it| it["attributes"]["name"] == owned.name);
        found.unwrap_or_else(|| panic!("{accounts}"))["id"].as_str().unwrap().to_owned()
    }

    /// Orders an export of all calls of an account, and returns its identifier.
    pub(crate) fn order(&self, owned: Owned) -> String {
        let reply = self.ask("POST", "/cdr-exports", Some(&order(&self.account(owned), ALWAYS, json!({}))));
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["data"]["id"].as_str().unwrap().to_owned()
    }

    /// The attributes of an export.
    pub(crate) fn export(&self, id: &str) -> Value {
        self.found(&format!("/cdr-exports/{id}"))["data"]["attributes"].clone()
    }

    /// Waits until an export has a status.
    #[track_caller]
    pub(crate) fn reaches(&self, id: &str, status: &str) -> Value {
        until(&format!("export {id} is {status}"), || {
            let export = self.export(id);
            let over = ["Completed", "Failed", "Deleted"].iter().any(|it| export["status"] == *it);
            // A completed export may still be removed.
            let later = status == "Deleted" && export["status"] == "Completed";
            assert!(export["status"] == status || !over || later, "{export}");
            (export["status"] == status).then_some(export)
        })
    }

    /// Downloads the file of an export, compressed.
    pub(crate) fn download(&self, id: &str) -> Answer {
        self.get(&format!("/cdr-exports/{id}/download"))
    }

    /// The same; the export must have a file.
    #[track_caller]
    pub(crate) fn file(&self, id: &str) -> Vec<u8> {
        let reply = self.download(id);
        assert_eq!(reply.status, 200, "export {id}: {}", String::from_utf8_lossy(&reply.body));
        reply.body
    }
}

/// The document that orders an export; `more` are filters in addition to the window.
pub(crate) fn order(account: &str, window: (&str, &str), more: Value) -> Value {
    let mut filters = json!({"time_start_gteq": window.0, "time_start_lt": window.1});
    filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let account = json!({"data": {"type": "accounts", "id": account}});
    json!({"data": {"type": "cdr-exports", "attributes": {"filters": filters}, "relationships": {"account": account}}})
}
