//! Hand-written formatting of instants. The offset is cached per UTC hour, the date per local hour.

use cdr_model::{Timestamp, Zone};

use crate::cell::{two_digits, write_digits};
use crate::layout::TimeStyle;
use crate::time_reader::{BEFORE_CHRIST, is_postgres, read_time};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// 0000-01-02 and 9999-12-31: between them a year has four digits in every zone.
const FIRST: i64 = -62_167_132_800 * SECOND;
const LAST: i64 = 253_402_214_400 * SECOND;

/// Formats instants. Instants outside the years 0000 to 9999 are formatted in UTC, as [`Timestamp`] prints them, unless
/// the style is one of PostgreSQL's.
#[derive(Clone, Debug)]
pub(crate) struct TimeFormatter {
    utc: ZoneCache,
    local: ZoneCache,
    exact: ZoneCache,
}

/// The offset and date of the last formatted hour in one zone.
#[derive(Clone, Debug)]
struct ZoneCache {
    zone: Zone,
    /// Returns the offset in seconds east of UTC.
    offsets: fn(&Zone, Timestamp) -> i32,
    /// The separator between date and time.
    between: u8,
    /// The UTC hour for which `offset` is valid; `None` initially and in an hour in which the offset changes.
    hour: Option<i64>,
    /// Microseconds east of UTC.
    offset: i64,
    /// The local hour for which `date` is valid.
    local_hour: Option<i64>,
    /// Date and hour as in `2026-11-21T10:`.
    date: [u8; 14],
}

/// The precision of the fraction of a second.
#[derive(Clone, Copy)]
enum Fraction {
    None,
    Millis,
    Micros,
    /// Microseconds without trailing zeros.
    Shortest,
}

impl TimeFormatter {
    pub(crate) fn new(zone: Zone) -> TimeFormatter {
        TimeFormatter {
            utc: ZoneCache::new(Zone::UTC, whole_minutes_at, b'T'),
            local: ZoneCache::new(zone, whole_minutes_at, b'T'),
            exact: ZoneCache::new(zone, Zone::offset_at, b' '),
        }
    }

    /// Appends an instant. Returns the microseconds that the text denotes, which [`read_time`] reads from it; `None` for
    /// some instants outside the years 0000 to 9999.
    pub(crate) fn write(&mut self, at: Timestamp, style: TimeStyle, out: &mut Vec<u8>) -> Option<i64> {
        let from = out.len();
        if !(FIRST..LAST).contains(&at.micros()) {
            if is_postgres(style) {
                self.exact.write_far_as_postgres(at, style, out);
            } else {
                out.extend_from_slice(at.to_string().as_bytes());
            }
            return read_time(std::str::from_utf8(&out[from..]).ok()?, style);
        }
        let floor = |micros: i64, unit: i64| micros - micros.rem_euclid(unit);
        Some(match style {
            TimeStyle::Rfc3339Micros => {
                self.utc.write_clock(at.micros(), Fraction::Micros, out);
                out.push(b'Z');
                at.micros()
            }
            TimeStyle::OffsetMillis => {
                match self.local.write_local(at, Fraction::Millis, out) {
                    0 => out.push(b'Z'),
                    offset => write_offset(offset, out),
                }
                floor(at.micros(), 1000)
            }
            TimeStyle::OffsetSeconds => {
                let offset = self.local.write_local(at, Fraction::None, out);
                write_offset(offset, out);
                floor(at.micros(), SECOND)
            }
            TimeStyle::PgZoned => {
                let offset = self.exact.write_local(at, Fraction::Shortest, out);
                write_short_offset(offset / SECOND, out);
                at.micros()
            }
            TimeStyle::PgLocal => at.micros() + self.exact.write_local(at, Fraction::Shortest, out),
            TimeStyle::PgLocalSeconds => floor(at.micros() + self.exact.write_local(at, Fraction::None, out), SECOND),
        })
    }
}

impl ZoneCache {
    fn new(zone: Zone, offsets: fn(&Zone, Timestamp) -> i32, between: u8) -> ZoneCache {
        ZoneCache { zone, offsets, between, hour: None, offset: 0, local_hour: None, date: [0; 14] }
    }

    /// Appends local date and time. Returns the offset in microseconds.
    fn write_local(&mut self, at: Timestamp, fraction: Fraction, out: &mut Vec<u8>) -> i64 {
        let offset = self.offset_at(at.micros());
        self.write_clock(at.micros() + offset, fraction, out);
        offset
    }

    /// Appends an instant outside the years 0000 to 9999 as PostgreSQL prints a `timestamptz` with `DateStyle` ISO in a
    /// session of this zone.
    fn write_far_as_postgres(&mut self, at: Timestamp, style: TimeStyle, out: &mut Vec<u8>) {
        if matches!(at, Timestamp::MIN | Timestamp::MAX) {
            return out.extend_from_slice(at.to_string().as_bytes());
        }
        let fraction = if style == TimeStyle::PgLocalSeconds { Fraction::None } else { Fraction::Shortest };
        let offset = self.offset_at(at.micros());
        let local = at.micros().saturating_add(offset);
        let (year, month, day, hour) = civil(local);
        // PostgreSQL has no year 0: the year before 1 is 1 BC.
        let is_before_christ = year <= 0;
        let year = if is_before_christ { 1 - year } else { year };
        out.extend_from_slice(format!("{year:04}-{month:02}-{day:02} {hour:02}:").as_bytes());
        write_rest(local.rem_euclid(HOUR), fraction, out);
        if style == TimeStyle::PgZoned {
            write_short_offset(offset / SECOND, out);
        }
        if is_before_christ {
            out.extend_from_slice(BEFORE_CHRIST.as_bytes());
        }
    }

    fn offset_at(&mut self, micros: i64) -> i64 {
        let hour = micros.div_euclid(HOUR);
        if self.hour != Some(hour) {
            let offset = |second: i64| i64::from((self.offsets)(&self.zone, Timestamp::from_seconds(second))) * SECOND;
            let here = offset(micros.div_euclid(SECOND));
            // The offset does not change twice within an hour: if both ends have the same offset, so has every instant
            // between them.
            let holds = offset(hour * 3600) == here && offset(hour * 3600 + 3599) == here;
            self.hour = holds.then_some(hour);
            self.offset = here;
        }
        self.offset
    }

    fn write_clock(&mut self, local: i64, fraction: Fraction, out: &mut Vec<u8>) {
        let hour = local.div_euclid(HOUR);
        if self.local_hour != Some(hour) {
            self.date = date_and_hour(local, self.between);
            self.local_hour = Some(hour);
        }
        out.extend_from_slice(&self.date);
        write_rest(local.rem_euclid(HOUR), fraction, out);
    }
}

/// The offset in seconds, rounded to whole minutes. `±hh:mm` cannot express odd seconds, so the local time is computed
/// with the rounded offset and the text denotes the same instant.
fn whole_minutes_at(zone: &Zone, at: Timestamp) -> i32 {
    zone.minutes_at(at) * 60
}

/// Appends minutes, seconds and the fraction; `rest` is the time since the full hour in microseconds.
fn write_rest(rest: i64, fraction: Fraction, out: &mut Vec<u8>) {
    let (minute, second, micros) = (rest / (60 * SECOND), rest / SECOND % 60, rest % SECOND);
    out.extend_from_slice(&two_digits(minute));
    out.push(b':');
    out.extend_from_slice(&two_digits(second));
    match fraction {
        Fraction::None => (),
        Fraction::Millis => write_fraction(micros / 1000, 3, out),
        Fraction::Micros => write_fraction(micros, 6, out),
        Fraction::Shortest if micros == 0 => (),
        Fraction::Shortest => {
            write_fraction(micros, 6, out);
            let zeros = out.iter().rev().take_while(|digit| **digit == b'0').count();
            out.truncate(out.len() - zeros);
        }
    }
}

fn write_fraction(value: i64, width: usize, out: &mut Vec<u8>) {
    out.push(b'.');
    write_digits(value, width, out);
}

/// Appends an offset in microseconds as `+01:00`.
fn write_offset(offset: i64, out: &mut Vec<u8>) {
    let minutes = offset / (60 * SECOND);
    out.push(if minutes < 0 { b'-' } else { b'+' });
    out.extend_from_slice(&two_digits(minutes.abs() / 60));
    out.push(b':');
    out.extend_from_slice(&two_digits(minutes.abs() % 60));
}

/// Appends an offset in seconds as `+01`, `-03:30` or `+02:02:04`.
fn write_short_offset(seconds: i64, out: &mut Vec<u8>) {
    out.push(if seconds < 0 { b'-' } else { b'+' });
    let seconds = seconds.abs();
    out.extend_from_slice(&two_digits(seconds / 3600));
    let parts = [seconds / 60 % 60, seconds % 60];
    let printed = if parts[1] > 0 { 2 } else { usize::from(parts[0] > 0) };
    for part in &parts[..printed] {
        out.push(b':');
        out.extend_from_slice(&two_digits(*part));
    }
}

/// Formats local microseconds since 1970 as `2026-11-21T10:`, for a year of four digits.
fn date_and_hour(local: i64, between: u8) -> [u8; 14] {
    let (year, month, day, hour) = civil(local);
    let ([y1, y2], [y3, y4]) = (two_digits(year / 100), two_digits(year % 100));
    let ([m1, m2], [d1, d2], [h1, h2]) = (two_digits(month), two_digits(day), two_digits(hour));
    [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, between, h1, h2, b':']
}

/// Converts local microseconds since 1970 to year, month, day and hour in the proleptic Gregorian calendar, counting in
/// eras of 400 years.
fn civil(local: i64) -> (i64, i64, i64, i64) {
    // Days since 0000-03-01, so that a leap day is the last day of its year.
    let days = local.div_euclid(DAY) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, local.rem_euclid(DAY) / HOUR)
}

#[cfg(test)]
mod tests {
    use cdr_model::Timestamp;
    use chrono::{DateTime, SecondsFormat};
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::TimeFormatter;
    use crate::layout::TimeStyle;

    fn printed(clock: &mut TimeFormatter, micros: i64, style: TimeStyle) -> String {
        let mut out = Vec::new();
        clock.write(Timestamp::from_micros(micros), style, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn instants_are_printed_in_the_zone_of_the_export() {
        for (zone, at, style, expected) in [
            ("UTC", "2026-11-21T10:00:00.000001Z", TimeStyle::Rfc3339Micros, "2026-11-21T10:00:00.000001Z"),
            ("Europe/Berlin", "2026-11-21T10:00:00.000001Z", TimeStyle::Rfc3339Micros, "2026-11-21T10:00:00.000001Z"),
            ("Europe/Berlin", "2026-11-21T10:00:00.999999Z", TimeStyle::OffsetMillis, "2026-11-21T11:00:00.999+01:00"),
            ("Europe/Berlin", "2026-10-25T00:59:59Z", TimeStyle::OffsetMillis, "2026-10-25T02:59:59.000+02:00"),
            ("Europe/Berlin", "2026-10-25T01:00:00Z", TimeStyle::OffsetMillis, "2026-10-25T02:00:00.000+01:00"),
            ("Europe/London", "2026-11-21T10:00:00Z", TimeStyle::OffsetMillis, "2026-11-21T10:00:00.000Z"),
            ("Europe/London", "2026-11-21T10:00:00Z", TimeStyle::OffsetSeconds, "2026-11-21T10:00:00+00:00"),
            ("-03:30", "2026-01-01T03:29:59.9Z", TimeStyle::OffsetSeconds, "2025-12-31T23:59:59-03:30"),
            ("UTC", "1969-12-31T23:59:59.9999Z", TimeStyle::OffsetMillis, "1969-12-31T23:59:59.999Z"),
            ("UTC", "2024-02-29T23:59:59Z", TimeStyle::OffsetMillis, "2024-02-29T23:59:59.000Z"),
            ("+14:00", "infinity", TimeStyle::OffsetMillis, "infinity"),
            ("UTC", "2025-02-03T20:21:32.118457Z", TimeStyle::PgZoned, "2025-02-03 20:21:32.118457+00"),
            ("Europe/Kyiv", "2019-01-01T10:00:00.5Z", TimeStyle::PgZoned, "2019-01-01 12:00:00.5+02"),
            ("Asia/Kolkata", "2019-01-01T00:00:00.000100Z", TimeStyle::PgZoned, "2019-01-01 05:30:00.0001+05:30"),
            ("America/St_Johns", "2019-01-01T00:00:00Z", TimeStyle::PgZoned, "2018-12-31 20:30:00-03:30"),
            ("Europe/Kyiv", "1890-01-01T00:00:00Z", TimeStyle::PgZoned, "1890-01-01 02:02:04+02:02:04"),
            ("Europe/Kyiv", "2019-07-01T10:00:00.120Z", TimeStyle::PgLocal, "2019-07-01 13:00:00.12"),
            ("Europe/Kyiv", "2019-07-01T10:00:00.999999Z", TimeStyle::PgLocalSeconds, "2019-07-01 13:00:00"),
            ("Asia/Kolkata", "9999-12-31T23:59:59.999999Z", TimeStyle::PgZoned, "10000-01-01 05:29:59.999999+05:30"),
            ("UTC", "9999-12-31T23:59:59Z", TimeStyle::PgLocalSeconds, "9999-12-31 23:59:59"),
            ("UTC", "0000-01-01T00:00:00.1Z", TimeStyle::PgZoned, "0001-01-01 00:00:00.1+00 BC"),
            ("UTC", "-infinity", TimeStyle::PgLocal, "-infinity"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(
                printed(&mut TimeFormatter::new(zone.parse().unwrap()), at.micros(), style),
                expected,
                "{zone} {at}"
            );
        }
    }

    /// Lord Howe Island changes its offset by half an hour at 15:30 UTC, within a UTC hour.
    #[test]
    fn an_offset_change_within_a_utc_hour_is_correct_on_both_sides() {
        let zone: Tz = "Australia/Lord_Howe".parse().unwrap();
        let mut clock = TimeFormatter::new("Australia/Lord_Howe".parse().unwrap());
        let start: DateTime<chrono::Utc> = "2026-10-03T15:00:00Z".parse().unwrap();
        for minute in 0..60 {
            let at = start + chrono::TimeDelta::minutes(minute);
            let expected = at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Millis, true);
            assert_eq!(printed(&mut clock, at.timestamp_micros(), TimeStyle::OffsetMillis), expected);
        }
    }

    fn zones() -> impl Strategy<Value = Tz> {
        (0..chrono_tz::TZ_VARIANTS.len()).prop_map(|at| chrono_tz::TZ_VARIANTS[at])
    }

    proptest! {
        /// One formatter prints all instants: the cached values of one must not affect the next.
        #[test]
        fn every_instant_is_printed_as_by_chrono(
            zone in zones(),
            start in -2_000_000_000i64..250_000_000_000,
            steps in prop::collection::vec(prop_oneof![
                0i64..2_000_000, -4_000_000_000i64..4_000_000_000, -90_000_000_000i64..90_000_000_000,
                -20_000_000_000_000i64..20_000_000_000_000,
            ], 1..60),
        ) {
            let mut clock = TimeFormatter::new(zone.name().parse().unwrap());
            let mut micros = start * 1_000_000;
            for step in steps {
                micros += step;
                let utc = DateTime::from_timestamp_micros(micros).unwrap();
                let text = printed(&mut clock, micros, TimeStyle::Rfc3339Micros);
                prop_assert_eq!(&text, &utc.to_rfc3339_opts(SecondsFormat::Micros, true));
                let local = utc.with_timezone(&zone);
                let pg = printed(&mut clock, micros, TimeStyle::PgLocal);
                let long = local.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
                prop_assert_eq!(pg, long.trim_end_matches('0').trim_end_matches('.'), "{}", zone);
                for (style, digits, z) in [
                    (TimeStyle::OffsetMillis, SecondsFormat::Millis, true),
                    (TimeStyle::OffsetSeconds, SecondsFormat::Secs, false),
                ] {
                    let text = printed(&mut clock, micros, style);
                    // For an offset with odd seconds chrono prints text that denotes another instant; ours does not.
                    if style == TimeStyle::OffsetMillis {
                        let read = DateTime::parse_from_rfc3339(&text).unwrap();
                        prop_assert_eq!(read.timestamp_millis(), micros.div_euclid(1000));
                    }
                    if chrono::Offset::fix(local.offset()).local_minus_utc() % 60 == 0 {
                        prop_assert_eq!(text, local.to_rfc3339_opts(digits, z), "{}", zone);
                    }
                }
            }
        }
    }
}
