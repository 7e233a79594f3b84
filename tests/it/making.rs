//! Which commands make a store: no other command makes one by mistake, in the wrong folder.

use std::fs;

use crate::harness::{Tollbook, outcome, over_postgres};
use crate::server::support::PASSWORD;

/// The commands on a store that refuse to make one.
const REFUSING: &[&[&str]] = &[
    &["load", "--feed", "native", "calls.csv"],
    &["export", "--output", "calls.zip"],
    &["calls"],
    &["calls", "--count"],
    &["customer", "add", "Acme"],
    &["customer", "list"],
    &["account", "add", "Acme", "100"],
    &["account", "list"],
    &["service", "list"],
    &["product", "list"],
    &["destination", "list"],
    &["quarantine", "list"],
    &["quarantine", "drop", "1"],
    &["backup", "backup.db"],
    &["retention"],
    &["worker"],
    &["user", "add", "admin", "--role", "auditor", "--password-file", "password"],
    &["user", "list"],
    &["login", "add", "quill", "--customer", "Acme", "--password-file", "password"],
    &["login", "import", "logins.csv"],
    &["login", "list"],
    &["licence", "add", "reader", "--environment", "1"],
    &["licence", "list"],
    &["exports", "list"],
];

/// Commands that need no store.
const WITHOUT: &[&[&str]] = &[
    &["feed", "list"],
    &["field", "list"],
    &["layout", "list"],
    &["generate", "--calls", "9", "--output", "more.csv"],
];

fn folder() -> Tollbook {
    let tollbook = Tollbook::without_store();
    for (name, text) in [
        ("calls.csv", "key,started_at\n1,2026-03-01T10:00:00Z\n"),
        ("logins.csv", "login,password_digest,customer,account_ids,allowed_ips,id\n"),
        ("password", PASSWORD),
    ] {
        fs::write(tollbook.path(name), text).unwrap();
    }
    tollbook
}

#[test]
fn a_command_without_a_store_says_how_to_make_one_and_makes_none() {
    let tollbook = folder();
    for args in REFUSING {
        let error = tollbook.fails(args);
        let reason = if over_postgres() { "does not have its tables" } else { "no store at" };
        assert!(error.contains(reason) && error.contains("`tollbook migrate`"), "{args:?}: {error}");
        assert!(!tollbook.path("tollbook-data").exists(), "{args:?} made a folder");
    }
    for args in WITHOUT {
        tollbook.ok(args);
        assert!(!tollbook.path("tollbook-data").exists(), "{args:?} made a folder");
    }
}

#[test]
fn every_other_command_on_a_store_makes_one() {
    let backup = Tollbook::at(None);
    backup.ok(&["generate", "--calls", "3", "--days", "1"]);
    backup.ok(&["backup", "backup.db"]);
    let backup = backup.path("backup.db").display().to_string();
    for args in [&["migrate"][..], &["generate", "--calls", "3", "--days", "1"], &["restore", &backup]] {
        if args[0] == "restore" && over_postgres() {
            continue;
        }
        let tollbook = folder();
        tollbook.ok(args);
        let counted = tollbook.run(&["calls", "--count"]);
        assert!(counted.status.success(), "{args:?}: {}", outcome(&counted));
    }
    let tollbook = folder();
    drop(tollbook.serve(&[]));
    assert_eq!(tollbook.count(&[]), 0);
}
