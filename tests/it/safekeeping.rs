//! Backup, restore, retention.

use std::fs;

use crate::harness::{Tollbook, same};

fn export(tollbook: &Tollbook, name: &str) -> Vec<u8> {
    tollbook.ok(&["export", "--output", name, "--replace"]);
    fs::read(tollbook.path(name)).unwrap()
}

#[test]
fn a_backup_during_a_load_is_complete_and_restores_the_same() {
    let tollbook = Tollbook::with_calls(20_000, 5);
    let mut load = tollbook.spawn(&["generate", "--calls", "60000", "--seed", "2"]);
    tollbook.ok(&["backup", "backup.db"]);
    let loaded = load.wait().unwrap();
    assert!(loaded.success(), "the load failed during the backup: {loaded}");
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
fn restoring_over_calls_requires_a_flag() {
    let tollbook = Tollbook::with_calls(1000, 2);
    let before = export(&tollbook, "before.zip");
    tollbook.ok(&["backup", "backup.db"]);
    let printed = tollbook.fails(&["backup", "backup.db"]);
    assert!(printed.contains("backup.db"), "a backup is not overwritten: {printed}");
    tollbook.ok(&["generate", "--calls", "500", "--seed", "3"]);
    let printed = tollbook.fails(&["restore", "backup.db"]);
    let records = tollbook.count(&["--all-kinds"]);
    assert!(printed.contains(&format!("{records} calls and charges")) && printed.contains("--replace"), "{printed}");
    tollbook.ok(&["restore", "backup.db", "--replace"]);
    same("the export of what was restored, and of what was saved", &export(&tollbook, "after.zip"), &before);
}

#[test]
fn an_invalid_backup_is_refused_and_changes_nothing() {
    let tollbook = Tollbook::with_calls(100, 1);
    fs::write(tollbook.path("letter.txt"), "Dear customer").unwrap();
    let printed = tollbook.fails(&["restore", "letter.txt", "--replace"]);
    assert!(printed.contains("letter.txt"), "{printed}");
    assert_eq!(tollbook.count(&[]), 100);
}

#[test]
fn a_missing_or_invalid_store_is_refused_with_the_reason() {
    let tollbook = Tollbook::without_store();
    let printed = tollbook.fails(&["calls"]);
    assert!(printed.contains("no store at"), "{printed}");
    fs::create_dir(tollbook.path("tollbook-data")).unwrap();
    fs::write(tollbook.path("tollbook-data/tollbook.db"), "this is a letter, not a store").unwrap();
    let printed = tollbook.fails(&["calls"]);
    assert!(printed.contains("tollbook.db"), "{printed}");
}

#[test]
fn records_older_than_retention_are_removed_and_not_loaded_again() {
    let tollbook = Tollbook::new();
    let text = "key,started_at,called\nold,2001-03-01T10:00:00Z,1\nnew,2999-03-01T10:00:00Z,2\n";
    fs::write(tollbook.path("feed.csv"), text).unwrap();
    tollbook.ok(&["load", "--feed", "native", "feed.csv"]);
    assert_eq!(tollbook.count(&[]), 2);
    let printed = tollbook.ok(&["retention"]);
    assert!(printed.contains("everything is kept"), "{printed}");

    fs::write(tollbook.path("tollbook.toml"), "[store]\nretention_days = 3650\n").unwrap();
    let printed = tollbook.ok(&["retention", "--dry-run"]);
    assert!(printed.starts_with("1 call"), "{printed}");
    assert_eq!(tollbook.count(&[]), 2);
    tollbook.ok(&["retention"]);
    assert_eq!(tollbook.count(&[]), 1);
    tollbook.ok(&["load", "--feed", "native", "feed.csv"]);
    assert_eq!(tollbook.count(&[]), 1, "loading the old file again does not restore the record");
}
