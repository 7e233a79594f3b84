//! Days of the proleptic Gregorian calendar with astronomical year numbers: 0 is 1 BCE, -1 is 2 BCE.

/// A day that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Day {
    pub(super) year: i64,
    pub(super) month: u8,
    pub(super) day: u8,
}

impl Day {
    pub(super) fn next(self) -> Day {
        let Day { year, month, day } = self;
        if day < days_in_month(year, month) {
            Day { day: day + 1, ..self }
        } else if month < 12 {
            Day { year, month: month + 1, day: 1 }
        } else {
            // The last year of i64 is followed by the last year with the next position in the 400-year cycle.
            Day { year: year.checked_add(1).unwrap_or(year - 399), month: 1, day: 1 }
        }
    }

    /// Days from 1970-01-01 to this day. Years are clamped to ±1,000,000, which is beyond the range of every timestamp.
    pub(super) fn since_1970(self) -> i64 {
        const FURTHEST: i64 = 1_000_000;
        // With years counted from March, the leap day is the last day and does not shift any month.
        let (month, year) = (i64::from(self.month), self.year.clamp(-FURTHEST, FURTHEST));
        let (month_from_march, year) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let days_before_month = (153 * month_from_march + 2) / 5;
        year * 365 + leap_days + days_before_month + i64::from(self.day) - 1 - MARCH_OF_YEAR_0_TO_1970
    }
}

/// Days from 0000-03-01 to 1970-01-01.
const MARCH_OF_YEAR_0_TO_1970: i64 = 719_468;

pub(super) fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The year of `i64` furthest from year 0, on one side of it, with a given position in the 400-year cycle of leap
/// years. It replaces a year beyond `i64`, which thereby keeps its leap day. `last_digits` are the last four digits of
/// the year (or the remainder modulo 400).
pub(super) fn furthest_year(negative: bool, last_digits: i64) -> i64 {
    let year = i64::MAX - (i64::MAX - last_digits) % 400;
    if negative { -year } else { year }
}
