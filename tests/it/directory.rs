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
        (
            &["customer", "change", "Acme", "--currency", "USD", "--from", "May"],
            "`May` is not a day such as 2026-03-01",
        ),
        (&["customer", "change", "Acme", "--currency", "USD", "--from", "9000-01-01"], "in the future"),
        (&["customer", "change", "Acme", "--email", "acme"], "is not an e-mail address"),
        (&["account", "change", "Acme", "7", "--balance-date", "2026-01-01"], "--balance <BALANCE>"),
        (&["customer", "reopen", "Acme"], "nothing changes"),
        (&["login", "close", "nobody"], "there is no login `nobody`"),
        (&["load", "--feed", "native", "--update", "calls.csv"], "give their --sheet"),
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

#[test]
fn closed_entries_are_marked_and_their_calls_are_stored() {
    let tollbook = filled();
    fs::write(tollbook.path("password"), "a long password\n").unwrap();
    let add = |login: &str, customer: &str| {
        ["login", "add", login, "--customer", customer, "--password-file", "password"].map(str::to_owned)
    };
    let run = |args: [String; 7]| tollbook.run(&args.each_ref().map(String::as_str));
    assert!(run(add("ada", "Acme")).status.success());
    let said = tollbook.ok(&["login", "close", "ada"]);
    assert!(said.contains("closed login `ada`"), "{said}");
    assert!(list(&tollbook, "login")[0]["closed"].is_string());
    assert!(tollbook.fails(&["login", "close", "ada"]).contains("the login is closed already"));
    tollbook.ok(&["login", "reopen", "ada"]);
    assert!(list(&tollbook, "login")[0]["closed"].is_null());

    let (before, table) = (fs::read(tollbook.path("before.zip")).unwrap(), tollbook.ok(&["account", "list"]));
    assert!(!table.contains("closed"), "{table}");
    tollbook.ok(&["account", "close", "Acme", "7"]);
    let said = tollbook.ok(&["customer", "close", "Acme"]);
    assert!(said.contains("closed customer 1 `Acme`"), "{said}");
    assert!(tollbook.ok(&["account", "list"]).contains("closed"));
    for what in ["customer", "account", "login"] {
        assert!(list(&tollbook, what)[0]["closed"].is_string(), "{what}");
    }
    same("a closed customer", &export(&tollbook, "closed.zip", &[]), &before);
    load(&tollbook, "b", "7");
    assert_eq!(names(&tollbook).len(), 2);
    assert!(outcome(&run(add("bo", "Acme"))).contains("the customer `Acme` is closed"));
    assert!(tollbook.fails(&["account", "add", "Acme", "8"]).contains("reopen it first"));
    tollbook.ok(&["customer", "reopen", "Acme"]);
    tollbook.ok(&["account", "add", "Acme", "8"]);
}

#[test]
fn a_sheet_changes_customers_and_says_what_changed() {
    let tollbook = filled();
    let sheet = "name,email,credit_limit,closed\nAcme,billing@example.org,50.00,\nBolt,,,\n";
    fs::write(tollbook.path("customers.csv"), sheet).unwrap();
    let args = ["load", "--feed", "native", "--sheet", "customers", "--update", "customers.csv"];
    let expected = "2 records read: 1 added, 1 changed, 0 unchanged, 0 quarantined";
    let said = tollbook.ok(&[&args[..], &["--dry-run"]].concat());
    assert!(said.contains(&format!("dry run, nothing was loaded: {expected}")), "{said}");
    assert_eq!(list(&tollbook, "customer").len(), 1);
    assert!(tollbook.ok(&args).contains(expected));
    assert!(tollbook.ok(&args).contains("0 added, 0 changed, 2 unchanged, 0 quarantined"));
    let acme = &list(&tollbook, "customer")[0];
    assert_eq!((&acme["email"], &acme["credit_limit"]), (&"billing@example.org".into(), &"50.00".into()));
    assert_eq!((&acme["currency"], &acme["closed"]), (&"EUR".into(), &Value::Null));
    assert!(acme["created"].is_string());
}

#[test]
fn a_new_currency_holds_from_a_day_on_and_old_bytes_stay_until_then() {
    let tollbook = filled();
    let line =
        "key,started_at,account,customer,price\nb,2026-01-01T23:30:00Z,7,,1.50\nc,2026-02-01T00:00:00Z,7,,2.50\n";
    fs::write(tollbook.path("calls.csv"), line).unwrap();
    tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    export(&tollbook, "euro.zip", &[]);
    let said = tollbook.ok(&[
        "--zone",
        "Europe/Berlin",
        "customer",
        "change",
        "Acme",
        "--currency",
        "USD",
        "--from",
        "2026-01-02",
    ]);
    assert!(said.contains("changed customer 1"), "{said}");
    let calls = tollbook.ok(&["calls", "--fields", "currency", "--format", "csv"]);
    assert_eq!(calls.lines().collect::<Vec<_>>(), ["currency", "USD", "USD", "EUR"], "the newest first");
    export(&tollbook, "dollar.zip", &[]);
    let receipt: Value = serde_json::from_slice(&fs::read(tollbook.path("dollar.zip.receipt.json")).unwrap()).unwrap();
    assert!(receipt.to_string().contains(r#"{"USD":"4.00"}"#), "{receipt}");
    let earlier = list(&tollbook, "customer")[0]["earlier_terms"].to_string();
    assert!(earlier.contains("EUR until 2026-01-01T23:00:00Z"), "{earlier}");
}

#[test]
fn a_balance_with_a_date_stays_when_records_are_removed() {
    let tollbook = filled();
    let line =
        "key,started_at,account,customer,price\nb,2026-01-02T00:00:00Z,7,,1.50\nc,2026-02-01T00:00:00Z,7,,2.50\n";
    fs::write(tollbook.path("calls.csv"), line).unwrap();
    tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    tollbook.ok(&["account", "change", "Acme", "7", "--balance", "120.00", "--balance-date", "2026-01-02"]);
    let of = || {
        let account = list(&tollbook, "account").remove(0);
        ["balance", "opening_balance", "balance_date"].map(|name| account[name].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(of(), ["116.00", "120.00", "2026-01-02T00:00:00.000000Z"]);
    tollbook.ok(&["--set", "store.retention_days=1", "retention"]);
    assert_eq!(tollbook.count(&[]), 0);
    let [balance, opening, date] = of();
    assert_eq!((balance.as_str(), opening.as_str()), ("116.00", "116.00"));
    assert!(date.as_str() > "2026-02-01", "{date}");
    tollbook.ok(&["account", "change", "Acme", "7", "--balance", "3", "--balance-received"]);
    assert_eq!(of(), ["3", "", ""]);
}
