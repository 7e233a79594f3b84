//! Many concurrent loaders: a reader of "everything since n" misses no record and sees none twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

use cdr_mediation::{CdrSink, CdrSource};
use cdr_model::CdrField;
use cdr_query::{CdrQuery, Condition, Operand, SortBy, SortOrder, Test};

use super::support::DatabaseFixture;
use crate::Store;
use crate::tests::support::{Stop, call, calls, everything, options, scan, until};

const LOADERS: usize = 4;
const ROUNDS: usize = 30;
const CALLS: usize = 20;

/// Everything since a number, up to the current watermark.
fn since(store: &Store, number: i64) -> (Vec<i64>, i64) {
    let watermark = store.watermark().unwrap();
    let later = Condition::new(CdrField::Number, Test::Gt(Operand::Integer(number))).unwrap();
    let query = CdrQuery {
        conditions: vec![later],
        order: SortOrder::new(SortBy::Number, false),
        upto: Some(watermark),
        ..everything()
    };
    (scan(store, &query).into_iter().map(|call| call.number).collect(), watermark)
}

/// Loads all rounds. Every third batch first fails at its end and is then loaded again. Runs `after_round` after each
/// round.
fn load(store: &Store, name: &str, after_round: impl Fn()) {
    for round in 0..ROUNDS {
        let mut file = calls((0..CALLS).map(|n| call(&format!("{round}/{n}"), i64::try_from(n).unwrap(), name)));
        file.source = name.to_owned();
        if round % 3 == 0 {
            let mut broken = file.clone();
            broken.records.extend(calls([call("broken", 5, "bad")]).records);
            store.take(&broken).unwrap_err();
        }
        assert_eq!(store.take(&file).unwrap().loaded, CALLS as u64);
        after_round();
    }
}

#[test]
fn a_reader_of_new_numbers_misses_none_despite_slow_and_failed_loads() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    fixture.run("ALTER TABLE cdrs ADD CONSTRAINT trap CHECK (called <> 'bad')");
    let (done, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let looks = &looks;
        let next_look = move || {
            let before = looks.load(Ordering::Relaxed);
            until(|| looks.load(Ordering::Relaxed) > before);
        };
        let loaders: Vec<_> = (0..LOADERS)
            .map(|n| {
                let store = fixture.again(&options());
                // One loader waits for the reader after each round, whatever the scheduling of the machine.
                let after_round = move || {
                    if n == 0 {
                        next_look();
                    }
                };
                scope.spawn(move || load(&store, &format!("loader {n}"), after_round))
            })
            .collect();
        // A slow transaction that holds the counter: later loaders and the watermark wait for it.
        let slow = scope.spawn(|| {
            for _ in 0..5 {
                let mut conn = fixture.connection();
                diesel::connection::SimpleConnection::batch_execute(
                    &mut conn,
                    "BEGIN; SELECT last FROM counters WHERE name = 'record' FOR UPDATE; \
                     UPDATE counters SET last = last + 1000 WHERE name = 'record'; SELECT pg_sleep(0.1); ROLLBACK",
                )
                .unwrap();
                sleep(Duration::from_millis(20));
            }
        });
        let (stop, done) = (Stop(&done), &done);
        let reader = fixture.again(&options());
        let follower = scope.spawn(move || {
            let (mut seen, mut last) = (Vec::new(), 0);
            loop {
                let ended = done.load(Ordering::Relaxed);
                let (numbers, watermark) = since(&reader, last);
                assert!(
                    numbers.iter().copied().eq(last + 1..=watermark),
                    "after {last}: {numbers:?} up to {watermark}"
                );
                seen.extend(numbers);
                last = watermark;
                looks.fetch_add(1, Ordering::Relaxed);
                if ended {
                    return seen;
                }
            }
        });
        loaders.into_iter().for_each(|loader| loader.join().unwrap());
        slow.join().unwrap();
        drop(stop);
        let (seen, looks) = (follower.join().unwrap(), looks.load(Ordering::Relaxed));
        assert!(looks > 10, "{looks}");
        let all = LOADERS * ROUNDS * CALLS;
        assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (all, all));
    });
}

#[test]
fn a_file_loaded_by_several_loaders_is_stored_once() {
    let Some(fixture) = DatabaseFixture::new() else { return };
    let loaded: u64 = thread::scope(|scope| {
        let loaders: Vec<_> = (0..LOADERS)
            .map(|_| {
                let store = fixture.again(&options());
                scope.spawn(move || {
                    let file = |from: i64| calls((from..from + 50).map(|n| call(&n.to_string(), n, "x")));
                    (0..10).map(|batch| store.take(&file(batch * 50)).unwrap().loaded).sum::<u64>()
                })
            })
            .collect();
        loaders.into_iter().map(|loader| loader.join().unwrap()).sum()
    });
    assert_eq!((loaded, fixture.store.count(&everything()).unwrap()), (500, 500));
}
