//! Instants as a `System.DateTime` of unspecified kind, as a database returns it: local times of the server.
//!
//! Source: ServiceStack.Text v3, `Common/DateTimeSerializer.cs`, and `Json/`, `Jsv/` beside it.

use std::io::{self, Write};

use cdr_model::{LocalZone, Timestamp};
use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};

/// `DateTime.MinValue` in milliseconds since 1970, which stands for a missing instant.
const NOTHING_MS: i64 = -62_135_596_800_000;

/// An instant with the server's offset at that time; `0001-01-01` if it is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Date(Option<Known>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    at: Timestamp,
    /// Seconds east of UTC.
    offset: i32,
}

impl Date {
    /// An instant in a zone.
    pub(crate) fn of(at: Option<Timestamp>, zone: &LocalZone) -> Date {
        // An instant outside the range of `DateTime`, the years 1 to 9999, counts as missing.
        let in_range = |at: &Timestamp| at.to_utc().is_some_and(|utc| (2..=9998).contains(&utc.year()));
        Date(at.filter(in_range).map(|at| Known { at, offset: zone.offset_at(at) }))
    }

    /// As in JSON, with the quotes: `"\/Date(1433154030000-0000)\/"`.
    pub(crate) fn json(self, out: &mut impl Write) -> io::Result<()> {
        let ms = self.0.map_or(NOTHING_MS, |known| known.at.micros().div_euclid(1000));
        write!(out, r#""\/Date({ms}-0000)\/""#)
    }

    /// As in JSV: the day alone at midnight, else with time and offset.
    pub(crate) fn jsv(self) -> String {
        let Some((wall, offset)) = self.wall() else { return "0001-01-01".to_owned() };
        let mut text = Vec::with_capacity(33);
        // Writing to memory cannot fail.
        let _ = day(&mut text, &wall);
        if wall.num_seconds_from_midnight() > 0 || wall.nanosecond() > 0 {
            let _ = clock(&mut text, &wall);
            if wall.nanosecond() > 0 {
                let _ = write!(text, ".{:07}", wall.nanosecond() / 100);
            }
            let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs() / 60);
            let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        String::from_utf8(text).unwrap_or_default()
    }

    /// As in XML: the local time, without an offset.
    pub(crate) fn xml(self, out: &mut impl Write) -> io::Result<()> {
        let Some((wall, _)) = self.wall() else { return out.write_all(b"0001-01-01T00:00:00") };
        day(out, &wall)?;
        clock(out, &wall)?;
        if wall.nanosecond() > 0 {
            let fraction = format!("{:06}", wall.nanosecond() / 1000);
            write!(out, ".{}", fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }

    /// As text: `2015-06-01 10:20:30`; `None` if it is missing.
    pub(crate) fn plain(self) -> Option<String> {
        let (wall, _) = self.wall()?;
        Some(plain(&wall))
    }

    fn wall(self) -> Option<(NaiveDateTime, i32)> {
        let known = self.0?;
        let micros = known.at.micros() + i64::from(known.offset) * 1_000_000;
        Some((DateTime::from_timestamp_micros(micros)?.naive_utc(), known.offset))
    }
}

/// `2015-06-01 10:20:30`; fractions of a second are cut off.
pub(crate) fn plain(wall: &NaiveDateTime) -> String {
    let mut text = Vec::with_capacity(20);
    let _ = day(&mut text, wall);
    let _ = clock(&mut text, wall);
    text[10] = b' ';
    String::from_utf8(text).unwrap_or_default()
}

fn day(out: &mut impl Write, wall: &NaiveDateTime) -> io::Result<()> {
    let year = wall.year().unsigned_abs();
    out.write_all(&digits(year / 100))?;
    out.write_all(&digits(year % 100))?;
    out.write_all(b"-")?;
    out.write_all(&digits(wall.month()))?;
    out.write_all(b"-")?;
    out.write_all(&digits(wall.day()))
}

fn clock(out: &mut impl Write, wall: &NaiveDateTime) -> io::Result<()> {
    out.write_all(b"T")?;
    out.write_all(&digits(wall.hour()))?;
    out.write_all(b":")?;
    out.write_all(&digits(wall.minute()))?;
    out.write_all(b":")?;
    out.write_all(&digits(wall.second()))
}

fn digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

#[cfg(test)]
mod tests {
    use cdr_model::LocalZone;

    use super::Date;

    fn date(at: &str, zone: &str) -> Date {
        let zone = LocalZone::new(zone.parse().unwrap());
        Date::of((!at.is_empty()).then(|| at.parse().unwrap()), &zone)
    }

    #[test]
    fn instants_are_written_in_every_format() {
        for (at, zone, json, jsv, xml) in [
            ("2015-06-01T10:20:30Z", "UTC", "1433154030000", "2015-06-01T10:20:30+00:00", "2015-06-01T10:20:30"),
            ("2015-06-01T00:00:00Z", "UTC", "1433116800000", "2015-06-01", "2015-06-01T00:00:00"),
            (
                "2015-06-01T00:00:00Z",
                "Europe/London",
                "1433116800000",
                "2015-06-01T01:00:00+01:00",
                "2015-06-01T01:00:00",
            ),
            ("2015-05-31T23:00:00Z", "Europe/London", "1433113200000", "2015-06-01", "2015-06-01T00:00:00"),
            (
                "2015-06-01T10:20:30.5Z",
                "UTC",
                "1433154030500",
                "2015-06-01T10:20:30.5000000+00:00",
                "2015-06-01T10:20:30.5",
            ),
            (
                "2015-12-01T10:20:30.000001Z",
                "America/New_York",
                "1448965230000",
                "2015-12-01T05:20:30.0000010-05:00",
                "2015-12-01T05:20:30.000001",
            ),
            ("", "UTC", "-62135596800000", "0001-01-01", "0001-01-01T00:00:00"),
        ] {
            let date = date(at, zone);
            let (mut in_json, mut in_xml) = (Vec::new(), Vec::new());
            date.json(&mut in_json).unwrap();
            date.xml(&mut in_xml).unwrap();
            assert_eq!(String::from_utf8(in_json).unwrap(), format!(r#""\/Date({json}-0000)\/""#), "{at}");
            assert_eq!(date.jsv(), jsv, "{at}");
            assert_eq!(String::from_utf8(in_xml).unwrap(), xml, "{at}");
        }
    }
}
