//! Generators of zones and of instants near clock changes.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::{Timestamp, Zone};

/// 1970 to 2100.
const RANGE: std::ops::Range<i64> = 0..4_102_444_800_000_000;

const ZONES: [&str; 14] = [
    "UTC",
    "+05:45",
    "-09:30",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
];

/// Every zone of [`ZONES`] with the instants at which its offset changes, found by bisection.
static CHANGES: LazyLock<Vec<(Zone, Vec<Timestamp>)>> = LazyLock::new(|| {
    ZONES.iter().map(|name| name.parse::<Zone>().unwrap()).map(|zone| (zone, changes_of(zone))).collect()
});

fn changes_of(zone: Zone) -> Vec<Timestamp> {
    const STEP: usize = 86_400;
    let offset = |second: i64| zone.offset_at(Timestamp::from_seconds(second));
    let mut changes = Vec::new();
    for from in (RANGE.start / 1_000_000..RANGE.end / 1_000_000).step_by(STEP) {
        let (mut before, mut after) = (from, from + STEP as i64);
        if offset(before) == offset(after) {
            continue;
        }
        while after - before > 1 {
            let middle = (before + after) / 2;
            if offset(middle) == offset(before) { before = middle } else { after = middle }
        }
        changes.push(Timestamp::from_seconds(after));
    }
    changes
}

/// A zone and an instant. Half of the instants lie within a day and a half of a clock change.
pub(super) fn zone_and_instant() -> impl Strategy<Value = (Zone, Timestamp)> {
    let near = -130_000_000_000_i64..130_000_000_000;
    let distance = prop_oneof![4 => near, 4 => (-7200_i64..7200).prop_map(|s| s * 1_000_000), 1 => -1_i64..2];
    (any::<Index>(), any::<Index>(), RANGE, distance, any::<bool>()).prop_map(
        |(zone, change, anywhere, distance, near_a_change)| {
            let (zone, changes) = zone.get(&CHANGES);
            if near_a_change && !changes.is_empty() {
                (*zone, change.get(changes).plus_micros(distance))
            } else {
                (*zone, Timestamp::from_micros(anywhere))
            }
        },
    )
}

/// A zone of [`ZONES`] with an instant at which its clocks go forward.
pub(super) fn change_forward() -> impl Strategy<Value = (Zone, Timestamp)> {
    let all = CHANGES.iter().flat_map(|(zone, changes)| changes.iter().map(|at| (*zone, *at)));
    let forward = all.filter(|(zone, at)| zone.offset_at(at.plus_micros(-1)) < zone.offset_at(*at));
    prop::sample::select(forward.collect::<Vec<_>>())
}
