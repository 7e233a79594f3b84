//! Partitions: created ahead of time and on demand, dropped when all their calls are too old.

use cdr_mediation::{Batch, CdrSink, CdrSource, Content, Quarantine};
use cdr_model::Timestamp;
use diesel::connection::SimpleConnection;
use tollbook_tests::cluster::{Held, waiting};

use super::support::DatabaseFixture;
use crate::tests::support::{call, calls, conference, contents, counts, everything, incoming, options, take, until};
use crate::{Maintained, Partitions, StoreOptions};

/// 27 November 2026, at noon.
const NOON: i64 = 1_795_780_800;
const DAY: i64 = 86_400;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn by_day() -> StoreOptions {
    StoreOptions { partitions: Partitions::Day, ..options() }
}

#[test]
fn a_load_creates_the_partitions_it_needs() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    assert!(fixture.partitions().is_empty());
    take(&fixture.store, [call("a", NOON, "1"), call("b", NOON + 10 * DAY, "2"), call("c", 0, "3")]);
    assert_eq!(fixture.partitions(), ["cdrs_1970_01", "cdrs_2026_11", "cdrs_2026_12"]);
    take(&fixture.store, [call("d", NOON + DAY, "4"), call("e", 253_402_300_799, "5")]);
    assert_eq!(fixture.partitions(), ["cdrs_1970_01", "cdrs_2026_11", "cdrs_2026_12", "cdrs_9999_12"]);
    assert_eq!(contents(&fixture.store, &everything()).len(), 5);
}

#[test]
fn a_partition_is_committed_before_its_calls() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let held = Held::against_writers(&fixture.url, "intake_keys").taken();
    std::thread::scope(|scope| {
        let load = scope.spawn(|| take(&fixture.store, [call("a", NOON, "1")]));
        until(|| waiting(&fixture.url, "intake_keys") == 1);
        assert_eq!(fixture.partitions(), ["cdrs_2026_11"], "its calls are written but not committed");
        assert_eq!(fixture.again(&options()).watermark().unwrap(), 0);
        drop(held);
        assert_eq!(load.join().unwrap().loaded, 1);
    });
    assert_eq!(contents(&fixture.store, &everything()).len(), 1);
}

#[test]
fn daily_and_monthly_partitions_can_coexist() {
    let Some(fixture) = DatabaseFixture::with(&by_day()) else { return };
    take(&fixture.store, [call("a", NOON, "1")]);
    let by_month = fixture.again(&options());
    take(&by_month, [call("b", NOON + DAY, "2"), call("c", NOON + 10 * DAY, "3")]);
    assert_eq!(fixture.partitions(), ["cdrs_2026_11_27", "cdrs_2026_11_28", "cdrs_2026_12"]);
    take(&fixture.store, [call("d", NOON + 11 * DAY, "4")]);
    assert_eq!(fixture.partitions().len(), 3, "the month already has a partition");
    assert_eq!(contents(&fixture.store, &everything()).len(), 4);
}

#[test]
fn one_maintainer_creates_partitions_ahead_and_another_takes_over() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let other = fixture.again(&options());
    let (mut one, mut two) = (fixture.store.maintainer().unwrap(), other.maintainer().unwrap());
    assert_eq!(one.round(at(NOON), None).unwrap(), Maintained::Here { removed: 0 });
    assert_eq!(two.round(at(NOON), None).unwrap(), Maintained::Elsewhere);
    assert_eq!(fixture.partitions(), ["cdrs_2026_11", "cdrs_2026_12", "cdrs_2027_01"]);
    assert_eq!(one.round(at(NOON + 30 * DAY), None).unwrap(), Maintained::Here { removed: 0 });
    assert_eq!(fixture.partitions().last().unwrap(), "cdrs_2027_02");
    drop(one);
    assert_eq!(two.round(at(NOON + 60 * DAY), None).unwrap(), Maintained::Here { removed: 0 });
    assert_eq!(fixture.partitions().last().unwrap(), "cdrs_2027_03");

    let Some(daily) = DatabaseFixture::with(&by_day()) else { return };
    daily.store.maintainer().unwrap().round(at(NOON), None).unwrap();
    assert_eq!((daily.partitions().len(), daily.partitions()[8].as_str()), (9, "cdrs_2026_12_05"));
}

#[test]
fn the_maintainer_drops_only_whole_partitions() {
    let Some(fixture) = DatabaseFixture::with(&by_day()) else { return };
    let start = |days: i64| call(&days.to_string(), NOON - days * DAY, "x");
    take(&fixture.store, [3, 2, 1, 0].map(start));
    let mut maintainer = fixture.store.maintainer().unwrap();
    let mut round = |floor: i64| maintainer.round(at(NOON), Some(at(floor))).unwrap();
    // The floor is in the middle of a day: a call of that day is too old, but its partition is not.
    assert_eq!(round(NOON - DAY - 10), Maintained::Here { removed: 2 });
    assert_eq!(fixture.partitions()[0], "cdrs_2026_11_26");
    assert_eq!(round(NOON - DAY + 10), Maintained::Here { removed: 0 });
    assert_eq!(contents(&fixture.store, &everything()).len(), 2);
    assert_eq!(round(NOON - DAY / 2), Maintained::Here { removed: 1 });
    assert_eq!(fixture.partitions()[0], "cdrs_2026_11_27");
    assert_eq!(fixture.lines("SELECT key AS line FROM intake_keys"), ["0"]);
    assert_eq!(fixture.store.removable_before(at(NOON)), at(NOON - DAY / 2));
    let (never, always) = (Timestamp::MIN, at(i64::MAX / 2_000_000));
    assert_eq!(fixture.store.removable_before(never), never, "before the calendar starts");
    assert!(fixture.store.removable_before(always) <= always);
}

#[test]
fn any_number_of_keys_with_the_same_start_is_removed() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    fixture.run(&format!(
        "INSERT INTO intake_keys SELECT md5(n::text)::uuid, 1, n::text, n, n, 1, to_timestamp({NOON} + n / 20000), 0, '' \
         FROM generate_series(1, 50001) AS n"
    ));
    fixture.store.remove_before(at(NOON + 2), &mut |_| {}).unwrap();
    assert_eq!(fixture.lines("SELECT min(number) || ' ' || count(*) AS line FROM intake_keys"), ["40000 10002"]);
}

#[test]
fn a_blocked_drop_does_not_prevent_other_removals() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    take(&fixture.store, [call("a", NOON, "x")]);
    let conference = Content::Conference(Box::new(conference("b", NOON, "room")));
    fixture.store.take(&Batch { records: vec![incoming(conference)], ..calls([]) }).unwrap();
    let mut reader = fixture.connection();
    reader.batch_execute("BEGIN; SELECT count(*) FROM cdrs").unwrap();
    let removed = fixture.store.remove_before(at(NOON + 30 * DAY), &mut |_| {});
    assert!(matches!(removed, Err(crate::StoreError::Locked { .. })), "{removed:?}");
    let left = "SELECT (SELECT count(*) FROM cdrs) || ' ' || (SELECT count(*) FROM conferences) AS line";
    assert_eq!(fixture.lines(left), ["1 0"]);
    reader.batch_execute("COMMIT").unwrap();
    assert_eq!(fixture.store.remove_before(at(NOON + 30 * DAY), &mut |_| {}).unwrap(), 1);
}

#[test]
fn an_entry_is_accepted_after_its_partition_was_dropped() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    take(&fixture.store, [call("a", NOON, "x"), call("b", NOON - 40 * DAY, "x")]);
    take(&fixture.store, [call("c", NOON - 40 * DAY, "x")]);
    take(&fixture.store, [call("a", NOON - 40 * DAY, "another one")]);
    fixture.again(&options()).remove_before(at(NOON - 20 * DAY), &mut |_| {}).unwrap();
    assert_eq!(fixture.partitions(), ["cdrs_2026_11"]);
    fixture.store.accept(1).unwrap();
    assert_eq!(fixture.partitions(), ["cdrs_2026_10", "cdrs_2026_11"]);
}

#[test]
fn retention_drops_whole_partitions_and_removes_the_rest_call_by_call() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let months: Vec<i64> = (0..4).map(|month| NOON - month * 30 * DAY).collect();
    take(&fixture.store, months.iter().map(|start| call(&start.to_string(), *start, "x")));
    take(&fixture.store, [call("early", NOON - 20 * DAY, "early in November")]);
    let floor = at(NOON - 10 * DAY);
    assert_eq!(fixture.store.remove_before(floor, &mut |_| {}).unwrap(), 4);
    assert_eq!(fixture.partitions(), ["cdrs_2026_11"]);
    assert_eq!(contents(&fixture.store, &everything()), [(1, "x".to_owned())]);
    let keys = fixture.lines("SELECT key AS line FROM intake_keys");
    assert_eq!(keys, [NOON.to_string()], "the keys were removed too");
    let again = fixture
        .store
        .take(&Batch { floor: Some(floor), ..calls([call("early", NOON - 20 * DAY, "early in November")]) });
    assert_eq!(counts(&again.unwrap()), (0, 0, 1));
    assert_eq!(fixture.store.entries(false, 0, 10).unwrap()[0].reason, "before-retention");
}

#[test]
fn a_load_continues_after_a_cached_partition_was_dropped() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    for key in ["a", "b", "c"] {
        take(&fixture.store, [call(key, NOON, key)]);
    }
    // Another process drops the partition.
    let other = fixture.again(&options());
    assert_eq!(other.remove_before(at(NOON + 30 * DAY), &mut |_| {}).unwrap(), 3);
    assert!(fixture.partitions().is_empty());
    assert_eq!(counts(&take(&fixture.store, [call("d", NOON, "d")])), (1, 0, 0));
    assert_eq!(fixture.partitions(), ["cdrs_2026_11"]);
    assert_eq!(fixture.store.watermark().unwrap(), 5, "the removal took a number");
}

#[test]
fn a_drop_waits_for_readers_of_the_partition() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    take(&fixture.store, (0..2_000).map(|n| call(&n.to_string(), NOON + n, "x")));
    let other = fixture.again(&options());
    let mut rows = 0;
    let mut dropping = None;
    fixture
        .store
        .scan(&everything(), &mut |_| {
            if rows == 0 {
                let other = other.clone();
                dropping =
                    Some(std::thread::spawn(move || other.remove_before(at(NOON + 30 * DAY), &mut |_| {}).unwrap()));
                until(|| fixture.is_lock_awaited());
            }
            rows += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(rows, 2_000);
    assert_eq!(dropping.unwrap().join().unwrap(), 2_000);
    assert_eq!(fixture.store.count(&everything()).unwrap(), 0);
}
