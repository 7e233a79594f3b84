//! A store in a file becomes one in a database, and nobody who reads it notices.

use std::fs;

use tollbook_tests::cluster;

use crate::harness::{Tollbook, export_args, fixture};
use crate::server::support::until;

/// A store with calls, charges, conferences, people, and something in quarantine.
fn filled() -> Tollbook {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "30000", "--days", "20"]);
    tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &fixture("asterisk/Master.csv")]);
    tollbook.operator("admin", "administrator");
    tollbook
}

fn exported(tollbook: &Tollbook) -> Vec<u8> {
    tollbook.ok(&export_args("native", "ndjson", "all.zip"));
    fs::read(tollbook.path("all.zip")).unwrap()
}

#[test]
fn a_moved_store_gives_the_same_bytes_knows_the_same_records_and_goes_on_counting() {
    let Some(server) = cluster::shared() else { return };
    let (here, there) = (filled(), Tollbook::at(Some(server.database())));
    let said = here.ok(&["move", "--from", &here.store(), "--to", &there.store()]);
    assert!(said.contains("the same on both sides"), "{said}");
    assert!(exported(&here) == exported(&there));
    for list in [&["quarantine", "list"][..], &["account", "list"], &["operator", "list"], &["service", "list"]] {
        assert_eq!(here.ok(list), there.ok(list), "{list:?}");
    }
    for tollbook in [&here, &there] {
        let again =
            tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &fixture("asterisk/Master.csv")]);
        assert!(again.contains(" 0 loaded"), "{again}");
        tollbook.ok(&["generate", "--calls", "100", "--days", "1", "--seed", "9"]);
    }
    assert!(exported(&here) == exported(&there), "what comes after gets the same numbers");
    let refused = here.fails(&["move", "--from", &here.store(), "--to", &there.store()]);
    assert!(refused.contains("a store is moved into a database without any calls"), "{refused}");
}

#[test]
fn a_move_that_was_cut_short_goes_on_where_it_was() {
    let Some(server) = cluster::shared() else { return };
    let (here, there) = (filled(), Tollbook::at(Some(server.database())));
    let whole = exported(&here);
    let (from, to) = (here.store(), there.store());
    // At the first calls, amid them, and when the keys follow.
    for (table, rows) in [("cdrs", 0), ("cdrs", 10_000), ("intake_keys", 0)] {
        let mut moving = here.spawn(&["move", "--from", &from, "--to", &to]);
        let come_so_far = format!("SELECT 1 FROM {table} HAVING count(*) > {rows}");
        until(|| cluster::asked(&to, &come_so_far).filter(|lines| !lines.is_empty()));
        moving.kill().unwrap();
        assert!(!moving.wait().unwrap().success(), "it was over before more than {rows} rows were seen in {table}");
        let half = there.fails(&["calls", "--count"]);
        assert!(half.contains("a store is being moved to"), "{half}");
    }
    let calls = cluster::asked(&to, "SELECT count(*) FROM cdrs").unwrap().concat();
    let last = here.ok(&["move", "--from", &from, "--to", &to]);
    assert!(last.contains(&format!("{calls} calls and charges were there from an attempt before")), "{last}");
    assert!(exported(&there) == whole);
}
