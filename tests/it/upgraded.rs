//! Stores of older programs are upgraded in place with all they hold.

use std::collections::BTreeMap;
use std::fs;

use ring::digest::{SHA256, digest};

use crate::harness::Tollbook;
use crate::kept::{STORES, store};
use crate::server::porta::support::{json, rows};
use crate::server::support::members;
use crate::server::yeti::portal::Portal;

/// The licence in the later store, as a path has it.
const LICENCE: &str = "a%20licence%20of%20Harbour%20Lights%20alone";

/// The SHA-256 of the text of all sheets in the DMA's layout, as the older programs wrote it from either database. They
/// compressed it otherwise.
const EXPORTED: &str = "51b7ed1589a30eb0efe01ad0ab354cc41ea33888c52ebb7733a20419cee86320";

/// The number of rows in each table, but in that of the migrations and that of the counters, which grow.
fn sizes(tollbook: &Tollbook) -> BTreeMap<String, String> {
    let names = if tollbook.store().starts_with("sqlite:") {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    };
    let grows = |name: &String| name == "counters" || name.contains("schema_migrations");
    let tables = tollbook.sql(names).into_iter().filter(|name| !grows(name));
    tables.map(|name| (name.clone(), tollbook.sql(&format!("SELECT count(*) FROM {name}")).concat())).collect()
}

#[test]
fn no_row_of_any_table_is_lost() {
    for files in STORES {
        let tollbook = store(files);
        let before = sizes(&tollbook);
        assert!(before["exports"] == "8" && before["cdrs"].parse::<u32>().unwrap() >= 86, "{before:?}");
        let printed = tollbook.ok(&["migrate"]);
        assert!(printed.starts_with("upgraded the store"), "{printed}");
        let rewritten = format!("rewrote the details of {} calls;", before["cdrs"]);
        assert_eq!(printed.contains(&rewritten), tollbook.store().starts_with("sqlite:"), "{printed}");
        let again = tollbook.ok(&["migrate"]);
        assert!(again.ends_with("is up to date\n") && !again.contains("rewr"), "{again}");
        let after = sizes(&tollbook);
        for (table, rows) in &before {
            assert_eq!(after.get(table), Some(rows), "{files:?}, {table}");
        }
    }
}

/// The first command upgrades the store and leaves the details of its calls as they are; `migrate` rewrites them.
#[test]
fn an_export_has_the_same_bytes_as_before() {
    let tollbook = store(STORES[1]);
    for rewritten in [false, true] {
        if rewritten {
            tollbook.ok(&["migrate"]);
        }
        let export =
            ["export", "--zone", "UTC", "--layout", "dma-6.1-reconstructed", "--replace", "--output", "all.zip"];
        tollbook.ok(&export);
        let sheets = members(&fs::read(tollbook.path("all.zip")).unwrap());
        let text: String = sheets.into_iter().map(|(_, text)| text).collect();
        let text = digest(&SHA256, text.as_bytes());
        let text: String = text.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, EXPORTED, "rewritten: {rewritten}");
    }
}

/// What the older programs stored without it: legs have their group, and calls that have not ended are left out.
#[test]
fn older_calls_have_their_groups_and_older_credentials_sign_in() {
    let tollbook = store(STORES[1]);
    tollbook.ok(&["migrate"]);
    let (account, customer) = tollbook.numbers_of("hls-0001");
    let server = tollbook.serve(&[]);
    for (window, expected) in [("2026-11-16/2026-11-17", 2), ("2026-11-17/2026-11-18", 0)] {
        let path =
            format!("/getCustomerAccountConnectedVoiceCalls/{LICENCE}/{customer}/{window}/true/false/true/UTC/true");
        let answer = json(&server, &path);
        assert_eq!(rows(&answer["ConnectedCallDataRecords"]).len(), expected, "{window}: {answer}");
    }
    let all = json(&server, &format!("/getCDRS/Account/{LICENCE}/{account}/2026-11-16/2026-11-18"));
    let called: Vec<&str> =
        all["PortaAccountCDRS"].as_array().unwrap().iter().map(|row| row["CLD"].as_str().unwrap()).collect();
    assert!(called.contains(&"4989500201") && !called.contains(&"4989500202"), "{all}");
    let portal = Portal::sign_in(&server, "lantern");
    assert_eq!(portal.found("/accounts")["meta"]["total-count"], 4);
    assert_eq!(server.status("warden")["statusType"], "NOT_STARTED");
}
