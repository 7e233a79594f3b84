//! A store in a file becomes one in a database, and nobody who reads it notices.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use tollbook_tests::cluster;

use crate::harness::{Tollbook, export_args, fixture};

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
    let mut before = false;
    for milliseconds in [150, 300, 450, 600] {
        let mut moving = here.spawn(&["move", "--from", &from, "--to", &to]);
        sleep(Duration::from_millis(milliseconds));
        let _ = moving.kill();
        before |= !moving.wait().unwrap().success();
    }
    assert!(before, "it was never cut short");
    let half = there.run(&["calls", "--count"]);
    let said = String::from_utf8_lossy(&half.stderr).into_owned();
    assert!(
        half.status.success() || said.contains("a store is being moved to") || said.contains("no tables of ours"),
        "{said}"
    );
    let last = here.run(&["move", "--from", &from, "--to", &to]);
    let said = String::from_utf8_lossy(&last.stderr);
    assert!(last.status.success() || said.contains("without any calls"), "{said}");
    assert!(exported(&there) == whole);
}
