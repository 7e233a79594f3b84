//! Sources are configured once; loads are listed, shown and undone.

use std::fs;

use serde_json::Value;

use crate::harness::{Tollbook, fixture, outcome, same};

/// The lines of a list.
fn list(tollbook: &Tollbook, args: &[&str]) -> Vec<Value> {
    serde_json::from_str(&tollbook.ok(&[args, &["--format", "json"]].concat())).unwrap()
}

/// The account of each call by its called number.
fn accounts(tollbook: &Tollbook) -> Vec<String> {
    let calls = list(tollbook, &["calls", "--fields", "called,customer,account"]);
    let text = |call: &Value, name: &str| call[name].as_str().unwrap_or("-").to_owned();
    let mut found: Vec<String> =
        calls.iter().map(|call| ["called", "customer", "account"].map(|name| text(call, name)).join(" ")).collect();
    found.sort_unstable();
    found
}

/// A row of `Master.csv` between two channels.
fn row(n: u32, account: &str, called: &str, channel: &str) -> String {
    format!(
        "\"{account}\",\"100\",\"{called}\",\"ctx\",\"\"\"Ada\"\" <100>\",\"{channel}\",\"PJSIP/200-00000002\",\"Dial\",\"x\",\
         \"2026-11-21 11:00:00\",,\"2026-11-21 11:00:10\",10,0,\"NO ANSWER\",\"3\",\"1795255200.{n}\",\"\"\n"
    )
}

#[test]
fn a_load_of_a_configured_source_needs_nothing_else() {
    for in_file in [true, false] {
        let tollbook = Tollbook::new();
        tollbook.ok(&["customer", "add", "Acme"]);
        tollbook.ok(&["account", "add", "Acme", "north-1"]);
        let rules = ["trunk = \"trunk-a\", account = \"north-1\"", "called = \"49\", account = \"german\""];
        if in_file {
            let rules = rules.map(|rule| format!("{{ {rule} }}")).join(", ");
            let text = format!(
                "[sources.pbx1]\nfeed = \"asterisk-csv\"\nzone = \"Europe/Berlin\"\ncustomer = \"Acme\"\n\
                 unknown_accounts = \"create\"\naccounts = [{rules}]\n"
            );
            fs::write(tollbook.path("tollbook.toml"), text).unwrap();
        } else {
            let add =
                ["source", "add", "pbx1", "--feed", "asterisk-csv", "--zone", "Europe/Berlin", "--customer", "Acme"];
            tollbook.ok(&[&add[..], &["--rule", rules[0], "--rule", rules[1]]].concat());
        }
        let file = row(1, "a", "1", "PJSIP/trunk-a-00000001")
            + &row(2, "b", "491", "PJSIP/trunk-b-00000001")
            + &row(3, "c", "2", "PJSIP/trunk-b-00000001");
        fs::write(tollbook.path("Master.csv"), file).unwrap();
        let said = tollbook.ok(&["load", "--source", "pbx1", "Master.csv"]);
        assert!(said.contains("3 records read: 3 loaded"), "{said}");
        assert_eq!(accounts(&tollbook), ["1 Acme north-1", "2 Acme c", "491 Acme german"], "in a file: {in_file}");
        assert_eq!(tollbook.count(&["--where", "started_at=2026-11-21T10:00:00Z"]), 3);
        let sources = list(&tollbook, &["source", "list"]);
        assert_eq!(sources.len(), 1);
        let from = if in_file { "configuration" } else { "store" };
        assert_eq!(sources[0]["settings"], from, "{sources:?}");
        assert_eq!((&sources[0]["records"], &sources[0]["rules"]), (&3.into(), &2.into()));
        assert_eq!((&sources[0]["new_in_24_h"], &sources[0]["known_in_24_h"]), (&3.into(), &0.into()));
        assert_eq!(sources[0]["latest_start"], "2026-11-21T10:00:00.000000Z");
        assert_eq!(sources[0]["warnings"], Value::Array(Vec::new()));
        // The command line wins over the source.
        let other = Tollbook::new();
        let said = other.run(&["load", "--source", "pbx1", &tollbook.path("Master.csv").display().to_string()]);
        assert!(outcome(&said).contains("no source `pbx1` is configured"), "{}", outcome(&said));
        let said = tollbook.run(&["load", "--source", "pbx1", "--zone", "UTC", "Master.csv"]);
        assert_eq!(said.status.code(), Some(3), "{}", outcome(&said));
        let said = tollbook.fails(&["load", "--source", "pbx1", "--feed", "native", "Master.csv"]);
        assert!(said.contains("the source `pbx1` has the feed asterisk-csv, not native"), "{said}");
    }
}

#[test]
fn sources_are_changed_and_removed_and_misspelt_ones_refused() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["source", "add", "pbx1", "--feed", "asterisk-csv", "--quoting", "tolerant", "--encoding", "latin1"]);
    let said = tollbook.fails(&["source", "add", "pbx1", "--feed", "native"]);
    assert!(said.contains("exists"), "{said}");
    let said = tollbook.fails(&["load", "--source", "pbx2", "x.csv"]);
    assert!(said.contains("no source `pbx2` is configured; did you mean `pbx1`?"), "{said}");
    let file = fixture("intake/unescaped.csv");
    assert!(tollbook.ok(&["load", "--source", "pbx1", &file]).contains("2 loaded"));
    tollbook.ok(&["source", "change", "pbx1", "--unknown-accounts", "quarantine", "--zone", "UTC"]);
    let shown = tollbook.ok(&["source", "show", "pbx1"]);
    assert_eq!(
        shown,
        "[sources.pbx1]\nencoding = \"windows-1252\"\nfeed = \"asterisk-csv\"\nquoting = \"tolerant\"\n\
         unknown_accounts = \"quarantine\"\nzone = \"UTC\"\n"
    );
    fs::write(tollbook.path("more.csv"), row(9, "nobody", "1", "PJSIP/a-1").replace("11:00", "10:00")).unwrap();
    let said = tollbook.ok(&["load", "--source", "pbx1", "more.csv"]);
    assert!(said.contains("1 quarantined"), "{said}");
    assert!(tollbook.ok(&["quarantine", "list"]).contains("account-unknown"));
    // Once the account exists, the file is loaded.
    tollbook.ok(&["customer", "add", "Acme"]);
    tollbook.ok(&["account", "add", "Acme", "nobody"]);
    assert!(tollbook.ok(&["load", "--source", "pbx1", "more.csv"]).contains("1 loaded"));
    assert!(tollbook.ok(&["quarantine", "list"]).contains("nothing waits"));
    for (args, words) in [
        (&["source", "change", "pbx2", "--quoting", "strict"][..], "did you mean `pbx1`"),
        (&["source", "change", "pbx1", "--customer", "Nobody"], "Nobody"),
        (&["source", "change", "pbx1", "--zone", "Europe/Berlim"], "Europe/Berlin"),
        (&["source", "show", "pbx9"], "did you mean"),
        (&["source", "add", "pbx3"], "--feed"),
    ] {
        let said = tollbook.fails(args);
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let refused = tollbook.run(&["source", "add", "pbx3", "--feed", "native", "--rule", "account = \"1\""]);
    assert_eq!(refused.status.code(), Some(2), "{}", outcome(&refused));
    tollbook.ok(&["source", "remove", "pbx1"]);
    tollbook.fails(&["source", "remove", "pbx1"]);
    assert_eq!(list(&tollbook, &["source", "list"])[0]["settings"], Value::Null);
    assert_eq!(tollbook.count(&[]), 3);
}

#[test]
fn a_source_in_the_configuration_file_wins_and_is_changed_there() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["source", "add", "pbx1", "--feed", "native"]);
    fs::write(tollbook.path("tollbook.toml"), "[sources.pbx1]\nfeed = \"asterisk-csv\"\n").unwrap();
    assert!(tollbook.ok(&["source", "show", "pbx1"]).contains("asterisk-csv"));
    for args in [&["source", "change", "pbx1", "--quoting", "strict"][..], &["source", "remove", "pbx1"]] {
        let said = tollbook.fails(args);
        assert!(said.contains("stands in the configuration file, which wins"), "{said}");
    }
    for (text, words) in [
        ("[sources.pbx1]\nfeed = \"asterisk\"\n", "there is no feed `asterisk`"),
        ("[sources.pbx1]\nfeed = \"native\"\nzoen = \"UTC\"\n", "zoen"),
        ("[sources.pbx1]\nfeed = \"native\"\nzone = \"Moon\"\n", "Moon"),
        ("[sources.pbx1]\nfeed = \"native\"\naccounts = [{ account = \"1\" }]\n", "asks nothing"),
        ("[sources.pbx1]\nfeed = \"native\"\nquoting = \"loose\"\n", "strict or tolerant"),
        ("[sources.pbx1]\nzone = \"UTC\"\n", "feed"),
        ("sources = 1\n", "not a table"),
    ] {
        fs::write(tollbook.path("tollbook.toml"), text).unwrap();
        let said = tollbook.fails(&["calls", "--count"]);
        assert!(said.contains("tollbook.toml") && said.contains(words), "{text}: {said}");
    }
}

#[test]
fn a_load_is_listed_shown_and_undone() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["generate", "--calls", "200", "--days", "3"]);
    let before = tollbook.ok(&["calls", "--fields", "started_at,called", "--format", "csv"]);
    let file = fixture("intake/conflict.csv");
    tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &file]);
    tollbook.fails(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &fixture("intake/wrongzone.csv")]);
    let loads = list(&tollbook, &["loads", "list"]);
    let ofs = |name: &str| loads.iter().map(|load| load[name].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>();
    assert_eq!(ofs("state"), ["refused", "complete"]);
    assert!(ofs("file")[0].ends_with("wrongzone.csv") && ofs("reason")[0].contains("+01:00"), "{loads:?}");
    assert_eq!((&loads[1]["loaded"], &loads[1]["quarantined"]), (&1.into(), &1.into()));
    let id = loads[1]["id"].to_string();
    let shown = tollbook.ok(&["loads", "show", &id]);
    for words in
        ["state         complete", "source        pbx1", "sha-256       ", "starts        2026-11-21T10:00:00Z to"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let receipt = |name: &str| {
        let receipt = fs::read_to_string(tollbook.path(&format!("{name}.receipt.json"))).unwrap();
        serde_json::from_str::<Value>(&receipt).unwrap()
    };
    tollbook.ok(&["export", "--output", "before.zip"]);
    let watermark = receipt("before.zip")["watermark"].to_string();
    let said = tollbook.ok(&["loads", "undo", &id]);
    assert_eq!(said, format!("undid load {id}: 1 records are withdrawn, 1 entries are removed from the quarantine\n"));
    assert_eq!(tollbook.ok(&["calls", "--fields", "started_at,called", "--format", "csv"]), before);
    assert!(tollbook.ok(&["quarantine", "list", "--all"]).contains("the quarantine is empty"));
    // The records as they were are exported with the same bytes, and the same file loads again.
    tollbook.ok(&["export", "--watermark", &watermark, "--output", "again.zip"]);
    let read = |name: &str| fs::read(tollbook.path(name)).unwrap();
    same("an export of the records before the load was undone", &read("before.zip"), &read("again.zip"));
    let said = tollbook.fails(&["loads", "undo", &id]);
    assert!(said.contains("is undone already"), "{said}");
    let said = tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &file]);
    assert!(said.contains("2 records read: 1 loaded, 0 already known, 1 quarantined"), "{said}");
    assert!(tollbook.fails(&["loads", "show", "99"]).contains("99"));
}

#[test]
fn an_account_that_is_added_later_gets_its_calls() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme"]);
    let file = row(1, "a", "1", "PJSIP/x-1") + &row(2, "b", "2", "PJSIP/x-1") + &row(3, "a", "3", "PJSIP/x-1");
    fs::write(tollbook.path("Master.csv"), file).unwrap();
    let load = ["load", "--feed", "asterisk-csv", "--zone", "Europe/Berlin", "Master.csv"];
    assert!(tollbook.ok(&load).contains("3 loaded without an account"));
    tollbook.ok(&["export", "--output", "before.zip"]);
    let said = tollbook.ok(&["account", "add", "Acme", "a"]);
    assert!(
        said.contains("2 calls of unknown accounts carry its code; `tollbook account adopt` books them on it"),
        "{said}"
    );
    let said = tollbook.ok(&["account", "adopt", "Acme", "a"]);
    assert_eq!(said, "2 calls of unknown accounts that carry its code are booked on it\n");
    let said = tollbook.ok(&["account", "add", "Acme", "b", "--adopt"]);
    assert!(said.ends_with("1 calls of unknown accounts that carry its code are booked on it\n"), "{said}");
    assert_eq!(accounts(&tollbook), ["1 Acme a", "2 Acme b", "3 Acme a"]);
    tollbook.ok(&["export", "--watermark", "3", "--output", "again.zip"]);
    let read = |name: &str| fs::read(tollbook.path(name)).unwrap();
    same("an export of the calls before they were adopted", &read("before.zip"), &read("again.zip"));
    assert!(tollbook.ok(&load).contains("0 loaded, 3 already known"));
    for (args, words) in [
        (["account", "adopt", "Nobody", "a"], "there is no customer `Nobody`"),
        (["account", "adopt", "Acme", "z"], "the customer `Acme` has no account `z`"),
    ] {
        let said = tollbook.fails(&args);
        assert!(said.contains(words), "{said}");
    }
}

/// What becomes of a call whose account is unknown, with a customer and without one.
#[test]
fn unknown_accounts_become_what_the_source_says() {
    for (unknown, customer, said, found) in [
        ("create", true, "1 account created: Acme/a", "1 Acme a"),
        ("create", false, "1 loaded without an account", "1 - unassigned:pbx1"),
        ("unassigned", true, "1 loaded without an account", "1 - unassigned:pbx1"),
        ("quarantine", true, "0 loaded, 0 already known, 1 quarantined", ""),
    ] {
        let tollbook = Tollbook::new();
        tollbook.ok(&["customer", "add", "Acme"]);
        let add = ["source", "add", "pbx1", "--feed", "asterisk-csv", "--zone", "Europe/Berlin"];
        let of = if customer { &["--customer", "Acme"][..] } else { &[] };
        tollbook.ok(&[&add[..], of, &["--unknown-accounts", unknown]].concat());
        fs::write(tollbook.path("Master.csv"), row(1, "a", "1", "PJSIP/x-1")).unwrap();
        let printed = tollbook.ok(&["load", "--source", "pbx1", "Master.csv"]);
        assert!(printed.contains(said), "{unknown}, {customer}: {printed}");
        assert_eq!(accounts(&tollbook).join(", "), found, "{unknown}, {customer}");
    }
}
