//! Periods partition the calls: every call that has the instant of the anchor is in exactly one period.

use std::collections::BTreeMap;

use cdr_mediation::{Batch, CallDraft, CdrSink, CdrSource, Content, Incoming, Memory};
use cdr_model::{Anchor, Cdr, LocalZone, OverlapPolicy, Record, Timestamp, Zone};
use cdr_query::grammar::{Rounding, XsdVersion, read_bound};
use cdr_query::{CdrQuery, Window};
use cdr_store::{Store, StoreAddress, StoreOptions};
use proptest::prelude::*;

use crate::harness::database;

/// Zones with unusual days: 23 and 25 hours, 23.5 and 24.5 hours, no midnight, a skipped day.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "+05:45",
];

/// Days around clock changes in those zones, as year, month and day.
const DAYS: &[(i32, u32, u32)] = &[
    (2026, 3, 29),
    (2026, 10, 25),
    (2026, 3, 8),
    (2026, 11, 1),
    (2026, 4, 5),
    (2018, 11, 4),
    (2011, 12, 30),
    (2026, 2, 15),
];

/// The midnights of this many days from a date on, `step` days apart, read from the dates as a user would type them.
fn midnights(first: (i32, u32, u32), zone: &LocalZone, days: u32, step: u32) -> Vec<Timestamp> {
    let names = (0..=days).step_by(step as usize).map(|day| {
        let (year, month, day) = later(first, day);
        format!("{year:04}-{month:02}-{day:02}")
    });
    names.map(|name| read_bound(&name, zone, XsdVersion::V1_0, Rounding::Up).unwrap()).collect()
}

fn later((year, month, day): (i32, u32, u32), days: u32) -> (i32, u32, u32) {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    (0..days).fold((year, month, day), |(year, month, day), _| match () {
        () if day < lengths[month as usize - 1] => (year, month, day + 1),
        () if month < 12 => (year, month + 1, 1),
        () => (year + 1, 1, 1),
    })
}

/// A call near one of the bounds: at it, a microsecond off, or between two of them. It may be unanswered or unended,
/// and its instants may be out of order.
fn call(bounds: &[Timestamp], place: (usize, i64), connect: Option<i64>, end: Option<i64>, bill: i64) -> Cdr {
    let started_at = bounds[place.0 % bounds.len()].plus_micros(place.1);
    Cdr {
        started_at,
        connected_at: connect.map(|micros| started_at.plus_micros(micros)),
        ended_at: end.map(|micros| started_at.plus_micros(micros)),
        billed_at: started_at.plus_micros(bill),
        ..Cdr::default()
    }
}

fn near() -> impl Strategy<Value = i64> {
    prop_oneof![Just(-1), Just(0), Just(1), -86_400_000_000i64..86_400_000_000, -7_200_000_000i64..7_200_000_000]
}

fn store_of(calls: &[Cdr]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let at = match database() {
        Some(url) => url.parse().unwrap(),
        None => StoreAddress::File(folder.path().join("tollbook.db")),
    };
    let (store, _) = Store::create_or_open(at, &StoreOptions::default()).unwrap();
    let records = calls.iter().enumerate().map(|(at, call)| Incoming {
        position: format!("test:{at}"),
        raw: at.to_string().into_bytes(),
        content: Content::Call(Box::new(CallDraft {
            key: at.to_string(),
            digest: [0; 32],
            call: call.clone(),
            ..CallDraft::default()
        })),
    });
    let batch = Batch { source: "test".into(), feed: "test".into(), records: records.collect(), ..Batch::default() };
    assert_eq!(store.take(&batch).unwrap().loaded, calls.len() as u64);
    (folder, store)
}

/// In how many of the windows each call is, by number.
fn times_seen(source: &dyn CdrSource, anchor: Anchor, bounds: &[Timestamp]) -> BTreeMap<i64, u32> {
    let mut seen = BTreeMap::new();
    for pair in bounds.windows(2) {
        let window = Window::new(anchor, pair[0], pair[1]).unwrap();
        let query = CdrQuery::over(window);
        let counted = source.count(&query).unwrap();
        let mut rows = 0;
        source
            .scan(&query, &mut |call| {
                *seen.entry(call.number).or_default() += 1;
                rows += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(counted, rows, "the count agrees with the rows");
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_call_is_in_exactly_one_period(
        zone in prop::sample::select(ZONES),
        first in prop::sample::select(DAYS),
        later_of_twins in any::<bool>(),
        step in 1u32..5,
        places in prop::collection::vec(
            ((any::<prop::sample::Index>(), near()), prop::option::of(near()), prop::option::of(near()), near()), 1..60),
    ) {
        let overlap = if later_of_twins { OverlapPolicy::Later } else { OverlapPolicy::Earlier };
        let zone = LocalZone::new(zone.parse::<Zone>().unwrap()).with_overlap(overlap);
        let days = step * 6;
        let mut bounds = midnights(first, &zone, days, step);
        prop_assert!(bounds.is_sorted(), "the bounds are in order: {bounds:?}");
        let calls: Vec<Cdr> = places.iter()
            .map(|((at, off), connect, end, bill)| call(&bounds, (at.index(bounds.len()), *off), *connect, *end, *bill))
            .collect();
        // The first period has no lower bound, and the last one no upper bound.
        bounds.insert(0, Timestamp::MIN);
        bounds.push(Timestamp::MAX);
        let (_folder, store) = store_of(&calls);
        for (name, source) in [("memory", &Memory::of(calls.clone()) as &dyn CdrSource), ("store", &store)] {
            for anchor in Anchor::ALL {
                let seen = times_seen(source, anchor, &bounds);
                for (at, call) in calls.iter().enumerate() {
                    let expected = call.instant(anchor).map(|_| 1);
                    prop_assert_eq!(seen.get(&(at as i64 + 1)).copied(), expected, "{} by {}: {:?}", name, anchor, call);
                }
            }
        }
    }
}

#[test]
fn a_call_at_midnight_belongs_to_the_day_that_begins() {
    let berlin = "Europe/Berlin".parse().unwrap();
    let bounds = midnights((2026, 3, 28), &berlin, 3, 1);
    let hours: Vec<i64> = bounds.windows(2).map(|pair| pair[1].micros_since(pair[0]) / 3_600_000_000).collect();
    assert_eq!(hours, [24, 23, 24], "the day the clocks go forward has 23 hours");
    for (off, day) in [(-1, 0), (0, 1), (1, 1)] {
        let call = Cdr { started_at: bounds[1].plus_micros(off), ..Cdr::default() };
        let days = bounds.windows(2).map(|pair| Window::new(Anchor::Start, pair[0], pair[1]).unwrap());
        let found: Vec<usize> =
            days.enumerate().filter(|(_, window)| window.contains(&call)).map(|(at, _)| at).collect();
        assert_eq!(found, [day], "{off} µs from midnight");
    }
}
