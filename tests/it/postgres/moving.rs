//! A store in a file becomes one in a database, and nobody who reads it notices.

use std::fs;
use std::process::Child;

use tollbook_tests::cluster::{self, Held};

use crate::harness::{Tollbook, export_args, fixture, killed, same};
use crate::server::support::until;

/// Rows that are carried together.
const BATCH: usize = 5000;

/// A store with calls, charges, conferences, people, and something in quarantine.
fn filled() -> Tollbook {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "30000", "--days", "20"]);
    tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &fixture("asterisk/Master.csv")]);
    tollbook.user("admin", "administrator");
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
    same("an export of both sides", &exported(&here), &exported(&there));
    for list in [&["quarantine", "list"][..], &["account", "list"], &["user", "list"], &["service", "list"]] {
        assert_eq!(here.ok(list), there.ok(list), "{list:?}");
    }
    for tollbook in [&here, &there] {
        let again =
            tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx1", &fixture("asterisk/Master.csv")]);
        assert!(again.contains(" 0 loaded"), "{again}");
        tollbook.ok(&["generate", "--calls", "100", "--days", "1", "--seed", "9"]);
    }
    // What comes after gets the same numbers.
    same("an export of both sides when more was loaded", &exported(&here), &exported(&there));
    let refused = here.fails(&["move", "--from", &here.store(), "--to", &there.store()]);
    assert!(refused.contains("a store is moved into a database without any calls"), "{refused}");
}

/// Waits until the mover and others, so many in all, wait for a table.
fn wait_for(moving: &mut Child, url: &str, table: &str, sessions: usize) {
    until(&format!("{sessions} wait for {table}"), || {
        let ended = moving.try_wait().unwrap();
        assert_eq!(ended, None, "the move was over before it came to {table}");
        (cluster::waiting(url, table) >= sessions).then_some(())
    });
}

#[test]
fn a_move_that_was_cut_short_goes_on_where_it_was() {
    let Some(server) = cluster::shared() else { return };
    let (here, there) = (filled(), Tollbook::at(Some(server.database())));
    let whole = exported(&here);
    let (from, to) = (here.store(), there.store());
    there.ok(&["migrate"]);
    // Before the first calls, amid them, the same with the keys that follow, and in the transaction that carries the rest.
    for (table, batches) in [("cdrs", 0), ("cdrs", 1), ("intake_keys", 0), ("intake_keys", 1), ("sources", 0)] {
        let mut held = Held::against_writers(&to, table).taken();
        let mut moving = here.spawn(&["move", "--from", &from, "--to", &to]);
        for _ in 0..batches {
            // Whoever stands behind the mover has the table when one batch is carried.
            wait_for(&mut moving, &to, table, 1);
            let behind = Held::against_writers(&to, table);
            wait_for(&mut moving, &to, table, 2);
            drop(held);
            held = behind.taken();
        }
        wait_for(&mut moving, &to, table, 1);
        let carried = cluster::asked(&to, &format!("SELECT count(*) FROM {table}")).unwrap().concat();
        assert_eq!(carried, (batches * BATCH).to_string(), "rows in {table}");
        assert!(killed(&mut moving), "the move was over before it was cut in {table}");
        drop(held);
        let half = there.fails(&["calls", "--count"]);
        assert!(half.contains("a store is being moved to"), "{table}: {half}");
    }
    let calls = cluster::asked(&to, "SELECT count(*) FROM cdrs").unwrap().concat();
    let last = here.ok(&["move", "--from", &from, "--to", &to]);
    assert!(last.contains(&format!("{calls} calls and charges were there from an attempt before")), "{last}");
    same("an export of the moved store, and of the one that was moved", &exported(&there), &whole);
}
