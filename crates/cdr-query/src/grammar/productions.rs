//! One function for each production of the grammar of `xs:dateTime`; see [`super::xs_date_time`] for the grammar.

use super::calendar::{Day, days_in_month, furthest_year};
use super::cursor::{Cursor, out_of_range};
use super::error::{Part, XsDateTimeError};
use super::version::XsdVersion;

type Read<T> = Result<T, XsDateTimeError>;

/// A time of day. After hour 24, minute, second and fraction are zero.
pub(super) struct Time {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) fraction: Fraction,
}

/// A fraction of a second, as precise as rounding requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fraction {
    pub(super) nanos: u32,
    /// Whether a digit other than zero follows the ninth digit.
    pub(super) finer: bool,
}

/// `year "-" month "-" day`
pub(super) fn date(cursor: &mut Cursor<'_>, version: XsdVersion) -> Read<Day> {
    let year = year(cursor, version)?;
    cursor.expect(b'-', "\"-\" and a month")?;
    let at = cursor.at();
    let month = cursor.two_digits("a month of two digits")?;
    if !(1..=12).contains(&month) {
        return Err(out_of_range(Part::Month, month, at, "01 to 12"));
    }
    cursor.expect(b'-', "\"-\" and a day")?;
    let at = cursor.at();
    let day = cursor.two_digits("a day of two digits")?;
    let last = days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(out_of_range(Part::Day, day, at, expected_day(last)));
    }
    Ok(Day { year, month, day })
}

/// `["-"] ( nonzero 3*DIGIT / "0" 3DIGIT )`
fn year(cursor: &mut Cursor<'_>, version: XsdVersion) -> Read<i64> {
    if cursor.peek() == Some(b'+') {
        return Err(cursor.unexpected("a year without \"+\""));
    }
    let start = cursor.at();
    let negative = cursor.eat(b'-');
    let first = cursor.at();
    let starts_with_zero = cursor.peek() == Some(b'0');
    let (mut year, mut last_digits) = (Some(0_i64), 0_i64);
    while let Some(digit) = cursor.digit().map(i64::from) {
        let signed = if negative { -digit } else { digit };
        year = year.and_then(|year| year.checked_mul(10)?.checked_add(signed));
        last_digits = (last_digits * 10 + digit) % 10_000;
    }
    let digits = cursor.at() - first;
    if digits < 4 {
        return Err(cursor.unexpected("a year of four digits or more"));
    }
    if digits > 4 && starts_with_zero {
        let expected = "no zero at the start of a year of more than four digits";
        return Err(XsDateTimeError { found: super::Found::Character('0'), at: first, expected });
    }
    if year == Some(0) && version == XsdVersion::V1_0 {
        return Err(out_of_range(Part::Year, 0, start, "another year, for XML Schema 1.0 has no year zero"));
    }
    Ok(year.unwrap_or_else(|| furthest_year(negative, last_digits)))
}

fn expected_day(last: u8) -> &'static str {
    match last {
        28 => "01 to 28 in that month",
        29 => "01 to 29 in that month",
        30 => "01 to 30 in that month",
        _ => "01 to 31 in that month",
    }
}

/// `hour ":" minute ":" second / endOfDay`
pub(super) fn time(cursor: &mut Cursor<'_>) -> Read<Time> {
    let hour_at = cursor.at();
    let hour = cursor.two_digits("an hour of two digits")?;
    let bad_hour = out_of_range(Part::Hour, hour, hour_at, "00 to 23, or 24:00:00 for the end of the day");
    if hour > 24 {
        return Err(bad_hour);
    }
    cursor.expect(b':', "\":\" and minutes")?;
    let minute = below_sixty(cursor, Part::Minute, "minutes of two digits")?;
    cursor.expect(b':', "\":\" and seconds")?;
    let second = below_sixty(cursor, Part::Second, "seconds of two digits")?;
    let fraction = fraction(cursor)?;
    if hour == 24 && (minute, second, fraction) != (0, 0, Fraction::ZERO) {
        return Err(bad_hour);
    }
    Ok(Time { hour, minute, second, fraction })
}

fn below_sixty(cursor: &mut Cursor<'_>, part: Part, expected: &'static str) -> Read<u8> {
    let at = cursor.at();
    let number = cursor.two_digits(expected)?;
    if number < 60 { Ok(number) } else { Err(out_of_range(part, number, at, "00 to 59")) }
}

/// `[ "." 1*DIGIT ]`
fn fraction(cursor: &mut Cursor<'_>) -> Read<Fraction> {
    let mut fraction = Fraction::ZERO;
    if !cursor.eat(b'.') {
        return Ok(fraction);
    }
    let first = cursor.digit().ok_or_else(|| cursor.unexpected("a digit after \".\""))?;
    let mut unit = 100_000_000;
    let mut next = Some(first);
    while let Some(digit) = next {
        // The unit is zero from the tenth digit on.
        fraction.nanos += u32::from(digit) * unit;
        fraction.finer |= unit == 0 && digit > 0;
        unit /= 10;
        next = cursor.digit();
    }
    Ok(fraction)
}

/// `[ "Z" / offset ]`, as minutes east of UTC.
pub(super) fn zone(cursor: &mut Cursor<'_>) -> Read<Option<i16>> {
    match cursor.peek() {
        Some(b'Z') => {
            cursor.eat(b'Z');
            Ok(Some(0))
        }
        Some(b'+' | b'-') => offset(cursor).map(Some),
        _ => Ok(None),
    }
}

/// `( "+" / "-" ) ( 00..13 ":" 00..59 / "14:00" )`, as minutes east of UTC.
pub(super) fn offset(cursor: &mut Cursor<'_>) -> Read<i16> {
    let negative = cursor.eat(b'-');
    if !negative {
        cursor.expect(b'+', "\"+\" or \"-\"")?;
    }
    let at = cursor.at();
    let hour = cursor.two_digits("an offset hour of two digits")?;
    if hour > 14 {
        return Err(out_of_range(Part::OffsetHour, hour, at, "00 to 14"));
    }
    cursor.expect(b':', "\":\" and offset minutes")?;
    let at = cursor.at();
    let minute = below_sixty(cursor, Part::OffsetMinute, "offset minutes of two digits")?;
    if hour == 14 && minute > 0 {
        return Err(out_of_range(Part::OffsetMinute, minute, at, "00 after offset hour 14"));
    }
    let minutes = i16::from(hour) * 60 + i16::from(minute);
    Ok(if negative { -minutes } else { minutes })
}

impl Fraction {
    const ZERO: Fraction = Fraction { nanos: 0, finer: false };

    /// Whole microseconds, and whether anything follows them.
    pub(super) fn micros(self) -> (u32, bool) {
        (self.nanos / 1000, !self.nanos.is_multiple_of(1000) || self.finer)
    }
}
