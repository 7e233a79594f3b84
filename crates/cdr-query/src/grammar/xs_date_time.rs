//! `xs:dateTime`, the instants of XML Schema: `2026-11-21T23:59:50.5+02:00`.
//!
//! Source: W3C XML Schema Part 2: Datatypes, [version 1.0, section 3.2.7](https://www.w3.org/TR/xmlschema-2/#dateTime),
//! and [version 1.1, section 3.3.7](https://www.w3.org/TR/xmlschema11-2/#dateTime).
//!
//! ```text
//! dateTime  = year "-" month "-" day "T" ( hour ":" minute ":" second / endOfDay ) [ zone ]
//! year      = ["-"] ( nonzero 3*DIGIT / "0" 3DIGIT )
//! month     = 01..12
//! day       = 01..31, and no later than the month's last
//! hour      = 00..23
//! minute    = 00..59
//! second    = 00..59 [ "." 1*DIGIT ]
//! endOfDay  = "24:00:00" [ "." 1*"0" ]
//! zone      = "Z" / offset
//! offset    = ( "+" / "-" ) ( 00..13 ":" 00..59 / "14:00" )
//! ```
//!
//! # Pitfalls
//!
//! * The zone may be missing. The instant then depends on the local zone, which the caller passes as a [`LocalZone`].
//! * Version 1.0 refuses year 0000; in version 1.1 it is a leap year; see [`XsdVersion`]. Both versions use
//!   astronomical year numbers (year 0 is 1 BCE), which determine the leap days before year 1: `-0004-02-29` exists.
//! * Years may have more than four digits, but then no leading zero, and never a `+`.
//! * `24:00:00` is the first instant of the next day and is stored as such: its hour reads 0. Leap seconds are not
//!   supported: `:60` is refused.
//! * `-00:00`, `+00:00` and `Z` are the same zone. `+14:00` is the largest offset, `+14:01` is refused.
//! * `T` and `Z` are upper case, the fraction follows a `.`, the offset has a colon, every digit is ASCII, and blanks
//!   are not allowed, neither around nor within the text. XML itself trims blanks before this grammar applies.
//! * A fraction may have any number of digits. Nine digits are stored, and whether any other than zero follows, so that
//!   an instant can be rounded either way; see [`Rounding`].
//! * In the query of a URL an unescaped `+` may arrive as a blank. The caller has to restore it, since a blank is an
//!   error here.
//!
//! # Example
//!
//! ```
//! use cdr_model::LocalZone;
//! use cdr_query::grammar::{Rounding, XsDateTime};
//!
//! let server: LocalZone = "Europe/Berlin".parse()?;
//!
//! let zoned: XsDateTime = "2026-11-21T24:00:00+02:00".parse()?;
//! assert_eq!(zoned.to_string(), "2026-11-22T00:00:00+02:00");
//! assert_eq!(zoned.to_timestamp(&server, Rounding::Down).to_string(), "2026-11-21T22:00:00.000000Z");
//!
//! let local: XsDateTime = "2026-11-21T10:00:00.0000001".parse()?;
//! assert_eq!(local.offset_minutes(), None);
//! assert_eq!(local.to_timestamp(&server, Rounding::Up).to_string(), "2026-11-21T09:00:00.000001Z");
//!
//! let error = XsDateTime::parse("2026-13-01T00:00:00Z").unwrap_err();
//! assert_eq!(error.to_string(), "month 13 at character 6, expected 01 to 12");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use cdr_model::{LocalZone, Resolved, Timestamp, Zone};

use super::calendar::Day;
use super::cursor::Cursor;
use super::error::XsDateTimeError;
use super::productions::{self, Fraction};
use super::version::XsdVersion;

/// A value of `xs:dateTime`.
///
/// Values are equal if all their parts are equal: the same instant at two offsets is two different values. Use
/// [`to_timestamp`](XsDateTime::to_timestamp) to compare instants.
///
/// It is printed in the canonical form of XML Schema 1.1 (no trailing zeros in the fraction, `Z` for offset zero),
/// which [`parse_as`](XsDateTime::parse_as) reads back to an equal value with [`XsdVersion::V1_1`], and with
/// [`XsdVersion::V1_0`] if the year is not 0. Digits other than zero after the ninth digit of the fraction are printed
/// as a single `1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct XsDateTime {
    day: Day,
    hour: u8,
    minute: u8,
    second: u8,
    fraction: Fraction,
    offset: Option<i16>,
}

/// How a time between two whole microseconds is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the earlier microsecond, also before 1970. Correct for an inclusive upper bound, and for a single instant.
    Down,
    /// To the later microsecond. Correct for a lower bound and for an exclusive upper bound: for whole microseconds
    /// `t`, rounding `b` up does not change `t >= b` and `t < b`.
    Up,
}

impl XsDateTime {
    /// Reads a whole text according to [`XsdVersion::V1_0`].
    ///
    /// # Errors
    /// [`XsDateTimeError`] with the first position at which the text violates the grammar.
    pub fn parse(text: &str) -> Result<XsDateTime, XsDateTimeError> {
        XsDateTime::parse_as(text, XsdVersion::V1_0)
    }

    /// Reads a whole text according to the given edition.
    ///
    /// # Errors
    /// [`XsDateTimeError`] with the first position at which the text violates the grammar.
    pub fn parse_as(text: &str, version: XsdVersion) -> Result<XsDateTime, XsDateTimeError> {
        let mut cursor = Cursor::new(text);
        let day = productions::date(&mut cursor, version)?;
        XsDateTime::parse_after_date(day, &mut cursor)
    }

    /// Reads the rest of the text after the date.
    pub(super) fn parse_after_date(day: Day, cursor: &mut Cursor<'_>) -> Result<XsDateTime, XsDateTimeError> {
        cursor.expect(b'T', "\"T\" and a time")?;
        let before_time = cursor.at();
        let time = productions::time(cursor)?;
        let has_fraction = cursor.at() > before_time + "hh:mm:ss".len();
        let offset = productions::zone(cursor)?;
        cursor.expect_end(match (offset, has_fraction) {
            (Some(_), _) => "the end",
            (None, true) => "\"Z\", an offset such as \"+02:00\", or the end",
            (None, false) => "\".\" and a fraction, \"Z\", an offset such as \"+02:00\", or the end",
        })?;
        let productions::Time { hour, minute, second, fraction } = time;
        let (day, hour) = if hour == 24 { (day.next(), 0) } else { (day, hour) };
        Ok(XsDateTime { day, hour, minute, second, fraction, offset })
    }

    /// The instant that the text denotes, saturating at [`Timestamp::MIN`] and [`Timestamp::MAX`]. `local` is used for
    /// a text without a zone only.
    pub fn to_timestamp(&self, local: &LocalZone, round: Rounding) -> Timestamp {
        self.resolve(local, round).at
    }

    /// Like [`to_timestamp`](XsDateTime::to_timestamp), but also returns whether the instant is unambiguous.
    pub fn resolve(&self, local: &LocalZone, round: Rounding) -> Resolved {
        let (micros, more) = self.fraction.micros();
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let clock = i128::from(self.day.since_1970() * 86_400 + seconds) * 1_000_000 + i128::from(micros);
        let up = i64::from(more && round == Rounding::Up);
        match self.offset {
            Some(minutes) => Resolved::exact(clock, i32::from(minutes) * 60, up),
            None => local.resolve_clock(clock, up),
        }
    }

    /// The astronomical year number: 0 is 1 BCE. A year beyond `i64` is replaced by the furthest year of `i64` with the
    /// same position in the 400-year cycle of leap years.
    pub fn year(&self) -> i64 {
        self.day.year
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u8 {
        self.day.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(&self) -> u8 {
        self.day.day
    }

    /// The hour, 0 to 23.
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// The whole seconds, 0 to 59.
    pub fn second(&self) -> u8 {
        self.second
    }

    /// The fraction of the second in whole nanoseconds, 0 to 999,999,999, rounded down.
    pub fn nanosecond(&self) -> u32 {
        self.fraction.nanos
    }

    /// Minutes east of UTC, -840 to 840; `None` if the text has no zone.
    pub fn offset_minutes(&self) -> Option<i16> {
        self.offset
    }
}

impl FromStr for XsDateTime {
    type Err = XsDateTimeError;

    /// As [`XsDateTime::parse`].
    fn from_str(text: &str) -> Result<XsDateTime, XsDateTimeError> {
        XsDateTime::parse(text)
    }
}

impl Display for XsDateTime {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let XsDateTime { day: Day { year, month, day }, hour, minute, second, fraction, offset } = *self;
        let sign = if year < 0 { "-" } else { "" };
        let year = year.unsigned_abs();
        write!(f, "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        let Fraction { nanos, finer } = fraction;
        if finer {
            write!(f, ".{nanos:09}1")?;
        } else if nanos > 0 {
            write!(f, ".{}", format!("{nanos:09}").trim_end_matches('0'))?;
        }
        match offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(minutes) => Zone::fixed(minutes).unwrap_or_default().fmt(f),
        }
    }
}
