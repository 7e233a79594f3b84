//! Backups and restores while other connections read and write.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use cdr_mediation::{
    AccountDraft, CdrSink, CdrSource, Content, CustomerDraft, DestinationDraft, DirectoryEditor, ProductDraft,
    Quarantine, Walks,
};
use cdr_model::{CdrField, Timestamp, Xdr};
use cdr_query::{Condition, Operand, Test};

use super::opening::old_store;
use super::support::*;
use crate::{Opened, Store, StoreError};

/// The files in the folder that do not belong to the store.
fn leftovers(fixture: &StoreFixture) -> Vec<String> {
    let names =
        fs::read_dir(fixture.folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with("tollbook.db")).collect();
    names.sort();
    names
}

fn fill(store: &Store) {
    store.add_customer(&CustomerDraft { name: "Acme".to_owned(), ..CustomerDraft::default() }).unwrap();
    let (product, destination) =
        (ProductDraft { id: Some(9), name: "Trunk".to_owned(), closed: None }, DestinationDraft::default());
    let destination = DestinationDraft { prefix: "4930".to_owned(), ..destination };
    store.take(&batch([Content::Product(product), Content::Destination(Box::new(destination))])).unwrap();
    let account = AccountDraft { customer: "Acme".to_owned(), number: "7".to_owned(), ..AccountDraft::default() };
    store.add_account(&AccountDraft { product_id: Some(9), ..account }).unwrap();
    take(store, [call("a", 10, "1"), call("b", 20, "2"), call("b", 20, "other")]);
    store.take(&batch([Content::Conference(Box::new(conference("c", 5, "room")))])).unwrap();
}

#[test]
fn a_backup_is_a_complete_store() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store);
    let to = fixture.path("saved.db");
    let report = fixture.store.backup(&to).unwrap();
    assert_eq!((report.watermark, report.bytes), (3, fs::metadata(&to).unwrap().len()));
    assert_eq!(report.to_string(), format!("{} bytes, checked, up to record 3", report.bytes));
    assert_eq!(leftovers(&fixture), ["saved.db"], "nothing else is left");

    let (saved, opened) = Store::create_or_open(&to, &options()).unwrap();
    assert_eq!(opened, Opened::Current);
    assert_eq!(scan(&saved, &everything()), scan(&fixture.store, &everything()));
    assert_eq!(conferences(&saved, &everything()), conferences(&fixture.store, &everything()));
    assert_eq!(saved.directory().unwrap(), fixture.store.directory().unwrap());
    assert_eq!(saved.entries(true, 0, 10).unwrap(), fixture.store.entries(true, 0, 10).unwrap());
    assert_eq!(counts(&take(&saved, [call("a", 10, "1")])), (0, 1, 0));
}

#[test]
fn a_backup_never_overwrites_a_file() {
    let fixture = StoreFixture::sqlite();
    fs::write(fixture.path("precious"), "mine").unwrap();
    assert!(matches!(fixture.store.backup(&fixture.path("precious")), Err(StoreError::Exists { .. })));
    assert_eq!(fs::read(fixture.path("precious")).unwrap(), b"mine");
    let error = fixture.store.backup(&fixture.path("no/such/saved.db")).unwrap_err();
    assert!(matches!(error, StoreError::NoFolder { .. }), "{error}");
    assert_eq!(leftovers(&fixture), ["precious"]);
}

#[test]
fn a_backup_taken_during_writes_is_a_snapshot() {
    let fixture = StoreFixture::sqlite();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (writer, stop, done) = (fixture.again(), Stop(&done), &done);
        let writing = scope.spawn(move || {
            let mut round = 0;
            loop {
                take(&writer, (0..50).map(|n| call(&format!("{round}/{n}"), n, "1")));
                round += 1;
                if done.load(Ordering::Relaxed) {
                    return round;
                }
            }
        });
        let mut last = 0;
        for n in 0..5 {
            // Each backup has a later watermark.
            until(|| fixture.store.watermark().unwrap() > last);
            let to = fixture.path(&format!("saved{n}.db"));
            let report = fixture.store.backup(&to).unwrap();
            let saved = Store::open(&to, &options()).unwrap();
            assert_eq!(saved.watermark().unwrap(), report.watermark);
            assert_eq!(saved.count(&everything()).unwrap(), report.watermark.unsigned_abs());
            assert_eq!(report.watermark % 50, 0, "whole batches");
            last = report.watermark;
        }
        drop(stop);
        assert!(writing.join().unwrap() >= 5);
    });
}

#[test]
fn a_restore_replaces_the_whole_content() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store);
    let before = (
        scan(&fixture.store, &everything()),
        fixture.store.directory().unwrap(),
        fixture.store.entries(true, 0, 9).unwrap(),
    );
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    take(&fixture.store, [call("late", 30, "late")]);
    fixture.store.discard(1).unwrap();
    fixture.store.add_customer(&CustomerDraft { name: "Bolt".to_owned(), ..CustomerDraft::default() }).unwrap();
    let other = fixture.again();
    assert_eq!(other.directory().unwrap().customers.len(), 2);

    let report = fixture.store.restore(&fixture.path("saved.db")).unwrap();
    assert_eq!(report.to_string(), "2 calls and 1 conferences restored");
    assert_eq!(scan(&other, &everything()), before.0);
    assert_eq!(other.directory().unwrap(), before.1, "other handles read the directory again");
    assert_eq!(other.entries(true, 0, 9).unwrap(), before.2);
    assert_eq!(other.watermark().unwrap(), 4, "a number is never assigned twice");
    take(&other, [call("later", 40, "later")]);
    assert_eq!(contents(&fixture.store, &everything()).last().unwrap(), &(5, "later".to_owned()));
    assert_eq!(leftovers(&fixture), ["saved.db"]);
}

#[test]
fn a_restore_keeps_what_legs_share_and_the_walks() {
    let fixture = StoreFixture::sqlite();
    let mut leg = call("leg", 10, "leg");
    leg.call.details.xdr = Some(Box::new(Xdr { conf_id: Some("A".to_owned()), ..Xdr::default() }));
    take(&fixture.store, [leg]);
    begin_walk(&fixture.store);
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    fixture.store.restore(&fixture.path("saved.db")).unwrap();
    let of_group = Condition::new(CdrField::XdrGroup, Test::Eq(Operand::from("A"))).unwrap();
    assert_eq!(contents(&fixture.store, &everything().only(of_group)), [(1, "leg".to_owned())]);
    assert_eq!(
        fixture.store.join("reader", &[7; 32], 0, Timestamp::from_seconds(NOW)).unwrap().unwrap().document,
        "a\0b"
    );
}

#[test]
fn readers_see_the_old_state_or_the_new_one() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (0..300).map(|n| call(&n.to_string(), n, "old")));
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    take(&fixture.store, (300..1_000).map(|n| call(&n.to_string(), n, "new")));
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (reader, writer, stop, done) = (fixture.again(), fixture.again(), Stop(&done), &done);
        let reading = scope.spawn(move || {
            let mut seen = std::collections::BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                seen.insert(scan(&reader, &everything()).len());
            }
            seen.insert(scan(&reader, &everything()).len());
            seen
        });
        for _ in 0..4 {
            fixture.store.restore(&fixture.path("saved.db")).unwrap();
            take(&writer, (300..1_000).map(|n| call(&n.to_string(), n, "new")));
        }
        drop(stop);
        let seen = reading.join().unwrap();
        assert!(seen.iter().all(|rows| [300, 1_000].contains(rows)), "{seen:?}");
    });
}

#[test]
fn a_copy_of_an_older_backup_is_upgraded() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store);
    old_store(&fixture.path("first.db"), 1);
    let before = fs::read(fixture.path("first.db")).unwrap();
    let report = fixture.store.restore(&fixture.path("first.db")).unwrap();
    assert_eq!(report.to_string(), "0 calls and 0 conferences restored, upgraded from an older version");
    assert_eq!(fixture.store.directory().unwrap().customers[&1].currency, "EUR");
    assert_eq!(fixture.store.watermark().unwrap(), 41);
    assert_eq!(fs::read(fixture.path("first.db")).unwrap(), before);
    let left: Vec<String> = leftovers(&fixture).into_iter().filter(|name| !name.starts_with("first.db")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_unusable_backup_changes_nothing() {
    let fixture = StoreFixture::sqlite();
    fill(&fixture.store);
    let before = scan(&fixture.store, &everything());
    fixture.store.backup(&fixture.path("saved.db")).unwrap();

    fs::write(fixture.path("notes.txt"), "no database at all, whatever its name may promise. ".repeat(30)).unwrap();
    let mut broken = fs::read(fixture.path("saved.db")).unwrap();
    let middle = broken.len() / 2;
    broken[middle..middle + 6_000].fill(0xA5);
    fs::write(fixture.path("broken.db"), broken).unwrap();
    let newer = fixture.path("newer.db");
    fs::copy(fixture.path("saved.db"), &newer).unwrap();
    diesel::connection::SimpleConnection::batch_execute(
        &mut <diesel::SqliteConnection as diesel::Connection>::establish(newer.to_str().unwrap()).unwrap(),
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99')",
    )
    .unwrap();
    fs::write(fixture.path("empty.db"), "").unwrap();

    for (name, message) in [
        ("missing.db", "there is no store at"),
        ("notes.txt", "is not a Tollbook store: it is not a SQLite database"),
        ("broken.db", "is damaged ("),
        ("newer.db", "was written by a newer Tollbook: this version does not know its migrations 99"),
        ("empty.db", "is not a Tollbook store: it is empty"),
        ("tollbook.db", "is not a Tollbook store: it is the store itself"),
    ] {
        let error = fixture.store.restore(&fixture.path(name)).unwrap_err().to_string();
        assert!(error.contains(message), "{name}: {error}");
        assert_eq!(scan(&fixture.store, &everything()), before, "{name}");
    }
    assert_eq!(
        fixture.store.restore(&fixture.path("saved.db")).unwrap().calls,
        2,
        "the valid backup can still be restored"
    );
}
