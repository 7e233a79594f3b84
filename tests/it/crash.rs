//! `kill -9` at any moment: nothing is lost, doubled or half visible.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Tollbook, over_postgres};

/// At how many moments each command is killed. Over PostgreSQL everything takes longer, and less of it is the program's own.
fn moments() -> u32 {
    if over_postgres() { 4 } else { 10 }
}

const CALLS: u64 = 60_000;
const LOAD: [&str; 4] = ["load", "--feed", "native", "calls.csv"];
const EXPORT: [&str; 5] = ["export", "--layout", "native", "--output", "calls.zip"];

/// A folder with a feed to be loaded.
fn with_feed() -> Tollbook {
    let tollbook = Tollbook::new();
    tollbook.ok(&["generate", "--calls", &CALLS.to_string(), "--output", "calls.csv"]);
    tollbook
}

/// How long a command takes when nobody kills it.
fn duration(tollbook: &Tollbook, args: &[&str]) -> Duration {
    let begun = Instant::now();
    tollbook.ok(args);
    begun.elapsed()
}

/// Starts a command and kills it after a while. Whether it was still running then.
fn killed_after(tollbook: &Tollbook, args: &[&str], while_running: Duration) -> bool {
    let mut child = tollbook.spawn(args);
    thread::sleep(while_running);
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

#[test]
fn a_load_that_was_killed_is_finished_by_running_it_again() {
    let whole = with_feed();
    let takes = duration(&whole, &LOAD);
    whole.ok(&EXPORT);
    let expected = fs::read(whole.path("calls.zip")).unwrap();

    let (moments, mut killed) = (moments(), 0);
    for moment in 0..moments {
        let tollbook = with_feed();
        killed += u32::from(killed_after(&tollbook, &LOAD, takes * moment / moments));
        let begun = over_postgres() || tollbook.path("tollbook-data/tollbook.db").exists();
        let seen = if begun { committed(&tollbook) } else { 0 };
        assert!(seen == CALLS || seen % 5000 == 0, "{seen} calls: part of a batch is visible");
        let said = tollbook.ok(&LOAD);
        assert!(said.contains("already known"), "{said}");
        tollbook.ok(&EXPORT);
        assert!(fs::read(tollbook.path("calls.zip")).unwrap() == expected, "moment {moment}: another export");
    }
    assert!(killed >= moments / 2, "only {killed} of {moments} loads were still running when they were killed");
}

/// The calls in the store; a store that was killed before it was made holds none.
fn committed(tollbook: &Tollbook) -> u64 {
    tollbook.ok(&["migrate"]);
    tollbook.count(&[])
}

#[test]
fn an_export_that_was_killed_leaves_no_file_or_a_whole_one() {
    let tollbook = Tollbook::with_calls(CALLS, 30);
    let takes = duration(&tollbook, &EXPORT);
    let expected = fs::read(tollbook.path("calls.zip")).unwrap();

    let (moments, mut killed) = (moments(), 0);
    for moment in 0..moments {
        for name in ["calls.zip", "calls.zip.receipt.json"] {
            let _ = fs::remove_file(tollbook.path(name));
        }
        killed += u32::from(killed_after(&tollbook, &EXPORT, takes * moment / moments));
        if tollbook.path("calls.zip").exists() {
            tollbook.ok(&["verify", "calls.zip"]);
        } else {
            tollbook.ok(&EXPORT);
        }
        assert!(fs::read(tollbook.path("calls.zip")).unwrap() == expected, "moment {moment}: another export");
        assert!(!tollbook.path("calls.zip.part").exists(), "moment {moment}: something is left behind");
    }
    assert!(killed >= moments / 2, "only {killed} of {moments} exports were still running when they were killed");
}
