//! What removed records leave behind in a file: nothing, and the space is given back.

use std::fs;
use std::thread;
use std::time::Duration;

use cdr_mediation::{CallDraft, CdrSource, JobLedger, Quarantine};
use cdr_model::{Cdr, Timestamp};
use diesel::connection::SimpleConnection;

use super::opening::old_store;
use super::support::*;
use crate::{Store, StoreError};

/// What names, numbers and keys of removed records contain, and what those of kept records contain.
const GONE: &str = "Zgone";
const KEPT: &str = "Zkept";
/// The removed calls start before this instant.
const FLOOR: i64 = 1_000_000;

/// A call with texts that contain a word. The texts are different, and their lengths vary.
fn personal(word: &str, n: u64, start: i64) -> CallDraft {
    let mixed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let text = |kind: &str| format!("{word}{kind}{mixed:016x}{}", "x".repeat((mixed >> 32) as usize % 300));
    let draft = call(&text("key"), start, &text("called"));
    let mut details = draft.call.details.clone();
    details.sip.calling_name = Some(text("name"));
    CallDraft { call: Cdr { calling: Some(text("calling")), details, ..draft.call }, ..draft }
}

/// Loads calls in an order in which old and new ones are mixed, so that pages of indexes are split between them.
fn fill(store: &Store, calls: u64) {
    for batch in 0..calls / 500 {
        let drafts = (batch * 500..(batch + 1) * 500).map(|n| match n.wrapping_mul(7) % 10 {
            0..7 => personal(GONE, n, (n.wrapping_mul(7_919) % FLOOR as u64) as i64),
            _ => personal(KEPT, n, FLOOR + (n.wrapping_mul(7_919) % FLOOR as u64) as i64),
        });
        take(store, drafts);
    }
    // Entries in quarantine, one of them settled.
    let conflict = |word: &str, n: u64, start: i64| {
        let draft = personal(word, n, start);
        CallDraft { digest: [9; 32], ..draft }
    };
    take(store, [conflict(GONE, 0, 0)]);
    if let Some(entry) = Quarantine::entries(store, false, 0, 1).unwrap().first() {
        store.discard(entry.id).unwrap();
    }
}

/// How often a word is in the file of a store and its log.
fn found(fixture: &StoreFixture, word: &str) -> usize {
    let mut found = 0;
    for name in ["tollbook.db", "tollbook.db-wal"] {
        let bytes = fs::read(fixture.path(name)).unwrap_or_default();
        found += bytes.windows(word.len()).filter(|window| *window == word.as_bytes()).count();
    }
    found
}

fn floor() -> Timestamp {
    Timestamp::from_seconds(FLOOR)
}

fn intact(store: &Store) {
    assert_eq!(in_a_file(store).read(|conn| Ok(crate::sqlite::fault(conn)?)).unwrap(), None);
}

/// Removes all records, and the settled entries in quarantine.
fn remove_all(store: &Store) {
    store.remove_before(Timestamp::from_seconds(NOW + 1), &mut |_| ()).unwrap();
}

#[test]
fn no_name_number_or_key_of_a_removed_record_stays_in_the_file() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store, 6_000);
    assert!(found(&fixture, GONE) > 10_000 && found(&fixture, KEPT) > 5_000);
    let before = scan(&fixture.store, &everything());
    let kept: Vec<Cdr> = before.into_iter().filter(|call| call.started_at >= floor()).collect();
    assert_eq!(fixture.store.remove_before(floor(), &mut |_| ()).unwrap(), 4_200);
    // The entry in quarantine was received later than the floor.
    let entries = "DELETE FROM quarantine";
    in_a_file(&fixture.store)
        .write(crate::sqlite::tables::WriteLock::Records, |conn| Ok(conn.batch_execute(entries)?))
        .unwrap();
    fixture.store.clear_removed().unwrap();
    assert_eq!(found(&fixture, GONE), 0);
    assert_eq!(scan(&fixture.store, &everything()), kept, "all other records are unchanged");
    intact(&fixture.store);
    // The store goes on as before.
    fill(&fixture.again(), 1_000);
    assert_eq!(fixture.store.remove_before(floor(), &mut |_| ()).unwrap(), 700);
    intact(&fixture.store);
}

#[test]
fn space_is_given_back() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store, 6_000);
    let size = || fs::metadata(fixture.path("tollbook.db")).unwrap().len();
    fixture.store.remove_before(Timestamp::MIN, &mut |_| ()).unwrap();
    let full = size();
    remove_all(&fixture.store);
    assert!(size() < full / 2, "{} of {full} bytes are left", size());
    let report = fixture.store.compact().unwrap();
    assert_eq!((report.before, report.after), (report.before, size()));
    // There was nothing left to give back. A rewritten file may need another page for its pointers.
    assert!(report.after <= report.before + 4096, "{report}");
    assert_eq!(fixture.store.count(&everything()).unwrap(), 0, "nothing is lost but what was removed");
    intact(&fixture.store);
}

#[test]
fn a_store_of_an_older_version_is_cleared_and_gives_space_back_when_it_is_compacted() {
    let fixture = StoreFixture::sqlite();
    let path = fixture.path("old.db");
    old_store(&path, 7);
    let fixture = StoreFixture { store: Store::open(&path, &options()).unwrap(), ..fixture };
    fill(&fixture.store, 2_000);
    // As an older version removed them.
    let careless = "PRAGMA secure_delete = OFF";
    let mut conn = in_a_file(&fixture.store).writer().unwrap();
    conn.batch_execute(careless).unwrap();
    drop(conn);
    in_a_file(&fixture.store)
        .write(crate::sqlite::tables::WriteLock::Records, |conn| {
            Ok(conn.batch_execute("DELETE FROM cdrs WHERE started_at < 1000000000000; DELETE FROM intake_keys WHERE started_at < 1000000000000; DELETE FROM quarantine")?)
        })
        .unwrap();
    let bytes = || fs::read(&path).unwrap();
    let gone = || bytes().windows(GONE.len()).filter(|window| *window == GONE.as_bytes()).count();
    let report = fixture.store.compact().unwrap();
    assert!(report.after < report.before / 2, "{report}");
    assert_eq!(gone(), 0);
    intact(&fixture.store);
    // From now on it gives space back by itself.
    fill(&fixture.store, 2_000);
    let full = fs::metadata(&path).unwrap().len();
    remove_all(&fixture.store);
    assert!(fs::metadata(&path).unwrap().len() < full);
}

#[test]
fn readers_and_writers_go_on_while_space_is_cleared() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store, 3_000);
    thread::scope(|scope| {
        let (reader, writer) = (fixture.again(), fixture.again());
        let reading = scope.spawn(move || {
            for _ in 0..20 {
                let numbers: Vec<i64> = scan(&reader, &everything()).iter().map(|call| call.number).collect();
                assert!(numbers.len() >= 900, "{}", numbers.len());
            }
        });
        let writing = scope.spawn(move || {
            for n in 100_000..100_020 {
                take(&writer, [personal(KEPT, n, FLOOR + 1)]);
            }
        });
        fixture.store.remove_before(floor(), &mut |_| ()).unwrap();
        fixture.store.clear_removed().unwrap();
        fixture.store.compact().unwrap();
        reading.join().unwrap();
        writing.join().unwrap();
    });
    assert_eq!(fixture.store.count(&everything()).unwrap(), 920);
    intact(&fixture.store);
}

#[test]
fn a_store_that_another_process_writes_to_is_reported_as_busy_in_time() {
    let fixture = StoreFixture::new();
    fixture.store.check_writable(Duration::from_secs(10)).unwrap();
    let (held, holds) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let again = fixture.again();
    thread::scope(|scope| {
        scope.spawn(move || {
            let hold = || {
                held.send(()).unwrap();
                released.recv().unwrap();
            };
            match again.0.as_any().downcast_ref::<crate::postgres::tables::Store>() {
                None => in_a_file(&again)
                    .write(crate::sqlite::tables::WriteLock::Exports, |_| {
                        hold();
                        Ok(())
                    })
                    .unwrap(),
                Some(store) => store
                    .write(crate::postgres::tables::WriteLock::Exports, |_| {
                        hold();
                        Ok(())
                    })
                    .unwrap(),
            }
        });
        holds.recv().unwrap();
        let busy = fixture.store.check_writable(Duration::from_millis(200));
        assert!(
            matches!(&busy, Err(StoreError::Locked { waited, .. }) if *waited == Duration::from_millis(200)),
            "{busy:?}"
        );
        release.send(()).unwrap();
    });
    fixture.store.check_writable(Duration::from_secs(10)).unwrap();
    assert_eq!(fixture.store.tally().unwrap().pending, 0);
}

#[test]
fn a_store_to_which_another_process_commits_can_be_written() {
    let fixture = StoreFixture::sqlite();
    let writer = fixture.again();
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        let _end = Stop(&stop);
        scope.spawn(|| {
            let mut n = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                take(&writer, (0..50).map(|of| personal(KEPT, n * 50 + of, 1)));
                n += 1;
            }
        });
        for _ in 0..50 {
            fixture.store.check_writable(Duration::from_secs(3)).unwrap();
        }
    });
}
