//! Instants as text, by hand: the offset is kept for the hour in UTC, the date for the local hour.

use cdr_model::Timestamp;

use crate::cell::{two_digits, write_digits};
use crate::layout::TimeStyle;
use crate::zone::Zone;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// 0000-01-02 and 9999-12-31: between them a year has four digits in every zone.
const FIRST: i64 = -62_167_132_800 * SECOND;
const LAST: i64 = 253_402_214_400 * SECOND;

/// Prints instants. Those outside the years 0000 to 9999 are printed in UTC, as [`Timestamp`] does it.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    utc: Face,
    local: Face,
}

/// What is known of the hour that was printed last in one zone.
#[derive(Clone, Debug)]
struct Face {
    zone: Zone,
    /// The hour in UTC for which `offset` holds; none at first, and none in an hour in which clocks change.
    hour: Option<i64>,
    /// Microseconds east of UTC.
    offset: i64,
    /// The local hour for which `date` holds.
    local_hour: Option<i64>,
    /// As in `2026-11-21T10:`.
    date: [u8; 14],
}

impl Clock {
    pub(crate) fn new(zone: Zone) -> Clock {
        Clock { utc: Face::new(Zone::UTC), local: Face::new(zone) }
    }

    /// Adds an instant to a text.
    pub(crate) fn write(&mut self, at: Timestamp, style: TimeStyle, out: &mut Vec<u8>) {
        if !(FIRST..LAST).contains(&at.micros()) {
            return out.extend_from_slice(at.to_string().as_bytes());
        }
        let (face, decimals) = match style {
            TimeStyle::Rfc3339Micros => (&mut self.utc, 6),
            TimeStyle::OffsetMillis => (&mut self.local, 3),
            TimeStyle::OffsetSeconds => (&mut self.local, 0),
        };
        let offset = face.offset_at(at.micros());
        face.write_clock(at.micros() + offset, decimals, out);
        if offset == 0 && style != TimeStyle::OffsetSeconds {
            out.push(b'Z');
        } else {
            write_offset(offset / (60 * SECOND), out);
        }
    }
}

impl Face {
    fn new(zone: Zone) -> Face {
        Face { zone, hour: None, offset: 0, local_hour: None, date: [0; 14] }
    }

    fn offset_at(&mut self, micros: i64) -> i64 {
        let hour = micros.div_euclid(HOUR);
        if self.hour != Some(hour) {
            let offset = |second: i64| i64::from(self.zone.offset_at(second)) * SECOND;
            let here = offset(micros.div_euclid(SECOND));
            // Clocks do not change twice within an hour: with the same offset at both ends it holds in between.
            let holds = offset(hour * 3600) == here && offset(hour * 3600 + 3599) == here;
            self.hour = holds.then_some(hour);
            self.offset = here;
        }
        self.offset
    }

    fn write_clock(&mut self, local: i64, decimals: usize, out: &mut Vec<u8>) {
        let hour = local.div_euclid(HOUR);
        if self.local_hour != Some(hour) {
            self.date = date_and_hour(local);
            self.local_hour = Some(hour);
        }
        out.extend_from_slice(&self.date);
        let rest = local.rem_euclid(HOUR);
        let (minute, second, fraction) = (rest / (60 * SECOND), rest / SECOND % 60, rest % SECOND);
        out.extend_from_slice(&two_digits(minute));
        out.push(b':');
        out.extend_from_slice(&two_digits(second));
        match decimals {
            0 => (),
            3 => write_fraction(fraction / 1000, 3, out),
            _ => write_fraction(fraction, 6, out),
        }
    }
}

fn write_fraction(value: i64, width: usize, out: &mut Vec<u8>) {
    out.push(b'.');
    write_digits(value, width, out);
}

fn write_offset(minutes: i64, out: &mut Vec<u8>) {
    out.push(if minutes < 0 { b'-' } else { b'+' });
    out.extend_from_slice(&two_digits(minutes.abs() / 60));
    out.push(b':');
    out.extend_from_slice(&two_digits(minutes.abs() % 60));
}

/// `2026-11-21T10:` of local microseconds since 1970, by days of the proleptic Gregorian calendar in eras of 400 years.
fn date_and_hour(local: i64) -> [u8; 14] {
    // Days since 0000-03-01, so that a leap day is the last of its year.
    let days = local.div_euclid(DAY) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let hour = local.rem_euclid(DAY) / HOUR;

    let ([y1, y2], [y3, y4]) = (two_digits(year / 100), two_digits(year % 100));
    let ([m1, m2], [d1, d2], [h1, h2]) = (two_digits(month), two_digits(day), two_digits(hour));
    [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':']
}

#[cfg(test)]
mod tests {
    use cdr_model::Timestamp;
    use chrono::{DateTime, SecondsFormat};
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::Clock;
    use crate::layout::TimeStyle;

    fn printed(clock: &mut Clock, micros: i64, style: TimeStyle) -> String {
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
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(printed(&mut Clock::new(zone.parse().unwrap()), at.micros(), style), expected, "{zone} {at}");
        }
    }

    /// Clocks that change within an hour of UTC: Lord Howe by half an hour, at half past three in UTC.
    #[test]
    fn clocks_that_change_within_the_hour_are_right_on_both_sides() {
        let zone: Tz = "Australia/Lord_Howe".parse().unwrap();
        let mut clock = Clock::new("Australia/Lord_Howe".parse().unwrap());
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
        /// One clock prints all of them, so what it keeps from the one before must not show.
        #[test]
        fn every_instant_is_printed_as_chrono_does_it(
            zone in zones(),
            start in -2_000_000_000i64..250_000_000_000,
            steps in prop::collection::vec(prop_oneof![
                0i64..2_000_000, -4_000_000_000i64..4_000_000_000, -90_000_000_000i64..90_000_000_000,
                -20_000_000_000_000i64..20_000_000_000_000,
            ], 1..60),
        ) {
            let mut clock = Clock::new(zone.name().parse().unwrap());
            let mut micros = start * 1_000_000;
            for step in steps {
                micros += step;
                let utc = DateTime::from_timestamp_micros(micros).unwrap();
                let text = printed(&mut clock, micros, TimeStyle::Rfc3339Micros);
                prop_assert_eq!(&text, &utc.to_rfc3339_opts(SecondsFormat::Micros, true));
                for (style, digits, z) in [
                    (TimeStyle::OffsetMillis, SecondsFormat::Millis, true),
                    (TimeStyle::OffsetSeconds, SecondsFormat::Secs, false),
                ] {
                    let text = printed(&mut clock, micros, style);
                    // Where the offset had odd seconds, chrono prints a text that is another instant; ours stays the same.
                    if style == TimeStyle::OffsetMillis {
                        let read = DateTime::parse_from_rfc3339(&text).unwrap();
                        prop_assert_eq!(read.timestamp_millis(), micros.div_euclid(1000));
                    }
                    let local = utc.with_timezone(&zone);
                    if chrono::Offset::fix(local.offset()).local_minus_utc() % 60 == 0 {
                        prop_assert_eq!(text, local.to_rfc3339_opts(digits, z), "{}", zone);
                    }
                }
            }
        }
    }
}
