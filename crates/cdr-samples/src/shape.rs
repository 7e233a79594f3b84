//! The distribution of calls over the hours of a week, with busy working days and quiet nights and weekends.

use cdr_model::Timestamp;

/// Hours of a week.
const WEEK: usize = 168;
/// The offset of local time from UTC, in hours, for the whole year. A zone with summer time would make the samples
/// depend on the version of the time zone database.
const AHEAD: i64 = 1;
/// Hours from the Monday before 1970-01-01, a Thursday.
const EPOCH: i64 = 72;

/// Weights of the hours of a working day, from midnight.
const WORKING: [u64; 24] =
    [6, 4, 3, 3, 4, 8, 14, 36, 80, 110, 118, 112, 85, 92, 108, 104, 96, 78, 52, 38, 28, 20, 13, 9];
/// Weights of the hours of a Saturday and a Sunday.
const SATURDAY: [u64; 24] = [6, 4, 3, 3, 3, 4, 6, 9, 15, 22, 28, 28, 24, 20, 18, 18, 18, 18, 17, 15, 12, 10, 8, 7];
const SUNDAY: [u64; 24] = [6, 4, 3, 3, 3, 3, 4, 6, 8, 12, 15, 17, 16, 15, 14, 14, 15, 16, 17, 17, 14, 11, 8, 6];
/// The weight of each day of the week in hundredths, from Monday, and the weights of its hours.
const DAYS: [(u64, &[u64; 24]); 7] = [
    (106, &WORKING),
    (103, &WORKING),
    (100, &WORKING),
    (100, &WORKING),
    (89, &WORKING),
    (100, &SATURDAY),
    (100, &SUNDAY),
];

/// The hours of a number of days, and the distribution of calls over them.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    calls: u64,
    first_hour: i64,
    hours: u64,
    /// The sum of the weights before each hour of the week, from Monday. The last one is the sum of the whole week.
    sums: [u64; WEEK + 1],
}

impl Shape {
    pub(super) fn new(calls: u64, from: Timestamp, days: u32) -> Shape {
        let mut sums = [0; WEEK + 1];
        for hour in 0..WEEK {
            let (busy, weights) = DAYS[hour / 24];
            sums[hour + 1] = sums[hour] + busy * weights[hour % 24];
        }
        Shape { calls, first_hour: from.day() * 24, hours: u64::from(days.max(1)) * 24, sums }
    }

    /// The number of hours.
    pub(super) fn hours(&self) -> u64 {
        self.hours
    }

    /// The start of an hour, counted from the first.
    pub(super) fn begin(&self, hour: u64) -> Timestamp {
        Timestamp::from_seconds(self.first_hour.saturating_add_unsigned(hour).saturating_mul(3600))
    }

    /// The hour of the UTC day.
    pub(super) fn hour_of_day(&self, hour: u64) -> u64 {
        hour % 24
    }

    /// The number of calls in an hour: those due by its end less those due by its start. Remainders carry over to the
    /// next hour, so that all hours together have exactly the requested number of calls.
    pub(super) fn calls(&self, hour: u64) -> u64 {
        self.due(hour + 1) - self.due(hour)
    }

    /// The number of calls due before an hour.
    fn due(&self, hour: u64) -> u64 {
        let all = u128::from(self.weight(self.hours));
        (u128::from(self.calls) * u128::from(self.weight(hour)) / all) as u64
    }

    /// The sum of the weights of all hours before the given one.
    fn weight(&self, hour: u64) -> u64 {
        let first = (self.first_hour + EPOCH + AHEAD).rem_euclid(WEEK as i64) as u64;
        let before = |hour: u64| (hour / WEEK as u64) * self.sums[WEEK] + self.sums[(hour % WEEK as u64) as usize];
        before(first + hour) - before(first)
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use cdr_model::Timestamp;

    #[test]
    fn all_hours_together_have_the_requested_number_of_calls() {
        for (calls, days, from) in [
            (0, 1, "2026-11-02T00:00:00Z"),
            (1, 30, "2026-11-02T00:00:00Z"),
            (20_000, 7, "2026-11-05T17:00:00Z"),
            (10_000_000, 31, "1969-12-25T00:00:00Z"),
            (u64::MAX, 1, "2026-11-02T00:00:00Z"),
        ] {
            let shape = Shape::new(calls, from.parse().unwrap(), days);
            assert_eq!((0..shape.hours()).map(|hour| shape.calls(hour)).sum::<u64>(), calls, "{calls} in {days} days");
        }
    }

    #[test]
    fn the_week_starts_on_monday_in_local_time() {
        let monday: Timestamp = "2026-11-02T00:00:00Z".parse().unwrap();
        let shape = Shape::new(1_000_000, monday, 7);
        assert_eq!(shape.begin(0), monday);
        // 10:00 local time is 09:00 UTC. Sunday has no such peak.
        assert_eq!((0..shape.hours()).max_by_key(|hour| shape.calls(*hour)), Some(9));
        assert!(shape.calls(9) > 5 * shape.calls(6 * 24 + 9));
        assert!(shape.calls(9) > 20 * shape.calls(2));
    }
}
