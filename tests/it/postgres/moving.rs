//! A store in a file is moved into a database, and its readers see no difference.

use std::fs;
use std::process::Child;

use tollbook_tests::cluster::{self, Held};

use crate::harness::{Tollbook, export_args, fixture, killed, root, same};
use crate::server::support::until;

/// The number of rows that are copied in one transaction.
const BATCH: usize = 5000;

/// A store with calls, charges, conferences, customers, a user, and quarantine entries.
fn filled() -> Tollbook {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "30000", "--days", "20"]);
    tollbook.ok(&[
        "load",
        "--feed",
        "asterisk-csv",
        "--source",
        "pbx1",
        "--zone",
        "Europe/Berlin",
        &fixture("asterisk/Master.csv"),
    ]);
    tollbook.user("admin", "administrator");
    tollbook
}

fn exported(tollbook: &Tollbook) -> Vec<u8> {
    tollbook.ok(&export_args("native", "ndjson", "all.zip"));
    fs::read(tollbook.path("all.zip")).unwrap()
}

#[test]
fn a_moved_store_gives_the_same_bytes_and_continues_the_same_numbers() {
    let Some(server) = cluster::shared() else { return };
    let (here, there) = (filled(), Tollbook::at(Some(server.database())));
    let printed = here.ok(&["move", "--from", &here.store(), "--to", &there.store()]);
    assert!(printed.contains("both sides are identical"), "{printed}");
    same("an export of both sides", &exported(&here), &exported(&there));
    for list in [&["quarantine", "list"][..], &["account", "list"], &["user", "list"], &["service", "list"]] {
        assert_eq!(here.ok(list), there.ok(list), "{list:?}");
    }
    for tollbook in [&here, &there] {
        let again = tollbook.ok(&[
            "load",
            "--feed",
            "asterisk-csv",
            "--source",
            "pbx1",
            "--zone",
            "Europe/Berlin",
            &fixture("asterisk/Master.csv"),
        ]);
        assert!(again.contains(" 0 loaded"), "{again}");
        tollbook.ok(&["generate", "--calls", "100", "--days", "1", "--seed", "9"]);
    }
    // Later records get the same numbers.
    same("an export of both sides when more was loaded", &exported(&here), &exported(&there));
    let refused = here.fails(&["move", "--from", &here.store(), "--to", &there.store()]);
    assert!(refused.contains("a store can only be moved into an empty database"), "{refused}");
}

#[test]
fn a_store_is_moved_back_into_a_file() {
    let Some(server) = cluster::shared() else { return };
    let (here, there, back) = (filled(), Tollbook::at(Some(server.database())), Tollbook::at(None));
    here.ok(&["move", "--from", &here.store(), "--to", &there.store()]);
    let printed = here.ok(&["move", "--from", &there.store(), "--to", &back.store()]);
    assert!(printed.contains("both sides are identical"), "{printed}");
    same("an export of the first store and of the last", &exported(&here), &exported(&back));
    assert_eq!(here.ok(&["quarantine", "list"]), back.ok(&["quarantine", "list"]));
}

#[test]
fn migrate_distributes_a_store_whose_database_got_the_extension_later() {
    let Some(server) = cluster::shared() else { return };
    let tollbook = Tollbook::at(Some(server.database()));
    tollbook.ok(&["generate", "--calls", "3000", "--days", "40"]);
    let before = exported(&tollbook);
    // A simulation of Citus, in which nothing is distributed yet.
    cluster::filled(&tollbook.store(), &root().join("crates/cdr-store/src/tests/postgres/simulated.sql"));
    cluster::asked(&tollbook.store(), "DELETE FROM distributed").unwrap();
    let printed = tollbook.ok(&["migrate"]);
    assert!(printed.contains("SELECT truncate_local_data_after_distributing_table('cdrs');"), "{printed}");
    same("an export before and after", &before, &exported(&tollbook));
    assert!(!tollbook.ok(&["migrate"]).contains("distributed"));
    let file = Tollbook::at(None);
    file.ok(&["generate", "--calls", "3000", "--days", "40"]);
    for tollbook in [&tollbook, &file] {
        tollbook.ok(&["generate", "--calls", "200", "--days", "3", "--seed", "9"]);
    }
    same("an export of a distributed store and of a file", &exported(&tollbook), &exported(&file));
}

/// Waits until this many sessions, including the move, wait for a table.
fn wait_for(moving: &mut Child, url: &str, table: &str, sessions: usize) {
    until(&format!("{sessions} wait for {table}"), || {
        let ended = moving.try_wait().unwrap();
        assert_eq!(ended, None, "the move ended before it reached {table}");
        (cluster::waiting(url, table) >= sessions).then_some(())
    });
}

#[test]
fn an_interrupted_move_is_resumed() {
    let Some(server) = cluster::shared() else { return };
    let (here, there) = (filled(), Tollbook::at(Some(server.database())));
    let whole = exported(&here);
    let (from, to) = (here.store(), there.store());
    there.ok(&["migrate"]);
    // Before the first calls, after their partitions were created, among the calls, the same for the keys, and in the
    // transaction that copies the other tables: how often the move gets the table, and the batches that it then copied.
    let places = [
        ("cdrs", 0, 0),
        ("cdrs", 1, 0),
        ("cdrs", 1, 1),
        ("intake_keys", 0, 0),
        ("intake_keys", 1, 1),
        ("sources", 0, 0),
    ];
    for (table, turns, batches) in places {
        let mut held = Held::against_writers(&to, table).taken();
        let mut moving = here.spawn(&["move", "--from", &from, "--to", &to]);
        for _ in 0..turns {
            // The session queued behind the move gets the table after one transaction of the move.
            wait_for(&mut moving, &to, table, 1);
            let behind = Held::against_writers(&to, table);
            wait_for(&mut moving, &to, table, 2);
            drop(held);
            held = behind.taken();
        }
        wait_for(&mut moving, &to, table, 1);
        let carried = cluster::asked(&to, &format!("SELECT count(*) FROM {table}")).unwrap().concat();
        assert_eq!(carried, (batches * BATCH).to_string(), "rows in {table}");
        assert!(killed(&mut moving), "the move ended before it was killed in {table}");
        drop(held);
        let half = there.fails(&["calls", "--count"]);
        assert!(half.contains("a store is being moved to"), "{table}: {half}");
    }
    let calls = cluster::asked(&to, "SELECT count(*) FROM cdrs").unwrap().concat();
    let last = here.ok(&["move", "--from", &from, "--to", &to]);
    assert!(last.contains(&format!("{calls} calls and charges were there from an earlier attempt")), "{last}");
    same("an export of the moved store, and of the one that was moved", &exported(&there), &whole);
}

#[test]
fn a_restore_names_the_programs_of_the_server_whatever_it_holds() {
    let Some(server) = cluster::shared() else { return };
    let (here, there) = (Tollbook::at(None), Tollbook::at(Some(server.database())));
    here.ok(&["generate", "--calls", "10", "--days", "1"]);
    here.ok(&["backup", "saved.db"]);
    there.ok(&["generate", "--calls", "10", "--days", "1"]);
    let saved = here.path("saved.db").display().to_string();
    for args in [&["restore", &saved][..], &["restore", &saved, "--replace"]] {
        let refused = there.fails(args);
        assert!(refused.contains("pg_restore") && !refused.contains("--replace"), "{args:?}: {refused}");
    }
}
