//! What happens in an hour: calls on their own, calls tried again, meetings, and calls at awkward instants.

use super::random::Random;

const MICROS: u32 = 1_000_000;
const HOUR: u32 = 3600 * MICROS;
/// Longer than the retries of a call take, from the first attempt's start to the last one's.
pub(super) const RETRIES: u32 = 200 * MICROS;
/// How long participants keep joining a meeting.
pub(super) const JOINING: u32 = 360 * MICROS;
/// An hour with fewer calls than this has none placed on its bounds.
const ENOUGH: u64 = 6;

/// What one or several calls are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A call on its own.
    Single,
    /// A call on its own that ends in the very instant in which the next hour begins.
    EndsOnTheHour,
    /// A call on its own that goes on into the next day.
    SpansMidnight,
    /// So many attempts of one call.
    Retried(u8),
    /// So many calls that join a meeting.
    Meeting(u8),
}

impl Role {
    /// The calls it takes.
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

/// A role and when it begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// Microseconds into the hour. Whole milliseconds mean a switch that writes no more than those.
    pub(super) offset: u32,
    pub(super) role: Role,
}

/// Plans an hour of the UTC day with so many calls, in the order of their starts: eight bytes a call, which is all that
/// grows with the number of calls. Every call of a unit starts within the hour.
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
    // The stable sort: how the other one leaves equal offsets may change with the toolchain.
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
    fn an_hour_has_its_calls_in_order_and_none_beyond_its_end() {
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
