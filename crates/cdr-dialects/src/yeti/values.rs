//! Values as the original prints and reads them.

use cdr_model::{LocalZone, Money, Timestamp};
use cdr_query::grammar::{Rounding, XsdVersion, read_bound};

/// An instant in UTC to the millisecond, finer digits cut: `2024-11-14T09:56:05.767Z`.
pub(crate) fn time(at: Timestamp) -> String {
    match at.to_utc() {
        Some(time) => time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        None => at.to_string(),
    }
}

/// An amount without the zeros that only fill it up, but for one after the point: `0.019` for 0.0190, `12.0` for 12.
pub(crate) fn decimal(amount: Money) -> String {
    let text = amount.to_string();
    match text.split_once('.') {
        None => format!("{text}.0"),
        Some((whole, decimals)) => match decimals.trim_end_matches('0') {
            "" => format!("{whole}.0"),
            decimals => format!("{whole}.{decimals}"),
        },
    }
}

/// An instant as people write it: a date, or a date and a time with a blank or a `T` between, with a zone or in UTC. Finer
/// digits than microseconds are rounded up.
pub(crate) fn read_time(text: &str) -> Option<Timestamp> {
    let mut text = text.trim().to_owned();
    if text.as_bytes().get(10) == Some(&b' ') {
        text.replace_range(10..11, "T");
    }
    if let Some(plain) = text.strip_suffix("UTC") {
        text = format!("{}Z", plain.trim_end());
    }
    // Browsers leave seconds out.
    if text.is_char_boundary(16) && text.as_bytes().get(13) == Some(&b':') && text.as_bytes().get(16) != Some(&b':') {
        text.insert_str(16, ":00");
    }
    // In a query string, a plus that was not encoded is a blank.
    if let Some((time, zone)) = text.rsplit_once(' ') {
        let sign = if zone.starts_with(['+', '-']) { "" } else { "+" };
        text = format!("{time}{sign}{zone}");
    }
    if let Some(at) = text.rfind(['+', '-']).filter(|at| *at > 10) {
        match text.len() - at {
            3 => text.push_str(":00"),
            5 => text.insert(at + 3, ':'),
            _ => (),
        }
    }
    read_bound(&text, &LocalZone::UTC, XsdVersion::V1_0, Rounding::Up).ok()
}

#[cfg(test)]
mod tests {
    use super::{decimal, read_time, time};

    #[test]
    fn instants_are_printed_to_the_millisecond() {
        for (at, printed) in [
            ("2024-11-14T09:56:05.767999Z", "2024-11-14T09:56:05.767Z"),
            ("2019-01-01T00:00:00Z", "2019-01-01T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(time(at.parse().unwrap()), printed);
        }
    }

    #[test]
    fn amounts_have_a_decimal_and_no_zeros_at_the_end() {
        for (amount, printed) in
            [("0.0190", "0.019"), ("12", "12.0"), ("0", "0.0"), ("0.000", "0.0"), ("-1.50", "-1.5"), ("100", "100.0")]
        {
            assert_eq!(decimal(amount.parse().unwrap()), printed);
        }
    }

    #[test]
    fn instants_are_read_in_many_spellings() {
        for (text, expected) in [
            ("2019-01-01", "2019-01-01T00:00:00Z"),
            ("2019-01-01 00:00:00", "2019-01-01T00:00:00Z"),
            (" 2019-01-01 10:20:30.5 ", "2019-01-01T10:20:30.5Z"),
            ("2019-01-01T10:20:30Z", "2019-01-01T10:20:30Z"),
            ("2019-01-01 10:20:30 UTC", "2019-01-01T10:20:30Z"),
            ("2019-01-01T10:20:30+02:00", "2019-01-01T08:20:30Z"),
            ("2019-01-01T10:20:30 02:00", "2019-01-01T08:20:30Z"),
            ("2019-01-01 10:20:30 +0200", "2019-01-01T08:20:30Z"),
            ("2019-01-01 10:20:30-02", "2019-01-01T12:20:30Z"),
            ("2019-01-01T10:20", "2019-01-01T10:20:00Z"),
            ("2019-01-01 10:20Z", "2019-01-01T10:20:00Z"),
            ("2019-01-01 10:20 +02:00", "2019-01-01T08:20:00Z"),
        ] {
            assert_eq!(read_time(text), Some(expected.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2019-13-01",
            "2019-01-01 25:00:00",
            "2019-01-01 10:20:30 CET",
            "2019-01-01T",
            "2019-01-01T10:2",
            "2019-01-01 10:20é",
            "é",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }
}
