//! The zone in which an export prints local times.

use std::str::FromStr;

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::error::ExportError;

const MINUTE: i32 = 60;
/// The furthest offset there is: ±14:00 (XML Schema part 2, dateTime).
const FURTHEST: i32 = 14 * 60;

/// A place whose clocks change, or a fixed offset in seconds east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    Fixed(i32),
    Named(Tz),
}

impl Zone {
    pub(crate) const UTC: Zone = Zone::Fixed(0);

    /// Seconds east of UTC at a second since 1970. Before the 1970s many places had odd seconds.
    pub(crate) fn offset_at(self, second: i64) -> i32 {
        match self {
            Zone::Fixed(offset) => offset,
            Zone::Named(zone) => {
                let Some(utc) = DateTime::from_timestamp(second, 0) else { return 0 };
                zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc()
            }
        }
    }

    /// The same in whole minutes: `±hh:mm` cannot tell odd seconds, so the local time is given to the nearest minute's
    /// offset and remains the same instant.
    pub(crate) fn whole_minutes_at(self, second: i64) -> i32 {
        (self.offset_at(second) + MINUTE / 2).div_euclid(MINUTE) * MINUTE
    }
}

impl FromStr for Zone {
    type Err = ExportError;

    fn from_str(text: &str) -> Result<Zone, ExportError> {
        if matches!(text, "Z" | "UTC") {
            return Ok(Zone::UTC);
        }
        match text.as_bytes() {
            &[sign @ (b'+' | b'-'), h1 @ b'0'..=b'9', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'5', m2 @ b'0'..=b'9'] => {
                let digits = |tens: u8, ones: u8| i32::from(tens - b'0') * 10 + i32::from(ones - b'0');
                let minutes = digits(h1, h2) * 60 + digits(m1, m2);
                let signed = if sign == b'-' { -minutes } else { minutes };
                (minutes <= FURTHEST).then_some(Zone::Fixed(signed * MINUTE))
            }
            _ => text.parse().ok().map(Zone::Named),
        }
        .ok_or_else(|| ExportError::UnknownZone(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;

    #[test]
    fn zones_are_read_by_name_and_by_offset() {
        let offset = |text: &str| text.parse::<Zone>().map(|zone| zone.offset_at(1_700_000_000)).ok();
        for (text, expected) in [
            ("UTC", Some(0)),
            ("Z", Some(0)),
            ("Europe/Berlin", Some(3600)),
            ("Asia/Kathmandu", Some(20_700)),
            ("+05:45", Some(20_700)),
            ("-14:00", Some(-50_400)),
            ("-00:30", Some(-1800)),
            ("+14:01", None),
            ("+05:60", None),
            ("+5:45", None),
            ("+0545", None),
            ("Europe/Berln", None),
            ("", None),
        ] {
            assert_eq!(offset(text), expected, "{text}");
        }
        assert_eq!(
            "Berlin".parse::<Zone>().unwrap_err().to_string(),
            "`Berlin` is no time zone: an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00"
        );
    }

    #[test]
    fn offsets_with_odd_seconds_are_rounded_to_minutes() {
        // Monrovia was 44 minutes and 30 seconds behind until 1972.
        let monrovia: Zone = "Africa/Monrovia".parse().unwrap();
        assert_eq!((monrovia.offset_at(0), monrovia.whole_minutes_at(0)), (-(44 * 60 + 30), -44 * 60));
    }
}
