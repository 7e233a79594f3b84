//! Tests of valid `xs:dateTime` texts and the instants they denote.

use cdr_model::{LocalZone, Timestamp};

use crate::grammar::{Rounding, XsDateTime, XsdVersion};

fn parsed(text: &str) -> XsDateTime {
    XsDateTime::parse_as(text, XsdVersion::V1_1).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn instant(text: &str, round: Rounding) -> Timestamp {
    parsed(text).to_timestamp(&LocalZone::UTC, round)
}

#[test]
fn prints_the_canonical_form() {
    fn check(text: &str, canonical: &str) {
        assert_eq!(parsed(text).to_string(), canonical);
        assert_eq!(parsed(canonical), parsed(text), "{text} and {canonical} are the same value");
    }
    // The examples of O'Reilly's reference, which the DMA's API page repeats.
    check("2001-10-26T21:32:52", "2001-10-26T21:32:52");
    check("2001-10-26T21:32:52+02:00", "2001-10-26T21:32:52+02:00");
    check("2001-10-26T19:32:52Z", "2001-10-26T19:32:52Z");
    check("2001-10-26T19:32:52+00:00", "2001-10-26T19:32:52Z");
    check("-2001-10-26T21:32:52", "-2001-10-26T21:32:52");
    check("2001-10-26T21:32:52.12679", "2001-10-26T21:32:52.12679");

    check("2026-11-21T10:00:00-00:00", "2026-11-21T10:00:00Z");
    check("2026-11-21T10:00:00+14:00", "2026-11-21T10:00:00+14:00");
    check("2026-11-21T10:00:00-14:00", "2026-11-21T10:00:00-14:00");
    check("2026-11-21T10:00:00-00:01", "2026-11-21T10:00:00-00:01");
    check("2026-11-21T10:00:00.500Z", "2026-11-21T10:00:00.5Z");
    check("2026-11-21T10:00:00.000Z", "2026-11-21T10:00:00Z");
    check("2026-11-21T10:00:00.1234567890000", "2026-11-21T10:00:00.123456789");
    check("2026-11-21T10:00:00.000000000000000000000000000009", "2026-11-21T10:00:00.0000000001");
    check("2026-11-21T10:00:00.12345678987654321", "2026-11-21T10:00:00.1234567891");
    check("-0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z");
    check("12345-01-01T00:00:00Z", "12345-01-01T00:00:00Z");
}

#[test]
fn hour_24_is_the_next_day() {
    fn check(text: &str, next_day: &str) {
        assert_eq!(parsed(text), parsed(next_day));
    }
    check("2026-11-21T24:00:00Z", "2026-11-22T00:00:00Z");
    check("2026-11-21T24:00:00.000-14:00", "2026-11-22T00:00:00-14:00");
    check("2024-02-28T24:00:00", "2024-02-29T00:00:00");
    check("2024-02-29T24:00:00", "2024-03-01T00:00:00");
    check("2023-02-28T24:00:00", "2023-03-01T00:00:00");
    check("2026-12-31T24:00:00", "2027-01-01T00:00:00");
    check("-0001-12-31T24:00:00", "0000-01-01T00:00:00");
    check("9999-12-31T24:00:00", "10000-01-01T00:00:00");
    check("9223372036854775807-12-31T24:00:00", "9223372036854775408-01-01T00:00:00");
}

#[test]
fn only_version_1_0_refuses_year_zero() {
    for text in ["0000-01-01T00:00:00Z", "-0000-01-01T00:00:00Z", "0000-02-29T12:00:00Z"] {
        assert_eq!(XsDateTime::parse_as(text, XsdVersion::V1_1).unwrap().year(), 0);
        let error = XsDateTime::parse(text).unwrap_err().to_string();
        assert_eq!(error, "year 0000 at character 1, expected another year, for XML Schema 1.0 has no year zero");
    }
    for text in ["0001-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"] {
        assert_eq!(XsDateTime::parse(text), XsDateTime::parse_as(text, XsdVersion::V1_1));
    }
}

#[test]
fn leap_days_are_those_of_astronomical_years() {
    fn check(year: &str, has_leap_day: bool) {
        let text = format!("{year}-02-29T00:00:00Z");
        assert_eq!(XsDateTime::parse_as(&text, XsdVersion::V1_1).is_ok(), has_leap_day, "{text}");
    }
    check("2024", true);
    check("2023", false);
    check("2000", true);
    check("1900", false);
    check("0000", true);
    check("0004", true);
    check("-0001", false);
    check("-0004", true);
    check("-0005", false);
    check("-0100", false);
    check("-0400", true);
    check("123456789012345678901234567890", false);
    check("123456789012345678901234567600", true);
    check("-123456789012345678901234567600", true);
    check("-123456789012345678901234567500", false);
}

#[test]
fn years_beyond_i64_keep_their_position_in_the_cycle() {
    fn check(text: &str, year: i64) {
        assert_eq!(parsed(&format!("{text}-02-28T00:00:00Z")).year(), year);
    }
    check("9223372036854775807", i64::MAX);
    check("-9223372036854775808", i64::MIN);
    check("9223372036854775808", i64::MAX - 399);
    check("-9223372036854775809", i64::MIN + 399);
    check("100000000000000000000", 9_223_372_036_854_775_600);
    check("-100000000000000000000", -9_223_372_036_854_775_600);
}

#[test]
fn denotes_an_instant() {
    fn check(text: &str, micros: i64) {
        assert_eq!(instant(text, Rounding::Down), Timestamp::from_micros(micros), "{text} rounded down");
        assert_eq!(instant(text, Rounding::Up), Timestamp::from_micros(micros), "{text} rounded up");
    }
    check("1970-01-01T00:00:00Z", 0);
    check("1970-01-01T00:00:00", 0);
    check("1970-01-01T02:00:00+02:00", 0);
    check("1969-12-31T10:00:00-14:00", 0);
    check("1970-01-01T14:00:00+14:00", 0);
    check("1969-12-31T24:00:00Z", 0);
    check("1969-12-31T23:59:59.999999Z", -1);
    check("2026-11-21T10:00:00.5Z", 1_795_255_200_500_000);
    check("0001-01-01T00:00:00Z", -62_135_596_800_000_000);
    check("0000-01-01T00:00:00Z", -62_167_219_200_000_000);
    check("-0001-01-01T00:00:00Z", -62_198_755_200_000_000);
    check("12345-01-01T00:00:00Z", 327_403_382_400_000_000);
}

#[test]
fn rounds_finer_fractions_either_way() {
    fn check(text: &str, down: i64, up: i64) {
        assert_eq!(instant(text, Rounding::Down), Timestamp::from_micros(down), "{text} rounded down");
        assert_eq!(instant(text, Rounding::Up), Timestamp::from_micros(up), "{text} rounded up");
    }
    check("1970-01-01T00:00:00.0000001Z", 0, 1);
    check("1970-01-01T00:00:00.0000009999Z", 0, 1);
    check("1970-01-01T00:00:00.0000010Z", 1, 1);
    check("1970-01-01T00:00:00.000001000000000000000000000001Z", 1, 2);
    check("1970-01-01T00:00:00.000001000000000000000000000000Z", 1, 1);
    check("1969-12-31T23:59:59.9999999Z", -1, 0);
    check("1969-12-31T23:59:59.0000001Z", -1_000_000, -999_999);
    check("1970-12-31T23:59:59.99999999999999999999999999Z", 31_535_999_999_999, 31_536_000_000_000);
}

#[test]
fn saturates_at_the_ends_of_the_timestamps() {
    fn check(text: &str, expect: Timestamp) {
        for round in [Rounding::Down, Rounding::Up] {
            assert_eq!(instant(text, round), expect, "{text}");
        }
    }
    check("294247-01-10T04:00:54.775807Z", Timestamp::MAX);
    check("294247-01-10T04:00:54.775808Z", Timestamp::MAX);
    check("294247-01-10T04:00:54.775806Z", Timestamp::from_micros(i64::MAX - 1));
    check("294247-01-10T18:00:54.775806+14:00", Timestamp::from_micros(i64::MAX - 1));
    check("-290308-12-21T19:59:05.224192Z", Timestamp::MIN);
    check("-290308-12-21T19:59:05.224191Z", Timestamp::MIN);
    check("-290308-12-21T19:59:05.2241910001Z", Timestamp::MIN);
    check("-290308-01-01T00:00:00.0000001Z", Timestamp::MIN);
    check("-290308-12-21T19:59:05.224193Z", Timestamp::from_micros(i64::MIN + 1));
    check("-290308-12-21T05:59:05.224193-14:00", Timestamp::from_micros(i64::MIN + 1));
    for year in ["294248", "9223372036854775807", "99999999999999999999999999999999999999999999"] {
        check(&format!("{year}-06-01T00:00:00Z"), Timestamp::MAX);
        check(&format!("-{year}-06-01T00:00:00-14:00"), Timestamp::MIN);
        check(&format!("{year}-06-01T00:00:00"), Timestamp::MAX);
        check(&format!("-{year}-06-01T00:00:00"), Timestamp::MIN);
    }
}

#[test]
fn texts_without_a_zone_use_the_local_zone() {
    fn check(zone: &str, text: &str, expect: &str) {
        let local = LocalZone::new(zone.parse().unwrap());
        assert_eq!(parsed(text).to_timestamp(&local, Rounding::Up), expect.parse().unwrap(), "{text} in {zone}");
    }
    check("Europe/Berlin", "2026-11-21T10:00:00", "2026-11-21T09:00:00Z");
    check("Europe/Berlin", "2026-07-21T10:00:00", "2026-07-21T08:00:00Z");
    check("Europe/Berlin", "2026-07-21T10:00:00Z", "2026-07-21T10:00:00Z");
    check("Europe/Berlin", "2026-07-21T10:00:00-05:00", "2026-07-21T15:00:00Z");
    check("+05:45", "2026-07-21T24:00:00", "2026-07-21T18:15:00Z");
    // The last moment before a gap is rounded up to its first instant, not into it.
    check("Europe/Berlin", "2026-03-29T01:59:59.9999999", "2026-03-29T01:00:00Z");
    // A time in a gap is rounded like any other.
    check("Europe/Berlin", "2026-03-29T02:30:00.0000001", "2026-03-29T01:30:00.000001Z");
    // The last moment of the first pass of an overlap is rounded up to the first moment of the second pass.
    check("Europe/Berlin", "2026-10-25T02:59:59.9999999", "2026-10-25T01:00:00Z");
}

#[test]
fn accessors_return_the_parts() {
    let time = parsed("-0044-03-15T11:22:33.5-00:30");
    assert_eq!((time.year(), time.month(), time.day()), (-44, 3, 15));
    assert_eq!((time.hour(), time.minute(), time.second(), time.nanosecond()), (11, 22, 33, 500_000_000));
    assert_eq!(time.offset_minutes(), Some(-30));
    assert_eq!(parsed("2026-11-21T10:00:00").offset_minutes(), None);
}
