//! Backup, restore, retention.

use std::fs;

use crate::harness::{Tollbook, same};

fn export(tollbook: &Tollbook, name: &str) -> Vec<u8> {
    tollbook.ok(&["export", "--output", name, "--replace"]);
    fs::read(tollbook.path(name)).unwrap()
}

#[test]
fn a_backup_made_during_a_load_is_whole_and_restores_to_the_same() {
    let tollbook = Tollbook::with_calls(20_000, 5);
    let mut load = tollbook.spawn(&["generate", "--calls", "60000", "--seed", "2"]);
    tollbook.ok(&["backup", "backup.db"]);
    let loaded = load.wait().unwrap();
    assert!(loaded.success(), "the load goes on beside the backup: {loaded}");
    assert_eq!(tollbook.count(&[]), 80_000);

    let other = Tollbook::new();
    let backup = tollbook.path("backup.db").display().to_string();
    other.ok(&["restore", &backup]);
    let restored = other.count(&[]);
    assert!((20_000..=80_000).contains(&restored), "{restored}");
    let watermark = ["export", "--watermark", "20000", "--output", "at.zip"];
    tollbook.ok(&watermark);
    other.ok(&watermark);
    let at = |tollbook: &Tollbook| fs::read(tollbook.path("at.zip")).unwrap();
    same("the export of the store, and of what was restored", &at(&tollbook), &at(&other));
}

#[test]
fn restoring_over_calls_has_to_be_said_aloud() {
    let tollbook = Tollbook::with_calls(1000, 2);
    let before = export(&tollbook, "before.zip");
    tollbook.ok(&["backup", "backup.db"]);
    let said = tollbook.fails(&["backup", "backup.db"]);
    assert!(said.contains("backup.db"), "a backup is not overwritten: {said}");
    tollbook.ok(&["generate", "--calls", "500", "--seed", "3"]);
    let said = tollbook.fails(&["restore", "backup.db"]);
    let records = tollbook.count(&["--all-kinds"]);
    assert!(said.contains(&format!("{records} calls and charges")) && said.contains("--replace"), "{said}");
    tollbook.ok(&["restore", "backup.db", "--replace"]);
    same("the export of what was restored, and of what was saved", &export(&tollbook, "after.zip"), &before);
}

#[test]
fn what_is_no_backup_is_refused_and_changes_nothing() {
    let tollbook = Tollbook::with_calls(100, 1);
    fs::write(tollbook.path("letter.txt"), "Dear customer").unwrap();
    let said = tollbook.fails(&["restore", "letter.txt", "--replace"]);
    assert!(said.contains("letter.txt"), "{said}");
    assert_eq!(tollbook.count(&[]), 100);
}

#[test]
fn a_store_that_is_none_or_newer_is_refused_with_the_reason() {
    let tollbook = Tollbook::new();
    let said = tollbook.fails(&["calls"]);
    assert!(said.contains("there is no store"), "{said}");
    fs::create_dir(tollbook.path("tollbook-data")).unwrap();
    fs::write(tollbook.path("tollbook-data/tollbook.db"), "this is a letter, not a store").unwrap();
    let said = tollbook.fails(&["calls"]);
    assert!(said.contains("tollbook.db"), "{said}");
}

#[test]
fn what_is_older_than_retention_goes_and_does_not_come_back() {
    let tollbook = Tollbook::new();
    let text = "key,started_at,called\nold,2001-03-01T10:00:00Z,1\nnew,2999-03-01T10:00:00Z,2\n";
    fs::write(tollbook.path("feed.csv"), text).unwrap();
    tollbook.ok(&["load", "--feed", "native", "feed.csv"]);
    assert_eq!(tollbook.count(&[]), 2);
    let said = tollbook.ok(&["retention"]);
    assert!(said.contains("everything is kept"), "{said}");

    fs::write(tollbook.path("tollbook.toml"), "[store]\nretention_days = 3650\n").unwrap();
    let said = tollbook.ok(&["retention", "--dry-run"]);
    assert!(said.starts_with("1 call"), "{said}");
    assert_eq!(tollbook.count(&[]), 2);
    tollbook.ok(&["retention"]);
    assert_eq!(tollbook.count(&[]), 1);
    tollbook.ok(&["load", "--feed", "native", "feed.csv"]);
    assert_eq!(tollbook.count(&[]), 1, "a replay of an old file does not bring it back");
}
