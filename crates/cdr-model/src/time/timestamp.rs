//! Instants: microseconds since 1970 in UTC.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::TimestampError;

const HOUR: i64 = 3_600_000_000;

/// An instant in whole microseconds since 1970-01-01T00:00:00Z. Range: all of `i64`, years −290,308 to 294,247.
///
/// Printed and read as RFC 3339 with six decimals in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest instant.
    pub const MIN: Timestamp = Timestamp(i64::MIN);
    /// The latest instant; as an upper bound it means "no bound".
    pub const MAX: Timestamp = Timestamp(i64::MAX);

    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// From whole seconds since 1970, saturating.
    pub const fn from_seconds(seconds: i64) -> Timestamp {
        Timestamp(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same instant for calendar arithmetic; `None` beyond the years that chrono supports (±262,000).
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }

    /// This instant moved by some microseconds, saturating.
    pub const fn plus_micros(self, micros: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this instant, saturating.
    pub const fn micros_since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The UTC hour it lies in, counted from 1970.
    pub const fn hour(self) -> i64 {
        self.0.div_euclid(HOUR)
    }

    /// The UTC day it lies in, counted from 1970.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(24 * HOUR)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Digits below microseconds are truncated (floor).
    fn from(time: DateTime<Utc>) -> Timestamp {
        Timestamp(time.timestamp_micros())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_utc() {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true)),
            None if self.0 < 0 => f.write_str("-infinity"),
            None => f.write_str("infinity"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339, and the `infinity` and `-infinity` that [`Timestamp`] prints for instants outside the calendar.
    fn from_str(text: &str) -> Result<Timestamp, TimestampError> {
        let read = match text {
            "-infinity" => return Ok(Timestamp::MIN),
            "infinity" => return Ok(Timestamp::MAX),
            // Years in RFC 3339 have four digits. Other years are printed with a sign, as in ISO 8601.
            _ if text.starts_with(['+', '-']) => text.parse::<DateTime<Utc>>().map(Timestamp::from),
            _ => DateTime::parse_from_rfc3339(text).map(|time| Timestamp::from(time.to_utc())),
        };
        read.map_err(|_| TimestampError(text.to_owned()))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn prints_and_reads_microseconds() {
        for text in [
            "2026-11-21T10:00:00.000001Z",
            "1969-12-31T23:59:59.999999Z",
            "0001-01-01T00:00:00.000000Z",
            "+12345-06-07T08:09:10.000011Z",
            "-0044-03-15T12:00:00.000000Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        assert_eq!(
            "2026-11-21T12:00:00+02:00".parse::<Timestamp>().unwrap().to_string(),
            "2026-11-21T10:00:00.000000Z"
        );
    }

    #[test]
    fn infinities_read_back() {
        for end in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(end.to_string().parse::<Timestamp>().unwrap(), end);
        }
    }

    #[test]
    fn hours_and_days_count_down_before_1970() {
        let just_before = Timestamp::from_micros(-1);
        assert_eq!((just_before.hour(), just_before.day()), (-1, -1));
        assert_eq!(Timestamp::from_seconds(3600).hour(), 1);
    }
}
