//! Texts and instants that are near what matters.

use std::sync::LazyLock;

use cdr_model::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::grammar::Zone;

/// Texts that are `xs:dateTime`s but for days that their month may not have. No year zero in front of 24:00:00.
pub(super) fn nearly_valid() -> impl Strategy<Value = String> {
    let year = prop_oneof![
        6 => 1970_i64..2100,
        2 => -10_000_i64..10_000,
        1 => -999_999_999_999_i64..999_999_999_999,
    ];
    let hours = prop_oneof![9 => 0..24, 1 => 24..26];
    let fraction = prop_oneof![4 => "", 2 => r"\.[0-9]{1,6}", 1 => r"\.[0-9]{1,18}", 1 => r"\.0{0,12}[0-9]{1,6}"];
    let zone = prop_oneof![2 => "", 2 => "Z", 2 => "[+-](0[0-9]|1[0-3]):[0-5][0-9]", 1 => "[+-]1[34]:0[01]"];
    let time = prop_oneof![4 => (hours, 0..61, 0..61).boxed(), 1 => Just((24, 0, 0)).boxed()];
    (year, 1..13, prop_oneof![1..29, 28..32], time, fraction, zone).prop_map(
        |(year, month, day, (hour, minute, second), fraction, zone)| {
            let sign = if year < 0 { "-" } else { "" };
            let year = year.unsigned_abs();
            format!("{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
        },
    )
}

/// Nearly valid texts, most with a character put in, taken out, replaced or doubled.
pub(super) fn mutated() -> impl Strategy<Value = String> {
    let character = prop_oneof![6 => "[-+:.TZtz0-9 ]", 1 => any::<char>().prop_map(String::from)];
    let mutation = (0..5, any::<Index>(), character);
    (nearly_valid(), prop::collection::vec(mutation, 0..3)).prop_map(|(text, mutations)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (kind, index, new) in mutations.into_iter().flat_map(|(k, i, new)| new.chars().next().map(|c| (k, i, c))) {
            let at = index.index(characters.len() + 1);
            match (kind, characters.get(at).copied()) {
                (0, _) | (_, None) => characters.insert(at, new),
                (1, Some(_)) => drop(characters.remove(at)),
                (2, Some(old)) => characters.insert(at, old),
                (3, Some(_)) => characters.truncate(at),
                (_, Some(_)) => characters[at] = new,
            }
        }
        characters.into_iter().collect()
    })
}

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

/// Every zone of [`ZONES`] with the instants at which its offset changes, which are found by asking the zone.
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

/// A zone and an instant, half of the time within a day and a half of a change of its clocks.
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

/// A zone of [`ZONES`] with an instant at which its clocks are put forward.
pub(super) fn change_forward() -> impl Strategy<Value = (Zone, Timestamp)> {
    let all = CHANGES.iter().flat_map(|(zone, changes)| changes.iter().map(|at| (*zone, *at)));
    let forward = all.filter(|(zone, at)| zone.offset_at(at.plus_micros(-1)) < zone.offset_at(*at));
    prop::sample::select(forward.collect::<Vec<_>>())
}
