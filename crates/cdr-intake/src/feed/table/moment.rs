//! The forms in which tables write times.

use std::str::FromStr;

use cdr_model::{LocalZone, Timestamp};
use chrono::format::{Fixed, Item, Numeric, StrftimeItems};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Timelike};

use super::length::{Marks, scaled};
use crate::fault::Fault;
use crate::feed::times::{self, Written};

/// A form of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TimeForm {
    /// `2026-11-21 10:00:00` or with a `T`, with a fraction and an offset if it has them.
    Iso,
    /// RFC 3339, which has an offset.
    Rfc3339,
    /// Seconds, milliseconds or microseconds since 1970: how many microseconds one of them is.
    Epoch(i128),
    /// A pattern of `strftime` (<https://docs.rs/chrono/latest/chrono/format/strftime/>), and whether it has an offset.
    Pattern(String, bool),
}

impl FromStr for TimeForm {
    type Err = String;

    fn from_str(text: &str) -> Result<TimeForm, String> {
        match text {
            "iso" => Ok(TimeForm::Iso),
            "rfc3339" => Ok(TimeForm::Rfc3339),
            "epoch" => Ok(TimeForm::Epoch(1_000_000)),
            "epoch-ms" => Ok(TimeForm::Epoch(1_000)),
            "epoch-us" => Ok(TimeForm::Epoch(1)),
            pattern if pattern.contains('%') => checked(pattern),
            other => Err(format!(
                "`{other}` is not a form of times; use iso, rfc3339, epoch, epoch-ms, epoch-us or a pattern such as \
                 %d.%m.%Y %H:%M:%S"
            )),
        }
    }
}

impl TimeForm {
    /// The time of a text that is not empty; `None` if it has another form.
    pub(super) fn read(&self, text: &str, marks: Marks) -> Option<Written> {
        match self {
            TimeForm::Iso => times::parsed(text),
            TimeForm::Rfc3339 => DateTime::parse_from_rfc3339(text).ok().map(exact),
            TimeForm::Epoch(factor) => {
                scaled(&marks.plain(text)?, *factor).map(|micros| Written::Exact(Timestamp::from_micros(micros)))
            }
            TimeForm::Pattern(pattern, true) => DateTime::parse_from_str(text, pattern).ok().map(exact),
            TimeForm::Pattern(pattern, false) => NaiveDateTime::parse_from_str(text, pattern).ok().map(Written::Local),
        }
    }
}

/// Reads a time in the first form that fits. A zero time, which switches write for none, is absent.
pub(super) fn read(
    text: &str,
    name: &str,
    forms: &[TimeForm],
    marks: Marks,
    zone: LocalZone,
) -> Result<Option<Written>, Fault> {
    if is_zero(text) {
        return Ok(None);
    }
    match forms.iter().find_map(|form| form.read(text, marks)) {
        Some(written) => Ok(Some(written).filter(|written| !times::is_first(*written, zone))),
        None => {
            let expected = forms.iter().map(TimeForm::expected).collect::<Vec<_>>().join(" or ");
            Err(Fault::unreadable("time-unreadable", name, text, &expected))
        }
    }
}

impl TimeForm {
    fn expected(&self) -> String {
        match self {
            TimeForm::Iso => "a time such as 2026-11-21 10:00:00".to_owned(),
            TimeForm::Rfc3339 => "a time such as 2026-11-21T10:00:00Z".to_owned(),
            TimeForm::Epoch(1_000) => "milliseconds since 1970".to_owned(),
            TimeForm::Epoch(1) => "microseconds since 1970".to_owned(),
            TimeForm::Epoch(_) => "seconds since 1970".to_owned(),
            TimeForm::Pattern(pattern, _) => format!("a time of the form {pattern}"),
        }
    }
}

/// Whether a text has no digits but zeros, such as `0000-00-00 00:00:00`, or is the beginning of the year 1.
fn is_zero(text: &str) -> bool {
    let has_only_zeros = text.contains('0') && text.chars().all(|c| c == '0' || !c.is_alphanumeric());
    has_only_zeros || text.starts_with("0000-00-00") || text.starts_with("0001-01-01")
}

fn exact(time: DateTime<FixedOffset>) -> Written {
    Written::Exact(Timestamp::from_micros(time.timestamp_micros()))
}

/// A pattern by which a date and a time of day can be read.
fn checked(pattern: &str) -> Result<TimeForm, String> {
    let mut has_offset = false;
    for item in StrftimeItems::new(pattern) {
        match item {
            Item::Error => return Err(format!("`{pattern}` is not a pattern of strftime")),
            Item::Numeric(Numeric::Timestamp, _) => {
                return Err(format!("`{pattern}` has %s; for seconds since 1970 use epoch"));
            }
            Item::Fixed(Fixed::TimezoneName) => {
                return Err(format!(
                    "`{pattern}` has %Z, whose names of zones cannot be read; write the name as it stands in the file, \
                     and set the zone of the times"
                ));
            }
            Item::Fixed(
                Fixed::TimezoneOffset
                | Fixed::TimezoneOffsetColon
                | Fixed::TimezoneOffsetDoubleColon
                | Fixed::TimezoneOffsetTripleColon
                | Fixed::TimezoneOffsetColonZ
                | Fixed::TimezoneOffsetZ
                | Fixed::RFC2822
                | Fixed::RFC3339,
            ) => has_offset = true,
            // %#z, which has no public name.
            Item::Fixed(Fixed::Internal(_)) if pattern.contains("%#z") => has_offset = true,
            _ => {}
        }
    }
    let form = TimeForm::Pattern(pattern.to_owned(), has_offset);
    let refused = || format!("`{pattern}` is not enough for a time: it needs the day, month, year, hour and minute");
    if reads_back(pattern, has_offset) { Ok(form) } else { Err(refused()) }
}

/// Whether a time that is written by the pattern is read as the same one, to the minute.
fn reads_back(pattern: &str, has_offset: bool) -> bool {
    let local = NaiveDate::from_ymd_opt(2026, 11, 21).and_then(|day| day.and_hms_opt(15, 14, 13)).unwrap_or_default();
    let Some(offset) = FixedOffset::east_opt(7_200) else { return false };
    let Some(sample) = local.and_local_timezone(offset).single() else { return false };
    // %#z is only read.
    let written = sample.format(&pattern.replace("%#z", "%z")).to_string();
    let read = if has_offset {
        DateTime::parse_from_str(&written, pattern).map(|time| time.naive_local())
    } else {
        NaiveDateTime::parse_from_str(&written, pattern)
    };
    read.is_ok_and(|read| read.with_second(0).and_then(|read| read.with_nanosecond(0)) == local.with_second(0))
}

#[cfg(test)]
mod tests {
    use cdr_model::LocalZone;

    use super::{Marks, TimeForm, Written, read};

    const MARKS: Marks = Marks { decimal: '.', thousands: None };

    fn found(forms: &[&str], text: &str) -> String {
        let forms: Vec<TimeForm> = forms.iter().map(|form| form.parse().unwrap()).collect();
        match read(text, "start", &forms, MARKS, LocalZone::UTC) {
            Ok(Some(Written::Local(local))) => local.to_string(),
            Ok(Some(Written::Exact(at))) => at.to_string(),
            Ok(None) => "none".to_owned(),
            Err(fault) => fault.detail,
        }
    }

    #[test]
    fn times_are_read_in_the_first_form_that_fits() {
        for (forms, text, expected) in [
            (&["iso"][..], "2026-11-21 10:00:00.25", "2026-11-21 10:00:00.250"),
            (&["iso"], "2026-11-21T10:00:00+02", "2026-11-21T08:00:00.000000Z"),
            (&["rfc3339"], "2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.500000Z"),
            (&["epoch"], "1795255200.25", "2026-11-21T10:00:00.250000Z"),
            (&["epoch-ms"], "1795255200250", "2026-11-21T10:00:00.250000Z"),
            (&["epoch-us"], "1795255200250001", "2026-11-21T10:00:00.250001Z"),
            (&["%d.%m.%Y %H:%M:%S"], "21.11.2026 10:00:01", "2026-11-21 10:00:01"),
            (&["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M"], "21.11.2026 10:00", "2026-11-21 10:00:00"),
            (&["%m/%d/%Y %I:%M:%S %p"], "11/21/2026 01:00:00 PM", "2026-11-21 13:00:00"),
            (&["%d/%b/%Y:%H:%M:%S %z"], "21/Nov/2026:10:00:00 +0200", "2026-11-21T08:00:00.000000Z"),
            (&["%Y-%m-%d %H:%M:%S%#z"], "2026-11-21 10:00:00+02", "2026-11-21T08:00:00.000000Z"),
            (&["iso"], "0000-00-00 00:00:00", "none"),
            (&["%d.%m.%Y %H:%M:%S"], "00.00.0000 00:00:00", "none"),
            (&["epoch"], "0", "none"),
            (&["epoch"], "-1", "start is `-1`, expected seconds since 1970"),
            (&["iso"], "1970-01-01 00:00:00", "none"),
            (&["iso", "epoch"], "x", "start is `x`, expected a time such as 2026-11-21 10:00:00 or seconds since 1970"),
        ] {
            assert_eq!(found(forms, text), expected, "{text}");
        }
    }

    #[test]
    fn patterns_that_do_not_make_a_time_are_refused() {
        for (form, words) in [
            ("today", "is not a form of times"),
            ("%d.%m.%Y", "is not enough for a time"),
            ("%H:%M:%S", "is not enough for a time"),
            ("%d.%m.%Y %I:%M", "is not enough for a time"),
            ("%d.%m.%Y %H:%M:%S %Z", "%Z"),
            ("%s", "use epoch"),
            ("%d.%m.%Y %Q", "is not a pattern"),
        ] {
            let error = form.parse::<TimeForm>().unwrap_err();
            assert!(error.contains(words), "{form}: {error}");
        }
    }
}
