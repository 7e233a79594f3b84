//! The schedule of an hour: single calls, retried calls, meetings, and calls at unusual instants.

use super::random::Random;

const MICROS: u32 = 1_000_000;
const HOUR: u32 = 3600 * MICROS;
/// An upper bound for the time between the starts of the first and the last attempt of a call.
pub(super) const RETRIES: u32 = 200 * MICROS;
/// The time within which participants join a meeting.
pub(super) const JOINING: u32 = 360 * MICROS;
/// The minimum number of calls in an hour for which calls are placed on its bounds.
const ENOUGH: u64 = 6;

/// The role of one or several calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A single call.
    Single,
    /// A single call that ends exactly at the start of the next hour.
    EndsOnTheHour,
    /// A single call that ends on the next day.
    SpansMidnight,
    /// A call with this number of attempts.
    Retried(u8),
    /// A meeting that this number of calls join.
    Meeting(u8),
}

impl Role {
    /// The number of calls it consists of.
    fn calls(self) -> u64 {
        match self {
            Role::Single | Role::EndsOnTheHour | Role::SpansMidnight => 1,
            Role::Retried(calls) | Role::Meeting(calls) => u64::from(calls),
        }
    }

    fn drawn(random: &mut Random) -> Role {
        match random.below(1000) {
            0..8 => Role::Meeting(3 + random.below(8) as u8),
            8..12 => Role::Retried(4),
            12..22 => Role::Retried(3),
            22..50 => Role::Retried(2),
            _ => Role::Single,
        }
    }
}

/// A role and its start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// Microseconds from the start of the hour. Whole milliseconds denote a switch with a resolution of one
    /// millisecond.
    pub(super) offset: u32,
    pub(super) role: Role,
}

/// Schedules a number of calls for an hour of the UTC day, ordered by start. Every call of a unit starts within the
/// hour. A unit takes eight bytes; no other memory grows with the number of calls.
pub(super) fn hour(random: &mut Random, hour_of_day: u64, calls: u64, units: &mut Vec<Unit>) {
    units.clear();
    let mut left = calls;
    if calls >= ENOUGH && (hour_of_day.is_multiple_of(6) || hour_of_day == 23) {
        let last = Unit { offset: random.between(0, i64::from(HOUR) - 60_000_000) as u32, role: Role::EndsOnTheHour };
        units.extend([0, 1, HOUR - 1].map(|offset| Unit { offset, role: Role::Single }));
        units.push(last);
        left -= 4;
    }
    if calls >= ENOUGH && hour_of_day == 23 {
        units.push(Unit { offset: HOUR - random.between(45, 600) as u32 * MICROS, role: Role::SpansMidnight });
        left -= 1;
    }
    while left > 0 {
        let role = Role::drawn(random);
        let role = if role.calls() > left { Role::Single } else { role };
        let offset = match (role, units.last()) {
            (Role::Single, Some(before)) if before.role == Role::Single && random.one_in(250) => before.offset,
            _ => offset(random, role),
        };
        units.push(Unit { offset, role });
        left -= role.calls();
    }
    // A stable sort, because the order of equal offsets after an unstable one may change with the toolchain.
    units.sort_by_key(|unit| unit.offset);
}

fn offset(random: &mut Random, role: Role) -> u32 {
    let micros = match role {
        Role::Meeting(_) => random.below(4) as u32 * 900 * MICROS + random.below(u64::from(180 * MICROS)) as u32,
        Role::Retried(_) => random.below(u64::from(HOUR - RETRIES)) as u32,
        _ => random.below(u64::from(HOUR)) as u32,
    };
    if random.one_in(2) { micros - micros % 1000 } else { micros }
}

#[cfg(test)]
mod tests {
    use super::{HOUR, JOINING, RETRIES, Random, Role, hour};

    #[test]
    fn an_hour_contains_its_calls_in_order() {
        let mut units = Vec::new();
        for calls in [0, 1, 2, 5, 6, 7, 50, 5_000] {
            for hour_of_day in [0, 3, 23] {
                hour(&mut Random::new(calls), hour_of_day, calls, &mut units);
                assert_eq!(units.iter().map(|unit| unit.role.calls()).sum::<u64>(), calls);
                assert!(units.is_sorted_by_key(|unit| unit.offset));
                for unit in &units {
                    let span = match unit.role {
                        Role::Meeting(_) => JOINING,
                        Role::Retried(_) => RETRIES,
                        _ => 1,
                    };
                    assert!(unit.offset + span <= HOUR, "{unit:?}");
                }
            }
        }
    }
}
