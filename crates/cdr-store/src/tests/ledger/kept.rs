//! The ledger of a store over time: restarts, restores, retention, damage.

use cdr_access::{Role, User, Users};
use cdr_mediation::{Entered, ExportLimits, ExportOrder, ExportScope, JobLedger, Progress};
use cdr_model::Timestamp;
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::support::*;
use crate::Store;
use crate::tests::opening::old_store;
use crate::tests::support::{StoreFixture, options, over_postgres, spoil};

#[test]
fn the_ledger_survives_a_restart() {
    let fixture = StoreFixture::new();
    let (first, second) = (enter(&fixture.store, Some("lane"), 10), enter(&fixture.store, None, 11));
    let held = claim(&fixture.store, 20);
    let StoreFixture { folder, store, at } = fixture;
    drop(store);
    let store = Store::open(&at, &options()).unwrap();
    assert_eq!((state(&find(&store, &first)), state(&find(&store, &second))), ("running", "pending"));
    assert!(store.renew(&held, Progress::default()).unwrap(), "the claim is still valid");
    drop(folder);
}

#[test]
fn exports_of_an_older_program_are_readable() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    old_store(&path, 3);
    // As an older version wrote them: five calls, thirty conferences, and the row of counts.
    let (request, receipt) =
        (include_str!("kept/request-1.json").trim_end(), include_str!("kept/receipt-1.json").trim_end());
    let old = "INSERT INTO exports (number, id, dialect, caller, request, memo, created_at, attempts, state, beats, \
               progress, tag, file, receipt, reason, finished_at) VALUES";
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute(&format!(
        "{old} (1, randomblob(16), 'dma', 'alice', '{request}', '', 10, 1, 2, 0, NULL, 1, 'f', '{receipt}', NULL, 20);
         {old} (2, randomblob(16), 'dma', 'alice', '{request}', '', 30, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL);
         {old} (3, randomblob(16), 'dma', 'alice', '{request}', '', 40, 1, 3, 0, NULL, NULL, NULL, NULL, 'over', 50);
         {old} (4, randomblob(16), 'dma', 'alice', 'no JSON', '', 60, 1, 2, 0, NULL, 1, 'f', '{{', NULL, 70);
         UPDATE counters SET last = 4 WHERE name = 'export'"
    ))
    .unwrap();
    drop(conn);
    let (store, _) = Store::create_or_open(&path, &options()).unwrap();
    let mut seen = Vec::new();
    let scope = ExportScope { dialects: vec!["dma".to_owned()], accounts: None };
    store.entries(&scope, &mut |entry| seen.push((entry.updated_at.micros(), entry.rows))).unwrap();
    assert_eq!(seen, [(20, Some(35)), (30, None), (50, None), (70, None)]);
    let whole = store.numbered(1).unwrap().unwrap();
    assert_eq!(whole.order.request.unwrap().spec.layout.name, "dma-6.1-reconstructed");
    assert_eq!((whole.rows, whole.order.account_id, whole.order.customer_id), (Some(35), None, None));
    assert!(store.take_callback(Timestamp::MAX, Timestamp::MAX).unwrap().is_none());
    assert_eq!(claim(&store, 80).job.number, 2);
}

/// The last migration of the tables of exports, and how it is undone.
fn undone() -> (&'static str, &'static str) {
    match over_postgres() {
        true => ("00000000000008", include_str!("../../../migrations/postgres/00000000000008_spooled_bytes/down.sql")),
        false => ("00000000000013", include_str!("../../../migrations/sqlite/00000000000013_spooled_bytes/down.sql")),
    }
}

#[test]
fn files_of_an_older_program_count_for_the_limits() {
    let fixture = StoreFixture::new();
    let order = ExportOrder { customer_id: Some(1), ..order(None) };
    for bytes in [700, 299, 5] {
        let job = enter_order(&fixture.store, &order, 10);
        let mut done = finished("file", 30, 40);
        done.receipt.file.bytes = bytes;
        assert!(fixture.store.complete(&claim(&fixture.store, 20), &done).unwrap());
        if bytes == 5 {
            assert!(fixture.store.withdraw(job.id, at(50)).unwrap());
        }
    }
    enter_order(&fixture.store, &order, 60);
    // A receipt with an escaped NUL, which PostgreSQL does not read as JSON.
    spoil(
        &fixture.store,
        "UPDATE exports SET receipt = '{\"conditions\":[\"called=\\u0000\"],\"file\":{\"name\":\"a\",\"bytes\":300}}' \
         WHERE number = 2",
    );
    let (version, undo) = undone();
    spoil(&fixture.store, &format!("{undo}; DELETE FROM __diesel_schema_migrations WHERE version = '{version}'"));
    let store = fixture.again();
    for (most, is_reached) in [(1_000, true), (1_001, false)] {
        let limits = ExportLimits { bytes_per_customer: Some(most), ..ExportLimits::default() };
        let entered = store.enter_within(&limits, "alice", &order, at(70)).unwrap();
        assert_eq!(matches!(entered, Entered::LimitReached(_)), is_reached, "{most}: {entered:?}");
    }
}

#[test]
fn a_restore_brings_back_callbacks_that_were_due_at_the_backup() {
    let fixture = StoreFixture::sqlite();
    let wanted = ExportOrder { callback: Some("http://example.com".to_owned()), ..order(None) };
    let job = enter_order(&fixture.store, &wanted, 10);
    assert!(fixture.store.fail(&claim(&fixture.store, 20), "over", at(30)).unwrap());
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    fixture.store.settle_callback(job.id).unwrap();
    assert!(fixture.store.take_callback(at(100), at(200)).unwrap().is_none());
    fixture.store.restore(&fixture.path("saved.db")).unwrap();
    assert_eq!(fixture.again().take_callback(at(100), at(200)).unwrap().unwrap().id, job.id);
}

#[test]
fn a_restore_brings_back_exports_and_users_but_reuses_no_tag() {
    let fixture = StoreFixture::sqlite();
    let user = |name: &str, password: &str| User {
        name: name.to_owned(),
        password: password.to_owned(),
        roles: [Role::Administrator].into(),
    };
    fixture.store.add_user(&user("alice", "old")).unwrap();
    let end = |lane: &str, now| {
        enter(&fixture.store, Some(lane), now);
        let held = claim(&fixture.store, now);
        assert!(fixture.store.complete(&held, &finished(lane, held.tag, now)).unwrap());
        held
    };
    let kept = end("a", 1_000);
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    end("a", 2_000);
    let lost = end("b", 3_000);
    fixture.store.change_user(&user("alice", "new")).unwrap();
    fixture.store.add_user(&user("bob", "x")).unwrap();

    fixture.store.restore(&fixture.path("saved.db")).unwrap();
    let other = fixture.again();
    assert_eq!(other.users().unwrap(), [user("alice", "old")]);
    assert_eq!(described(&other.latest("a").unwrap().unwrap()), described(&find(&fixture.store, &kept.job)));
    assert!(other.find(lost.job.id).unwrap().is_none());
    for (lane, tag) in [("a", 2_001), ("b", 3_001), ("c", 500)] {
        let job = enter(&other, Some(lane), 500);
        assert!(job.number > lost.job.number, "a number is never assigned twice");
        assert_eq!(claim(&other, 500).tag, tag, "{lane}");
    }
}

#[test]
fn a_restore_keeps_the_higher_tag_of_the_backup() {
    let fixture = StoreFixture::sqlite();
    enter(&fixture.store, Some("lane"), 10);
    assert_eq!(claim(&fixture.store, 1_000).tag, 1_000);
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    let fresh = StoreFixture::sqlite();
    enter(&fresh.store, Some("lane"), 10);
    assert_eq!(claim(&fresh.store, 7).tag, 7);
    fresh.store.restore(&fixture.path("saved.db")).unwrap();
    let seen = fresh.store.heartbeats().unwrap().remove(0);
    assert_eq!(fresh.store.take_over(&seen, at(7)).unwrap().unwrap().tag, 1_001);
}

#[test]
fn retention_removes_exports_that_cannot_be_collected() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    let completed = enter(store, Some("lane"), 10);
    assert!(store.complete(&claim(store, 50), &finished("file", 50, 10)).unwrap());
    let withdrawn = enter(store, Some("lane"), 10);
    assert!(store.complete(&claim(store, 50), &finished("file", 51, 10)).unwrap());
    let failed = enter(store, None, 10);
    assert!(store.fail(&claim(store, 50), "over", at(10)).unwrap());
    let late = enter(store, None, 100);
    assert!(store.fail(&claim(store, 50), "over", at(10)).unwrap());
    let pending = enter(store, None, 10);
    spoil(store, "UPDATE exports SET state = 4 WHERE number = 2");
    assert_eq!(store.remove_before(at(100), &mut |_| ()).unwrap(), 0, "no records");
    let there = [completed, withdrawn, failed, late, pending].map(|job| store.find(job.id).unwrap().is_some());
    assert_eq!(there, [true, false, false, true, true]);
    store.hand_back(&claim(store, 1), at(1)).unwrap();
    spoil(store, "DELETE FROM exports");
    assert_eq!(enter(store, Some("lane"), 1).number, 6, "numbers continue");
    assert_eq!(claim(store, 1).tag, 52, "tags continue");
}

#[test]
fn an_unreadable_export_is_reported_and_blocks_no_others() {
    for (column, value) in
        [("request", "'{}'"), ("request", "'no JSON'"), ("attempts", "-5"), ("attempts", "4294967295"), ("id", "x'00'")]
    {
        let fixture = StoreFixture::sqlite();
        let store = &fixture.store;
        enter(store, Some("lane"), 10);
        let sound = enter(store, None, 10);
        spoil(store, &format!("UPDATE exports SET {column} = {value} WHERE number = 1"));
        assert_eq!(claim(store, 20).job.id, sound.id, "{column} = {value}");
        assert_eq!(store.tally().unwrap().failed, 1, "{column} = {value}");
        // The readable columns are reported together with the reason.
        let message = match store.latest("lane") {
            Ok(job) => job.unwrap().state.reason().unwrap().to_owned(),
            Err(error) => cdr_mediation::chain(&error),
        };
        assert!(message.contains(&format!("export 1: {column}")), "{column} = {value}: {message}");
        enter(store, Some("lane"), 30);
    }
}

#[test]
fn a_state_with_a_missing_column_is_reported() {
    for (sql, message) in [
        ("state = 9", "state 9 is not in the range 0 to 4"),
        ("rows = -1", "rows -1 is out of range"),
        ("state = 2", "file is missing"),
        ("state = 3, reason = 'x'", "finished_at is missing"),
        ("state = 3, finished_at = updated_at", "reason is missing"),
    ] {
        let fixture = StoreFixture::sqlite();
        let job = enter(&fixture.store, None, 10);
        spoil(&fixture.store, &format!("UPDATE exports SET {sql}"));
        let error = cdr_mediation::chain(&fixture.store.find(job.id).unwrap_err());
        assert!(error.contains(&format!("is damaged (export 1: {message}")), "{sql}: {error}");
    }
    let fixture = StoreFixture::sqlite();
    enter(&fixture.store, None, 10);
    spoil(&fixture.store, "UPDATE exports SET state = 1, token = x'01'");
    let error = cdr_mediation::chain(&fixture.store.heartbeats().unwrap_err());
    assert!(error.contains("is damaged (export 1: token: "), "{error}");
}
