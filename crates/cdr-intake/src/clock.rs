//! Checks the time zone of a file. A switch that writes local times without an offset, and identifiers that contain seconds
//! since 1970, reveals the UTC offset of its clock: it is the difference of the two.

use std::collections::BTreeMap;
use std::fmt;

use cdr_model::{Timestamp, Zone};

/// Offsets of clocks are whole quarters of an hour.
const QUARTER: i64 = 900;
/// The most that a clock is away from UTC, in seconds.
const FURTHEST: i64 = 14 * 3600;
/// How many seconds before and after the second of its identifier a call may start.
const SLACK: std::ops::RangeInclusive<i64> = -1..=5;

/// A disagreement is reported if at least one row in this many has it.
const REPORTED: u64 = 10;

/// The offsets that rows state.
#[derive(Clone, Debug, Default)]
pub struct ClockCheck {
    rows: u64,
    /// By the offset in seconds east of UTC that a row states: the rows, and those of them whose zone had another one.
    offsets: BTreeMap<i64, (u64, u64)>,
}

/// Offsets that are not those of the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disagreement {
    /// The offsets, those of most rows first.
    pub(crate) offsets: Vec<Zone>,
    /// Whether most rows state one.
    pub(crate) is_of_most: bool,
    rows: u64,
    all: u64,
}

impl ClockCheck {
    /// Adds a row: the start of its call as the zone resolved its local time, the offset of the zone at that time in
    /// seconds, and the second since 1970 that its identifier states.
    pub(crate) fn add(&mut self, start: Timestamp, zone_offset: i32, stated: i64) {
        self.rows += 1;
        let since = start.micros().div_euclid(1_000_000) + i64::from(zone_offset) - stated;
        let offset = (since - SLACK.start()).div_euclid(QUARTER) * QUARTER;
        if SLACK.contains(&(since - offset)) && offset.abs() <= FURTHEST {
            let (rows, others) = self.offsets.entry(offset).or_default();
            *rows += 1;
            *others += u64::from(offset != i64::from(zone_offset));
        }
    }

    /// What rows state that is not the offset of the zone, if many do.
    pub(crate) fn disagreement(&self) -> Option<Disagreement> {
        let rows: u64 = self.offsets.values().map(|(_, others)| others).sum();
        if rows == 0 || rows * REPORTED < self.rows {
            return None;
        }
        let mut offsets: Vec<(u64, i64)> =
            self.offsets.iter().map(|(offset, (_, others))| (*others, *offset)).collect();
        offsets.retain(|(others, _)| others * REPORTED >= rows);
        offsets.sort_unstable_by_key(|(others, offset)| (std::cmp::Reverse(*others), *offset));
        let zone = |(_, offset): &(u64, i64)| i16::try_from(offset / 60).ok().and_then(Zone::fixed);
        let offsets = offsets.iter().filter_map(zone).collect();
        Some(Disagreement { offsets, is_of_most: rows * 2 > self.rows, rows, all: self.rows })
    }
}

impl Disagreement {
    /// The rows that disagree, as the subject of a sentence with its verb.
    pub(crate) fn witnesses(&self) -> String {
        let Disagreement { rows, all, .. } = self;
        if *all == 1 { "the uniqueid says".to_owned() } else { format!("{rows} of {all} uniqueids say") }
    }
}

impl fmt::Display for Disagreement {
    /// What the rows say, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Disagreement { offsets, .. } = self;
        let named = offsets.iter().map(Zone::to_string).collect::<Vec<_>>().join(" or ");
        let uniqueids = self.witnesses();
        write!(f, "{uniqueids} that the clock was at {named}, which is not the zone of this load: ")?;
        match offsets.as_slice() {
            [one] => write!(f, "--zone {one}"),
            _ => f.write_str("--zone with the name of a zone that has these offsets, such as Europe/Berlin"),
        }
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::Timestamp;

    use super::ClockCheck;

    /// The second of the local start of a row, the offset of the zone in hours, and the stated second.
    type Row = (i64, i32, i64);
    /// Rows, and what is found: whether it is of most, and the offsets.
    type Case<'a> = (&'a [Row], Option<(bool, &'a str)>);

    fn found(rows: &[Row]) -> Option<(bool, String)> {
        let mut clock = ClockCheck::default();
        for (local, hours, stated) in rows {
            clock.add(Timestamp::from_seconds(local - i64::from(hours * 3600)), hours * 3600, *stated);
        }
        let found = clock.disagreement()?;
        Some((found.is_of_most, found.offsets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")))
    }

    #[test]
    fn offsets_that_are_not_those_of_the_zone_are_found() {
        let noon = 43_200;
        let cases: &[Case] = &[
            (&[], None),
            (&[(noon, 0, noon)], None),
            (&[(noon + 3600, 1, noon)], None),
            (&[(noon + 3600, 0, noon)], Some((true, "+01:00"))),
            (&[(noon - 12_600 + 5, 0, noon), (noon - 12_600 - 1, 0, noon)], Some((true, "-03:30"))),
            (&[(noon, 5, noon)], Some((true, "UTC"))),
            // Too late after its identifier, too early before it, too far away, months apart.
            (&[(noon + 3606, 0, noon)], None),
            (&[(noon + 3598, 0, noon)], None),
            (&[(noon + 15 * 3600, 0, noon)], None),
            (&[(noon, 0, noon - 9_000_000)], None),
            // Half of the rows are not most of them, and summer and winter are.
            (&[(noon + 3600, 0, noon), (noon, 0, noon)], Some((false, "+01:00"))),
            (&[(noon + 7200, 0, noon), (noon + 3600, 0, noon), (noon, 0, noon)], Some((true, "+01:00 +02:00"))),
        ];
        for (rows, expected) in cases {
            let expected = expected.map(|(is_of_most, offsets)| (is_of_most, offsets.to_owned()));
            assert_eq!(found(rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn the_offsets_are_told_with_what_to_do() {
        let mut clock = ClockCheck::default();
        clock.add(Timestamp::from_seconds(3600), 0, 0);
        let said = "the uniqueid says that the clock was at +01:00, which is not the zone of this load: --zone +01:00";
        assert_eq!(clock.disagreement().unwrap().to_string(), said);
        clock.add(Timestamp::from_seconds(7200), 0, 0);
        let said = "2 of 2 uniqueids say that the clock was at +01:00 or +02:00, which is not the zone of this load: \
                    --zone with the name of a zone that has these offsets, such as Europe/Berlin";
        assert_eq!(clock.disagreement().unwrap().to_string(), said);
    }
}
