//! On every route, resources of another customer look like missing ones.

use serde_json::{Value, json};

use super::portal::{ALWAYS, NIGHT_DESK, Owned, Portal, SALES, SUPPORT, order};
use crate::harness::Tollbook;
use crate::server::client::Answer;

/// Resources of one owner: an export, an account, a call.
struct Things {
    export: String,
    account: String,
    call: String,
}

impl Things {
    fn of(portal: &Portal, owned: Owned) -> Things {
        let account = portal.account(owned);
        let export = portal.order(owned);
        portal.reaches(&export, "Completed");
        let path = format!("/cdrs?filter[time_start_gteq]={}&filter[account_id_eq]={account}&page[size]=1", ALWAYS.0);
        let calls = portal.found(&path);
        Things { export, account, call: calls["data"][0]["id"].as_str().unwrap().to_owned() }
    }

    /// Resources that do not exist.
    fn none() -> Things {
        let uuid = "00000000-0000-4000-8000-000000000000".to_owned();
        Things { export: uuid.clone(), account: uuid, call: "999999999999".to_owned() }
    }

    /// A path or a body with the ids of these resources.
    fn fill(&self, text: &str) -> String {
        text.replace("EXPORT", &self.export).replace("ACCOUNT", &self.account).replace("CALL", &self.call)
    }

    /// A response without their ids.
    fn without(&self, text: &str) -> String {
        let text = text.replace(&self.export, "ID").replace(&self.account, "ID");
        text.replace(&format!("by {} could", self.call), "by ID could")
    }
}

/// Every route with an id, and its status for the owner of the resource.
const ROUTES: [(&str, u16); 12] = [
    ("/cdr-exports/EXPORT", 200),
    ("/cdr-exports/EXPORT?include=account", 200),
    ("/cdr-exports/EXPORT/", 200),
    ("/cdr-exports/EXPORT/download", 200),
    ("/cdr-exports/EXPORT/receipt", 200),
    ("/cdr-exports/EXPORT/relationships/account", 200),
    ("/cdr-exports/EXPORT/account", 200),
    ("/accounts/ACCOUNT", 200),
    ("/cdrs/CALL", 200),
    ("/cdrs/CALL/relationships/account", 200),
    ("/cdrs/CALL/account", 200),
    // Recordings are not stored.
    ("/cdrs/CALL/rec", 404),
];

/// Every list that can be filtered by an account or an id.
const LISTS: [&str; 3] = [
    "/cdr-exports?filter[account_id_eq]=ACCOUNT",
    "/cdr-exports?filter[id]=EXPORT",
    "/cdrs?filter[time_start_gteq]=2025-01-01&filter[account_id_eq]=ACCOUNT",
];

/// Every resource that can be created for an account.
fn requests(account: &str) -> [(&'static str, Value); 3] {
    let chart = |kind: &str| {
        let attributes = json!({"from-time": "2026-01-05T00:00:00Z", "to-time": "2026-01-06T00:00:00Z"});
        let account = json!({"data": {"type": "accounts", "id": account}});
        json!({"data": {"type": kind, "attributes": attributes, "relationships": {"account": account}}})
    };
    [
        ("/cdr-exports", order(account, ALWAYS, json!({}))),
        ("/chart-active-calls", chart("chart-active-calls")),
        ("/chart-originated-cps", chart("chart-originated-cps")),
    ]
}

/// The parts of a response that are compared: the status, the content type, and the body without ids.
fn seen(things: &Things, reply: &Answer) -> (u16, String, String) {
    (reply.status, reply.header("Content-Type").to_owned(), things.without(reply.text()))
}

fn check(owner: &Portal, stranger: &Portal, things: &Things) {
    let none = Things::none();
    for (route, status) in ROUTES {
        assert_eq!(owner.get(&things.fill(route)).status, status, "{route}: its owner");
        let foreign = seen(things, &stranger.get(&things.fill(route)));
        assert_eq!(foreign.0, 404, "{route}: {}", foreign.2);
        assert_eq!(foreign, seen(&none, &stranger.get(&none.fill(route))), "{route}");
    }
    for list in LISTS {
        assert_ne!(owner.found(&things.fill(list))["meta"]["total-count"], 0, "{list}: its owner");
        let foreign = seen(things, &stranger.get(&things.fill(list)));
        assert_eq!(foreign, seen(&none, &stranger.get(&none.fill(list))), "{list}");
        assert_eq!(stranger.found(&things.fill(list))["data"], json!([]), "{list}");
    }
    let requests = requests(&things.account).into_iter().zip(requests(&none.account));
    for ((path, own), (_, nobody)) in requests {
        assert_eq!(owner.ask("POST", path, Some(&own)).status, 201, "{path}: its owner");
        let foreign = seen(things, &stranger.ask("POST", path, Some(&own)));
        assert_eq!(foreign.0, 422, "{path}: {}", foreign.2);
        assert_eq!(foreign, seen(&none, &stranger.ask("POST", path, Some(&nobody))), "{path}");
    }
}

#[test]
fn resources_of_others_look_like_missing_ones() {
    let tollbook = Tollbook::with_accounts(2000);
    tollbook.login("shipping", SALES, &[]);
    tollbook.login("sales", SALES, &["--account", SALES.number]);
    tollbook.login("quill", SUPPORT, &[]);
    let server = tollbook.serve(&[]);
    let [shipping, sales, quill] = ["shipping", "sales", "quill"].map(|login| Portal::sign_in(&server, login));
    let (of_quill, of_night_desk) = (Things::of(&quill, SUPPORT), Things::of(&shipping, NIGHT_DESK));
    // Another customer, a login with access to only some accounts of its customer, and the reverse.
    for (owner, stranger, things) in [
        (&quill, &shipping, &of_quill),
        (&quill, &sales, &of_quill),
        (&shipping, &sales, &of_night_desk),
        (&shipping, &quill, &of_night_desk),
    ] {
        check(owner, stranger, things);
    }
    let exports = sales.found("/cdr-exports");
    assert_eq!((&exports["data"], &exports["meta"]["total-count"]), (&json!([]), &json!(0)));
}
