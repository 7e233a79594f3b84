//! Counts and page jumps follow from the numbers of calls by hour, which are right after any history.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use cdr_mediation::{CdrSink, CdrSource, Content, CustomerDraft, DirectoryEditor, Quarantine};
use cdr_model::{Anchor, Cdr, CdrField, Record, RecordKind, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, SortBy, SortOrder, Test, Window};
use diesel::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::kept::{HOUR, MIDNIGHT, hours, spoken, with_accounts};
use super::support::*;
use crate::Store;
use crate::schema::hourly_counts;

/// All accounts together.
const ALL: i64 = i64::MIN;

/// The numbers of calls by account, hour, customer, kind, service and last attempt, in the order of the anchors.
type Numbers = BTreeMap<(i64, i64, i64, i64, i64, bool), [i64; 4]>;

/// The numbers that the store has.
pub(super) fn stored(store: &Store) -> Numbers {
    let key = (
        hourly_counts::account_id,
        hourly_counts::hour,
        hourly_counts::customer_id,
        hourly_counts::kind,
        hourly_counts::service_id,
        hourly_counts::last_attempt,
    );
    let numbers = (hourly_counts::starts, hourly_counts::connects, hourly_counts::ends, hourly_counts::bills);
    type Row = ((i64, i64, i64, i64, i64, bool), (i64, i64, i64, i64));
    let rows: Vec<Row> = behind!(store, |conn| Ok(hourly_counts::table.select((key, numbers)).load(conn)?)).unwrap();
    let rows = rows.into_iter().map(|(key, (starts, connects, ends, bills))| (key, [starts, connects, ends, bills]));
    rows.filter(|(_, numbers)| *numbers != [0; 4]).collect()
}

/// The numbers that follow from the calls.
pub(super) fn counted(store: &Store) -> Numbers {
    let mut numbers = Numbers::new();
    for call in scan(store, &everything()) {
        for (at, anchor) in Anchor::ALL.into_iter().enumerate() {
            let Some(instant) = call.instant(anchor) else { continue };
            let Cdr { account_id, customer_id, kind, service_id, last_attempt, .. } = call;
            let (kind, service_id) = (i64::from(kind.code()), i64::from(service_id));
            for (account_id, customer_id) in [(account_id, customer_id), (ALL, ALL)] {
                let key = (account_id, instant.hour(), customer_id, kind, service_id, last_attempt);
                numbers.entry(key).or_default()[at] += 1;
            }
        }
    }
    numbers
}

/// What happens to a store.
#[derive(Clone, Debug)]
enum Event {
    /// Calls arrive: the key, the account, the second, the talk time, and a number that all else follows from.
    Load(Vec<(u8, u8, i64, i64, u8)>),
    /// The oldest open entry of the quarantine is accepted.
    Accept,
    /// Calls that started before this hour are removed, or it is interrupted.
    Remove(i64, bool),
}

/// What a list asks for.
#[derive(Clone, Debug)]
struct Ask {
    anchor: Anchor,
    /// Quarters of an hour since midnight; `None` for no bounds.
    bounds: Option<(i64, i64)>,
    conditions: Vec<Condition>,
    descending: bool,
    /// How many record numbers the watermark is below the last one, if there is one.
    below: Option<i64>,
    skip: u64,
}

impl Ask {
    fn query(&self, watermark: i64) -> CdrQuery {
        let mut query = CdrQuery::over(Window::all(self.anchor));
        if let Some((from, until)) = self.bounds {
            let at = |quarters: i64| Timestamp::from_micros(MIDNIGHT + quarters * HOUR / 4);
            (query.window.from, query.window.until) = (at(from.min(until)), at(from.max(until)));
        }
        query.order = SortOrder::new(SortBy::Anchor, self.descending);
        query.conditions.clone_from(&self.conditions);
        query.upto = self.below.map(|below| (watermark - below).max(0));
        query
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let named = |field: CdrField, numbers: Vec<i64>| {
        Condition::new(field, Test::In(numbers.into_iter().map(Operand::Integer).collect())).unwrap()
    };
    prop_oneof![
        prop::collection::vec(1i64..6, 1..3).prop_map(move |accounts| named(CdrField::AccountId, accounts)),
        prop::collection::vec(0i64..4, 1..3).prop_map(move |customers| named(CdrField::CustomerId, customers)),
        (1i64..4).prop_map(|service| Condition::new(CdrField::ServiceId, Test::Eq(service.into())).unwrap()),
        Just(Condition::of_kinds(&[RecordKind::Call])),
        any::<bool>().prop_map(|yes| Condition::new(CdrField::LastAttempt, Test::Eq(yes.into())).unwrap()),
        any::<bool>().prop_map(|yes| Condition::new(CdrField::LastAttempt, Test::NotEq(yes.into())).unwrap()),
        // Of which the rollup knows nothing.
        Just(Condition::new(CdrField::Success, Test::Eq(true.into())).unwrap()),
        Just(Condition::new(CdrField::ServiceId, Test::Gt(1i64.into())).unwrap()),
    ]
}

fn ask() -> impl Strategy<Value = Ask> {
    let bounds = prop_oneof![
        1 => Just(None),
        2 => (-30i64..140, -30i64..140).prop_map(Some),
        // Whole hours.
        2 => (-8i64..34, -8i64..34).prop_map(|(from, until)| Some((from * 4, until * 4))),
    ];
    let conditions = prop::collection::vec(condition(), 0..3);
    let below = prop_oneof![1 => Just(None), 1 => Just(Some(0i64)), 1 => (0i64..12).prop_map(Some)];
    (prop::sample::select(&Anchor::ALL), bounds, conditions, any::<bool>(), below, 0u64..40).prop_map(
        |(anchor, bounds, conditions, descending, below, skip)| Ask {
            anchor,
            bounds,
            conditions,
            descending,
            below,
            skip,
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let talk = prop_oneof![2 => Just(0i64), 4 => 1i64..900, 1 => 1i64..90_000];
    // Some start at the same instant.
    let second = prop_oneof![2 => 0i64..100_000, 1 => (0i64..5).prop_map(|n| n * 1_800)];
    let call = (0u8..60, 0u8..6, second, talk, 0u8..6);
    prop_oneof![
        6 => prop::collection::vec(call, 1..30).prop_map(Event::Load),
        2 => Just(Event::Accept),
        1 => (0i64..20, any::<bool>()).prop_map(|(hour, is_interrupted)| Event::Remove(hour, is_interrupted)),
    ]
}

fn happen(store: &Store, event: &Event) {
    match event {
        Event::Load(calls) => {
            let draft = |(key, account, second, talk, rest): &(u8, u8, i64, i64, u8)| {
                let mut draft = spoken(&key.to_string(), &account.to_string(), *second, *talk, &rest.to_string());
                // The last ones are accounts that do not exist: of a customer, and of nobody.
                draft.customer = Some(if *account == 5 { "Nobody" } else { "Acme" }.to_owned());
                draft.call.last_attempt = rest % 3 > 0;
                draft.call.service_id = i32::from(rest % 2) + 1;
                draft
            };
            take(store, calls.iter().map(draft));
        }
        Event::Accept => {
            if let Some(entry) = store.entries(false, 0, 1).unwrap().first() {
                // The conflicting record may be gone.
                let _ = store.accept(entry.id);
            }
        }
        Event::Remove(hour, is_interrupted) => {
            let floor = Timestamp::from_micros(MIDNIGHT + hour * HOUR + HOUR / 3);
            let floor = store.removable_before(floor);
            let removed = catch_unwind(AssertUnwindSafe(|| {
                let interrupt = |_| {
                    if *is_interrupted {
                        resume_unwind(Box::new(()));
                    }
                };
                store.remove_before(floor, &mut { interrupt }).unwrap()
            }));
            assert!(removed.is_ok() || *is_interrupted);
        }
    }
}

/// Compares a count and a page with the calls that a scan finds.
fn check(store: &Store, ask: &Ask) {
    let query = ask.query(store.watermark().unwrap());
    let all: Vec<i64> = scan(store, &query).iter().map(|call| call.number).collect();
    assert_eq!(store.count(&query).unwrap(), all.len() as u64, "{query:?}");
    // A page, the next ones, and the first one again.
    for skip in [ask.skip, ask.skip + 5, ask.skip + 11, ask.skip] {
        let page = store.list(&query, skip, 5).unwrap();
        let page: Vec<i64> = page.iter().map(|call| call.number).collect();
        let expected: Vec<i64> = all.iter().copied().skip(skip as usize).take(5).collect();
        assert_eq!(page, expected, "after {skip} of {query:?}");
    }
}

#[test]
fn counts_and_pages_are_those_of_the_calls_after_any_history() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(40) });
    let histories = prop::collection::vec((event(), prop::collection::vec(ask(), 1..12)), 1..10);
    let outcome = runner.run(&histories, |history| {
        let fixture = with_accounts(StoreFixture::new());
        let store = &fixture.store;
        store.add_customer(&CustomerDraft { name: "Nobody".to_owned(), ..CustomerDraft::default() }).unwrap();
        let mut is_half_removed = false;
        for (event, asks) in &history {
            happen(store, event);
            if let Event::Remove(_, is_interrupted) = event {
                // One that was interrupted up to a later hour may have to end first.
                is_half_removed |= is_interrupted;
            }
            asks.iter().for_each(|ask| check(store, ask));
            if !is_half_removed {
                assert_eq!(stored(store), counted(store));
            }
        }
        let end = store.removable_before(Timestamp::from_micros(MIDNIGHT + 21 * HOUR));
        store.remove_before(end, &mut |_| {}).unwrap();
        assert_eq!(stored(store), counted(store), "after a removal that ended");
        assert_eq!(stored(&fixture.again()), counted(store), "opened again");
        Ok(())
    });
    outcome.unwrap();
}

/// Counts and pages do follow from the rollup: if it is wrong, so are they.
#[test]
fn whole_hours_are_not_counted_call_by_call() {
    let fixture = with_accounts(StoreFixture::new());
    let store = &fixture.store;
    take(store, (0..60).map(|n| spoken(&n.to_string(), &(n % 4).to_string(), n * 600, n % 5, "x")));
    let last_attempts = Condition::new(CdrField::LastAttempt, Test::Eq(true.into())).unwrap();
    let of_account = Condition::new(CdrField::AccountId, Test::Eq(2i64.into())).unwrap();
    let of_customer = Condition::new(CdrField::CustomerId, Test::Eq(1i64.into())).unwrap();
    let queries = [
        hours(Anchor::Start, 0, 10),
        hours(Anchor::Start, 0, 10).at(store.watermark().unwrap()),
        hours(Anchor::Start, 0, 10).only(of_customer).only(last_attempts).only_calls(),
        hours(Anchor::Start, 0, 10).only(of_account),
        everything(),
    ];
    let counts: Vec<u64> = queries.iter().map(|query| store.count(query).unwrap()).collect();
    assert_eq!(counts, [60, 60, 60, 15, 60]);
    spoil(store, "UPDATE hourly_counts SET starts = starts * 2");
    assert_eq!(store.count(&queries[0]).unwrap(), 60, "nothing is said to have changed, so nothing is read again");
    spoil(store, "UPDATE counters SET last = last + 1 WHERE name = 'counts'");
    for (query, count) in queries.iter().zip(counts) {
        assert_eq!(store.count(query).unwrap(), count * 2, "{query:?}");
        assert_eq!(store.list(query, count, 1).unwrap().len(), 1, "{query:?}");
    }
    // Parts of hours, and what the rollup knows nothing of.
    let talked = Condition::new(CdrField::Talk, Test::Gt(Operand::Duration(0))).unwrap();
    assert_eq!(store.count(&hours(Anchor::Start, 0, 2)).unwrap(), 12);
    assert_eq!(store.count(&hours(Anchor::Start, 0, 10).only(talked)).unwrap(), 48);
}

/// Where a page ended is known until something changes, also of a list of which the rollup knows nothing.
#[test]
fn the_next_page_begins_where_the_last_one_ended() {
    let fixture = with_accounts(StoreFixture::new());
    let store = &fixture.store;
    take(store, (0..60).map(|n| spoken(&n.to_string(), &(n % 4).to_string(), n * 600, 5, "x")));
    let talked = |micros| Condition::new(CdrField::Talk, Test::Gt(Operand::Duration(micros))).unwrap();
    for (more, descending) in (60..).zip([false, true]) {
        let order = SortOrder::new(SortBy::Anchor, descending);
        let query = CdrQuery { order, ..everything() }.only(talked(0));
        let left = |query: &CdrQuery, skip| store.jump(query, skip).unwrap().1;
        assert_eq!(left(&query, 15), 15, "no page was read");
        let last = store.list(&query, 10, 5).unwrap()[4].started_at;
        let (window, front) = store.jump(&query, 15).unwrap();
        assert_eq!(front, 1, "the last call of the page");
        assert_eq!(if descending { window.until.plus_micros(-1) } else { window.from }, last);
        assert_eq!(left(&query.clone().selecting([CdrField::Called]), 15), 1, "another reader of the list");
        assert_eq!(left(&query, 10), 0, "the same page");
        assert_eq!((left(&query, 18), left(&query, 19)), (4, 19), "near, and further away");
        assert_eq!(left(&query.clone().only(talked(1)), 15), 15, "another list");
        take(store, [spoken(&more.to_string(), "1", more * 600, 5, "x")]);
        assert_eq!(left(&query, 15), 15, "a call has arrived");
    }
}

/// The number that stands for all accounts is that of none.
#[test]
fn no_account_has_the_number_of_all() {
    let fixture = with_accounts(StoreFixture::new());
    take(&fixture.store, (0..60).map(|n| spoken(&n.to_string(), "1", n * 600, 5, "x")));
    let of_all = Condition::new(CdrField::AccountId, Test::Eq(ALL.into())).unwrap();
    assert_eq!(fixture.store.count(&everything().only(of_all)).unwrap(), 0);
}

/// What was held of a store is not used after a copy of it was put in its place.
#[test]
fn a_restored_store_is_counted_anew() {
    let fixture = with_accounts(StoreFixture::sqlite());
    let store = &fixture.store;
    take(store, (0..60).map(|n| spoken(&n.to_string(), "1", n * 600, 5, "x")));
    let backup = fixture.path("backup.db");
    store.backup(&backup).unwrap();
    for more in 60..80 {
        take(store, [spoken(&more.to_string(), "1", more * 600, 5, "x")]);
        assert_eq!(store.count(&everything()).unwrap(), 61);
        store.restore(&backup).unwrap();
        assert_eq!(store.count(&everything()).unwrap(), 60);
        assert_eq!(store.list(&everything(), 59, 5).unwrap().len(), 1);
        assert_eq!(stored(store), counted(store));
    }
}

/// Of calls that an older program wrote before a backup, nothing is known after it was restored either.
#[test]
fn a_restored_store_knows_whether_its_calls_are_noted() {
    let fixture = with_accounts(StoreFixture::sqlite());
    let store = &fixture.store;
    take(store, (0..60).map(|n| spoken(&n.to_string(), "1", n * 600, 5, "x")));
    spoil(store, "UPDATE counters SET last = last - 1 WHERE name = 'parts'");
    spoil(store, "UPDATE hourly_counts SET starts = starts - 1");
    let backup = fixture.path("backup.db");
    store.backup(&backup).unwrap();
    assert!(store.note_parts().unwrap());
    store.restore(&backup).unwrap();
    assert!(store.has_unnoted_parts().unwrap());
    assert_eq!(store.count(&everything()).unwrap(), 60);
    assert!(store.note_parts().unwrap());
    assert_eq!(stored(store), counted(store));
}

/// A load with an earlier floor adds calls that are older than what is being removed.
#[test]
fn calls_that_arrive_during_a_removal_are_removed_too() {
    for has_calls in [true, false] {
        let fixture = with_accounts(StoreFixture::new());
        let store = &fixture.store;
        let of_day = |day: i64| spoken(&day.to_string(), "1", day * 86_400 + 600, 5, "x");
        if has_calls {
            take(store, (0..80).map(of_day));
        }
        store.take(&batch([Content::Conference(Box::new(conference("room", MIDNIGHT / 1_000_000, "1")))])).unwrap();
        let floor = store.removable_before(Timestamp::from_micros(MIDNIGHT + 40 * 24 * HOUR + HOUR / 2));
        let mut late = 200;
        let mut arrive = |_| {
            if late < 203 {
                take(store, [spoken(&late.to_string(), "1", (late - 200) * 86_400, 5, "late")]);
                late += 1;
            }
        };
        store.remove_before(floor, &mut arrive).unwrap();
        assert!(late > 200, "something arrived");
        let left = scan(store, &everything());
        assert!(left.iter().all(|call| call.started_at >= floor), "{left:?}");
        assert_eq!(stored(store), counted(store));
        assert_eq!(store.count(&everything()).unwrap(), left.len() as u64);
    }
}
