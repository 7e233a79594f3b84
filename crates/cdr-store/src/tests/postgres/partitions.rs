//! Partitions: made when they are needed and ahead of it, dropped when all in them is too old.

use cdr_mediation::{CdrSink, CdrSource, Quarantine};
use cdr_model::Timestamp;

use super::support::Home;
use crate::tests::support::{call, calls, counts, everything, options, said, take};
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
fn a_load_makes_the_partitions_that_its_calls_need() {
    let Some(home) = Home::new() else { return };
    assert!(home.partitions().is_empty());
    take(&home.store, [call("a", NOON, "1"), call("b", NOON + 10 * DAY, "2"), call("c", 0, "3")]);
    assert_eq!(home.partitions(), ["cdrs_1970_01", "cdrs_2026_11", "cdrs_2026_12"]);
    take(&home.store, [call("d", NOON + DAY, "4"), call("e", 253_402_300_799, "5")]);
    assert_eq!(home.partitions(), ["cdrs_1970_01", "cdrs_2026_11", "cdrs_2026_12", "cdrs_9999_12"]);
    assert_eq!(said(&home.store, &everything()).len(), 5);
}

#[test]
fn days_and_months_can_stand_side_by_side() {
    let Some(home) = Home::with(&by_day()) else { return };
    take(&home.store, [call("a", NOON, "1")]);
    let by_month = home.again(&options());
    take(&by_month, [call("b", NOON + DAY, "2"), call("c", NOON + 10 * DAY, "3")]);
    assert_eq!(home.partitions(), ["cdrs_2026_11_27", "cdrs_2026_11_28", "cdrs_2026_12"]);
    take(&home.store, [call("d", NOON + 11 * DAY, "4")]);
    assert_eq!(home.partitions().len(), 3, "the month is there already");
    assert_eq!(said(&home.store, &everything()).len(), 4);
}

#[test]
fn one_maintainer_makes_partitions_ahead_and_another_follows_when_it_is_gone() {
    let Some(home) = Home::new() else { return };
    let other = home.again(&options());
    let (mut one, mut two) = (home.store.maintainer().unwrap(), other.maintainer().unwrap());
    assert_eq!(one.round(at(NOON), None).unwrap(), Maintained::Here { removed: 0 });
    assert_eq!(two.round(at(NOON), None).unwrap(), Maintained::Elsewhere);
    assert_eq!(home.partitions(), ["cdrs_2026_11", "cdrs_2026_12", "cdrs_2027_01"]);
    assert_eq!(one.round(at(NOON + 30 * DAY), None).unwrap(), Maintained::Here { removed: 0 });
    assert_eq!(home.partitions().last().unwrap(), "cdrs_2027_02");
    drop(one);
    assert_eq!(two.round(at(NOON + 60 * DAY), None).unwrap(), Maintained::Here { removed: 0 });
    assert_eq!(home.partitions().last().unwrap(), "cdrs_2027_03");

    let Some(daily) = Home::with(&by_day()) else { return };
    daily.store.maintainer().unwrap().round(at(NOON), None).unwrap();
    assert_eq!((daily.partitions().len(), daily.partitions()[8].as_str()), (9, "cdrs_2026_12_05"));
}

#[test]
fn retention_drops_whole_partitions_and_removes_the_rest_call_by_call() {
    let Some(home) = Home::new() else { return };
    let months: Vec<i64> = (0..4).map(|month| NOON - month * 30 * DAY).collect();
    take(&home.store, months.iter().map(|start| call(&start.to_string(), *start, "x")));
    take(&home.store, [call("early", NOON - 20 * DAY, "early in November")]);
    let floor = at(NOON - 10 * DAY);
    let mut maintainer = home.store.maintainer().unwrap();
    assert_eq!(maintainer.round(at(NOON), Some(floor)).unwrap(), Maintained::Here { removed: 4 });
    assert_eq!(home.partitions(), ["cdrs_2026_11", "cdrs_2026_12", "cdrs_2027_01"]);
    assert_eq!(said(&home.store, &everything()), [(1, "x".to_owned())]);
    let keys = home.lines("SELECT key AS line FROM intake_keys");
    assert_eq!(keys, [NOON.to_string()], "their keys are gone too");
    let again = home.store.take(&cdr_mediation::Batch {
        floor: Some(floor),
        ..calls([call("early", NOON - 20 * DAY, "early in November")])
    });
    assert_eq!(counts(&again.unwrap()), (0, 0, 1));
    assert_eq!(home.store.entries(false, 0, 10).unwrap()[0].reason, "before-retention");
}

#[test]
fn a_load_goes_on_when_a_partition_that_was_known_is_gone() {
    let Some(home) = Home::new() else { return };
    for key in ["a", "b", "c"] {
        take(&home.store, [call(key, NOON, key)]);
    }
    // As another process would.
    let other = home.again(&options());
    assert_eq!(other.remove_before(at(NOON + 30 * DAY), &mut |_| {}).unwrap(), 3);
    assert!(home.partitions().is_empty());
    assert_eq!(counts(&take(&home.store, [call("d", NOON, "d")])), (1, 0, 0));
    assert_eq!(home.partitions(), ["cdrs_2026_11"]);
    assert_eq!(home.store.watermark().unwrap(), 4);
}

#[test]
fn a_drop_waits_for_who_reads_the_partition_and_nothing_of_the_answer_is_lost() {
    let Some(home) = Home::new() else { return };
    take(&home.store, (0..2_000).map(|n| call(&n.to_string(), NOON + n, "x")));
    let other = home.again(&options());
    let mut rows = 0;
    let mut dropping = None;
    home.store
        .scan(&everything(), &mut |_| {
            if rows == 0 {
                let other = other.clone();
                dropping =
                    Some(std::thread::spawn(move || other.remove_before(at(NOON + 30 * DAY), &mut |_| {}).unwrap()));
                std::thread::sleep(std::time::Duration::from_millis(300));
            }
            rows += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(rows, 2_000);
    assert_eq!(dropping.unwrap().join().unwrap(), 2_000);
    assert_eq!(home.store.count(&everything()).unwrap(), 0);
}
