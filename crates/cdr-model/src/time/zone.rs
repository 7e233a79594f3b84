//! Time zones by name or offset: `Europe/Berlin`, `UTC`, `+05:45`.
//!
//! Names are those of the [IANA time zone database](https://www.iana.org/time-zones) in the compiled-in edition, and
//! are case-sensitive. Offsets are those of `xs:dateTime`, -14:00 to +14:00. After 2099 a zone keeps its last offset.
//!
//! ```
//! use cdr_model::Zone;
//!
//! let zone: Zone = "Asia/Kathmandu".parse()?;
//! assert_eq!(zone.offset_at("2026-11-21T00:00:00Z".parse()?), 5 * 3600 + 45 * 60);
//! let error = "europe/berlin".parse::<Zone>().unwrap_err();
//! assert_eq!(error.to_string(), r#"there is no time zone "europe/berlin", did you mean "Europe/Berlin"?"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::near_zone;
use super::offset::{FURTHEST, fixed_offset};
use super::timestamp::Timestamp;
use crate::error::ZoneError;

/// The edition of the IANA database, such as `2025b`.
pub const ZONE_DATA: &str = chrono_tz::IANA_TZDB_VERSION;

/// A time zone: a named zone of the IANA database or a fixed offset. UTC by default.
///
/// It is printed as it was read, except that `Z`, `+00:00` and `-00:00` are printed as `UTC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(ZoneKind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ZoneKind {
    /// Minutes east of UTC, -840 to 840.
    Fixed(i16),
    Named(Tz),
}

/// The possible offsets of a local time, in seconds east of UTC.
pub(super) enum Offsets {
    One(i32),
    /// The clock went back over this time: it occurred with both offsets, in this order.
    Two(i32, i32),
    /// The clock went forward over this time: it did not occur.
    Gap {
        /// The offset before the gap.
        before: i32,
        /// The second at which the clock went forward, counted from 1970 in UTC.
        since_1970: i64,
    },
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(ZoneKind::Fixed(0));

    /// A fixed offset in minutes east of UTC; `None` outside -840 to 840, which is ±14:00.
    pub const fn fixed(minutes: i16) -> Option<Zone> {
        if minutes < -FURTHEST || minutes > FURTHEST { None } else { Some(Zone(ZoneKind::Fixed(minutes))) }
    }

    /// Seconds east of UTC at an instant, to be added to print a local time. An instant outside the calendar's range
    /// has the offset of the nearest instant in it.
    pub fn offset_at(&self, at: Timestamp) -> i32 {
        match self.0 {
            ZoneKind::Fixed(minutes) => i32::from(minutes) * 60,
            ZoneKind::Named(zone) => zone.offset_from_utc_datetime(&nearest(at.micros())).fix().local_minus_utc(),
        }
    }

    /// Minutes east of UTC at an instant, rounded. `±hh:mm` has no seconds, but many offsets before the 1970s do.
    pub fn minutes_at(&self, at: Timestamp) -> i32 {
        (self.offset_at(at) + 30).div_euclid(60)
    }

    /// The possible offsets of a local time, given in microseconds from 1970-01-01T00:00:00 local time.
    pub(super) fn offsets_of_clock(&self, clock: i128) -> Offsets {
        let zone = match self.0 {
            ZoneKind::Fixed(minutes) => return Offsets::One(i32::from(minutes) * 60),
            ZoneKind::Named(zone) => zone,
        };
        let saturated = if clock < 0 { i64::MIN } else { i64::MAX };
        let local = nearest(i64::try_from(clock).unwrap_or(saturated));
        let seconds = |offset: &<Tz as TimeZone>::Offset| offset.fix().local_minus_utc();
        match zone.offset_from_local_datetime(&local) {
            chrono::LocalResult::Single(offset) => Offsets::One(seconds(&offset)),
            chrono::LocalResult::Ambiguous(first, second) => Offsets::Two(seconds(&first), seconds(&second)),
            chrono::LocalResult::None => match GapInfo::new(&local, &zone).and_then(|gap| gap.begin) {
                Some((begin, offset)) => {
                    let before = seconds(&offset);
                    Offsets::Gap { before, since_1970: begin.and_utc().timestamp() - i64::from(before) }
                }
                // Unreachable: an offset precedes every gap. The offset of the same UTC time is close enough.
                None => Offsets::One(seconds(&zone.offset_from_utc_datetime(&local))),
            },
        }
    }
}

/// The date and time the given number of microseconds after 1970, clamped to the calendar's range.
fn nearest(micros: i64) -> NaiveDateTime {
    let edge = if micros < 0 { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
    DateTime::from_timestamp_micros(micros).map_or(edge, |time| time.naive_utc())
}

/// Writes minutes east of UTC as `+hh:mm` or `-hh:mm`.
fn write_offset(f: &mut Formatter<'_>, minutes: i16) -> fmt::Result {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

impl Default for Zone {
    fn default() -> Zone {
        Zone::UTC
    }
}

impl From<Tz> for Zone {
    fn from(zone: Tz) -> Zone {
        if zone == Tz::UTC { Zone::UTC } else { Zone(ZoneKind::Named(zone)) }
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Zone, ZoneError> {
        if text == "Z" {
            return Ok(Zone::UTC);
        }
        if let Some(minutes) = fixed_offset(text) {
            return Ok(Zone(ZoneKind::Fixed(minutes)));
        }
        text.parse::<Tz>()
            .map(Zone::from)
            .map_err(|_| ZoneError { name: text.to_owned(), near: near_zone::near_zone(text) })
    }
}

impl Display for Zone {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            ZoneKind::Fixed(0) => f.write_str("UTC"),
            ZoneKind::Fixed(minutes) => write_offset(f, minutes),
            ZoneKind::Named(zone) => f.write_str(zone.name()),
        }
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
