//! Entries of the directory are changed: lists, loads and exports show it.

use std::fs;

use serde_json::Value;

use crate::harness::{Tollbook, outcome, same};

fn list(tollbook: &Tollbook, what: &str) -> Vec<Value> {
    serde_json::from_str(&tollbook.ok(&[what, "list", "--format", "json"])).unwrap()
}

/// A store with the customer Acme, its account 7, one call on it, and an export at its watermark.
fn filled() -> Tollbook {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme", "--currency", "EUR"]);
    tollbook.ok(&["account", "add", "Acme", "7"]);
    load(&tollbook, "a", "7");
    export(&tollbook, "before.zip", &[]);
    tollbook
}

fn load(tollbook: &Tollbook, key: &str, account: &str) {
    let line = format!("key,started_at,account,customer\n{key},2026-01-01T00:00:00Z,{account},\n");
    fs::write(tollbook.path("calls.csv"), line).unwrap();
    let said = tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    assert!(said.contains("1 record read: 1 loaded"), "{said}");
}

fn export(tollbook: &Tollbook, name: &str, more: &[&str]) -> Vec<u8> {
    tollbook.ok(&[&["export", "--layout", "native", "--output", name][..], more].concat());
    tollbook.ok(&["verify", name]);
    fs::read(tollbook.path(name)).unwrap()
}

/// The names that an export shows, of its only call or of all of them.
fn names(tollbook: &Tollbook) -> Vec<[String; 2]> {
    let calls = tollbook.ok(&["calls", "--fields", "customer,account", "--format", "json"]);
    let calls: Vec<Value> = serde_json::from_str(&calls).unwrap();
    calls.iter().map(|call| ["customer", "account"].map(|name| call[name].as_str().unwrap().to_owned())).collect()
}

#[test]
fn a_renamed_customer_and_account_keep_their_calls_and_get_new_ones() {
    let tollbook = filled();
    let said = tollbook.ok(&["customer", "change", "Acme", "--name", "Acme Ltd", "--external-id", "C-1"]);
    assert!(said.contains("changed customer 1 `Acme Ltd`") && said.contains("earlier watermarks"), "{said}");
    let said = tollbook.ok(&["account", "change", "Acme Ltd", "7", "--number", "70", "--balance", "-12.50"]);
    assert!(said.contains("changed account 1 `70` of `Acme Ltd`"), "{said}");
    load(&tollbook, "b", "70");
    let named = ["Acme Ltd".to_owned(), "70".to_owned()];
    assert_eq!(names(&tollbook), [named.clone(), named]);
    let (customers, accounts) = (list(&tollbook, "customer"), list(&tollbook, "account"));
    assert_eq!((&customers[0]["name"], &customers[0]["external_id"]), (&"Acme Ltd".into(), &"C-1".into()));
    assert_eq!((&accounts[0]["number"], &accounts[0]["balance"]), (&"70".into(), &"-12.50".into()));
    assert_eq!(accounts[0]["customer"], "Acme Ltd");
}

/// Exports print names as they are now. Once an entry has its old name again, an export at an earlier watermark has its
/// old bytes; blocks that were kept under another name are not used.
#[test]
fn an_export_at_an_earlier_watermark_differs_in_the_new_name_alone() {
    let tollbook = filled();
    let before = fs::read(tollbook.path("before.zip")).unwrap();
    let receipt: Value = serde_json::from_slice(&fs::read(tollbook.path("before.zip.receipt.json")).unwrap()).unwrap();
    let watermark = receipt["watermark"].to_string();
    let at = ["--watermark", &watermark];
    tollbook.ok(&["customer", "change", "Acme", "--name", "Acne"]);
    let renamed = export(&tollbook, "renamed.zip", &at);
    assert!(renamed != before, "it prints the new name");
    for (field, value) in [("--environment", "2"), ("--billing-period", "day"), ("--level", "reseller")] {
        tollbook.ok(&["customer", "change", "Acne", field, value]);
    }
    same("names alone are printed", &export(&tollbook, "again.zip", &at), &renamed);
    tollbook.ok(&["customer", "change", "Acne", "--name", "Acme"]);
    same("under the old name", &export(&tollbook, "after.zip", &at), &before);
}

/// A native export from before a rename shows another name than the store has.
#[test]
fn an_export_from_before_a_rename_is_in_conflict_with_its_records() {
    for (renames, expected) in [(false, "1 already known, 0 quarantined"), (true, "0 already known, 1 quarantined")] {
        let tollbook = filled();
        let export =
            ["export", "--package", "plain", "--sheet", "calls", "--layout", "native", "--output", "exported.csv"];
        tollbook.ok(&export);
        if renames {
            tollbook.ok(&["customer", "change", "Acme", "--name", "Acne"]);
        }
        let output = tollbook.run(&["load", "--feed", "native", "--set", "intake.max_bad=1", "exported.csv"]);
        assert!(outcome(&output).contains(expected), "{}", outcome(&output));
    }
}

#[test]
fn changes_that_are_none_or_impossible_are_refused() {
    let tollbook = filled();
    fs::write(tollbook.path("products.csv"), "name\nGold\n").unwrap();
    fs::write(tollbook.path("destinations.csv"), "prefix,country\n49,Germany\n").unwrap();
    for sheet in ["products", "destinations"] {
        tollbook.ok(&["load", "--feed", "native", "--sheet", sheet, &format!("{sheet}.csv")]);
    }
    let cases: &[(&[&str], &str)] = &[
        (&["customer", "change", "Acne", "--level", "reseller"], "there is no customer `Acne`; did you mean `Acme`?"),
        (&["customer", "change", "Acme"], "nothing changes"),
        (&["customer", "change", "Acme", "--currency", "USD"], "it has records"),
        (&["customer", "change", "Acme", "--time-zone", "UTC"], "it has records"),
        (&["customer", "change", "Acme", "--time-zone", "Berlin"], "did you mean \"Europe/Berlin\"?"),
        (&["account", "change", "Acme", "8", "--name", "x"], "the customer `Acme` has no account `8`"),
        (&["account", "change", "Acme", "7", "--name", "7"], "nothing changes"),
        (&["account", "change", "Acme", "7", "--product", "9"], "there is no product `9`"),
        (&["service", "change", "Voice Call", "--name", "Calls"], "did you mean `Voice Calls`?"),
        (&["service", "change", "Voice Calls", "--kind", "gift"], "expected one of"),
        (&["product", "change", "Gild", "--name", "Silver"], "did you mean `Gold`?"),
        (&["destination", "change", "49", "--country", "Germany"], "nothing changes"),
        (&["destination", "change", "49", "--prefix", "+49"], "is not a prefix"),
    ];
    for (args, message) in cases {
        let said = tollbook.fails(args);
        assert!(said.contains(message), "{args:?}: {said}");
    }
    tollbook.ok(&["service", "change", "Voice Calls", "--name", "Calls", "--flags", "x"]);
    tollbook.ok(&["product", "change", "Gold", "--name", "Platinum"]);
    tollbook.ok(&["destination", "change", "49", "--prefix", "4930", "--subdivision", "Berlin"]);
    let voice = list(&tollbook, "service").into_iter().find(|it| it["id"] == 3).unwrap();
    assert_eq!((&voice["name"], &voice["flags"]), (&"Calls".into(), &"x".into()));
    assert_eq!(list(&tollbook, "product")[0]["name"], "Platinum");
    let berlin = &list(&tollbook, "destination")[0];
    let (prefix, country, subdivision) = (&berlin["prefix"], &berlin["country"], &berlin["subdivision"]);
    assert_eq!((prefix, country, subdivision), (&"4930".into(), &"Germany".into(), &"Berlin".into()));
}
