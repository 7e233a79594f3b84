//! `kill -9` at any moment: nothing is lost, duplicated or partly visible.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Tollbook, in_time, killed, over_postgres, same};
use crate::server::support::until;

/// The number of moments at which each command is killed. PostgreSQL gets fewer: it takes longer, and less of the time
/// is spent in the program itself.
fn moments() -> usize {
    if over_postgres() { 4 } else { 10 }
}

/// The calls of a load: several transactions.
const LOADED: usize = 6 * BATCH;
/// The calls of an export: enough that writing takes a while.
const EXPORTED: u64 = 60_000;
/// The calls of one transaction.
const BATCH: usize = 5000;
const LOAD: [&str; 4] = ["load", "--feed", "native", "calls.csv"];
const EXPORT: [&str; 5] = ["export", "--layout", "native", "--output", "calls.zip"];

fn exported(tollbook: &Tollbook) -> Vec<u8> {
    fs::read(tollbook.path("calls.zip")).unwrap()
}

/// Starts a load, gives it this many batches of the feed, and kills it after a pause. It is still running then, since
/// it waits for more input.
fn load_killed_after(tollbook: &Tollbook, batches: usize, pause: Duration) {
    let feed = fs::read(tollbook.path("calls.csv")).unwrap();
    let mut load = tollbook.command(&["load", "--feed", "native", "-"]);
    let mut load = load.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    load.stdin.as_mut().unwrap().write_all(&feed[..end_of(&feed, BATCH * batches)]).unwrap();
    thread::sleep(pause);
    assert!(killed(&mut load), "the load ended before it had the whole feed");
}

/// The byte offset after this many records of a feed. A record may have several lines.
fn end_of(feed: &[u8], records: usize) -> usize {
    let mut reader = csv::Reader::from_reader(feed);
    let mut record = csv::ByteRecord::new();
    for _ in 0..records {
        assert!(reader.read_byte_record(&mut record).unwrap(), "the feed has {records} records");
    }
    reader.position().byte() as usize
}

#[test]
fn a_killed_load_is_completed_by_running_it_again() {
    let whole = Tollbook::new();
    whole.ok(&["generate", "--calls", &LOADED.to_string(), "--output", "calls.csv"]);
    let started = Instant::now();
    whole.ok(&LOAD);
    let takes = started.elapsed();
    whole.ok(&EXPORT);
    let expected = exported(&whole);

    let (moments, batches) = (moments(), LOADED / BATCH);
    for moment in 0..moments {
        let tollbook = Tollbook::new();
        fs::copy(whole.path("calls.csv"), tollbook.path("calls.csv")).unwrap();
        // From none of the feed to all of it, at different points of the last batch.
        let pause = takes / batches as u32 * moment as u32 / moments as u32;
        load_killed_after(&tollbook, batches * moment / (moments - 1), pause);
        let exists = over_postgres() || tollbook.path("tollbook-data/tollbook.db").exists();
        let seen = if exists { committed(&tollbook) } else { 0 };
        assert!(seen == LOADED || seen % BATCH == 0, "{seen} calls: part of a batch is visible");
        let printed = tollbook.ok(&LOAD);
        assert!(printed.contains("already known"), "{printed}");
        tollbook.ok(&EXPORT);
        same(
            &format!("moment {moment}: the export, and that of an uninterrupted load"),
            &exported(&tollbook),
            &expected,
        );
    }
}

/// The number of calls in the store, which is created first if the load was killed before that.
fn committed(tollbook: &Tollbook) -> usize {
    tollbook.ok(&["migrate"]);
    tollbook.count(&[]) as usize
}

/// Starts an export and kills it when this much of its file is written. Returns whether it was still running.
fn export_killed_at(tollbook: &Tollbook, bytes: usize) -> bool {
    let part = tollbook.path("calls.zip.part");
    let mut export = tollbook.spawn(&EXPORT);
    until("the export has written enough", || {
        let enough = fs::metadata(&part).is_ok_and(|part| part.len() >= bytes as u64);
        (enough || export.try_wait().unwrap().is_some()).then_some(())
    });
    killed(&mut export)
}

#[test]
fn a_killed_export_leaves_no_file_or_a_complete_one() {
    let tollbook = Tollbook::with_calls(EXPORTED, 30);
    tollbook.ok(&EXPORT);
    let expected = exported(&tollbook);

    let moments = moments();
    for moment in 0..moments {
        in_time(&format!("the export was killed at moment {moment}"), || {
            for name in ["calls.zip", "calls.zip.receipt.json"] {
                let _ = fs::remove_file(tollbook.path(name));
            }
            let running = export_killed_at(&tollbook, expected.len() * moment / moments);
            if tollbook.path("calls.zip").exists() {
                tollbook.ok(&["verify", "calls.zip"]);
            } else {
                tollbook.ok(&EXPORT);
            }
            same(&format!("moment {moment}: the export, and the one before"), &exported(&tollbook), &expected);
            assert!(!tollbook.path("calls.zip.part").exists(), "moment {moment}: something is left behind");
            running
        });
    }
}
