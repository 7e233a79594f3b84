//! Property tests of `xs:dateTime`: comparison with oxsdatatypes and chrono, and round trips.

use std::str::FromStr;

use cdr_model::{LocalZone, Timestamp};
use chrono::{FixedOffset, NaiveDate};
use oxsdatatypes::DateTime as Oxsd;
use proptest::prelude::*;

use super::generated::{mutated, nearly_valid};
use crate::grammar::{Rounding, XsDateTime, XsdVersion};

/// Whether a text exceeds the range of oxsdatatypes, which stores seconds since year 1 in a decimal with 18 fractional
/// digits.
fn has_more_digits_than_oxsdatatypes(text: &str) -> bool {
    let year = text.trim_start_matches('-').bytes().take_while(u8::is_ascii_digit).count();
    let fraction = text.split('.').skip(1).map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count()).max();
    year >= 13 || fraction >= Some(19)
}

/// The instant of an oxsdatatypes value as microseconds, floor or ceiling, computed independently of this crate.
fn oxsdatatypes_micros(value: Oxsd, round: Rounding) -> i128 {
    // It only subtracts times that both have a zone or both have none.
    let epoch = if value.timezone().is_some() { "1970-01-01T00:00:00Z" } else { "1970-01-01T00:00:00" };
    let epoch = Oxsd::from_str(epoch).unwrap();
    // A decimal is an integer of attoseconds.
    let attos = i128::from_be_bytes(value.checked_sub(epoch).unwrap().as_seconds().to_be_bytes());
    let unit = 1_000_000_000_000;
    match round {
        Rounding::Down => attos.div_euclid(unit),
        Rounding::Up => -(-attos).div_euclid(unit),
    }
}

fn saturated(micros: i128) -> Timestamp {
    let nearest = micros.clamp(i64::MIN.into(), i64::MAX.into());
    Timestamp::from_micros(nearest as i64)
}

fn check_against_oxsdatatypes(text: &str) -> Result<(), TestCaseError> {
    if has_more_digits_than_oxsdatatypes(text) {
        return Ok(());
    }
    let (ours, theirs) = (XsDateTime::parse_as(text, XsdVersion::V1_1), Oxsd::from_str(text));
    prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}: ours {:?}, theirs {:?}", text, ours, theirs);
    let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return Ok(()) };
    prop_assert_eq!(ours.year(), theirs.year());
    prop_assert_eq!((ours.month(), ours.day()), (theirs.month(), theirs.day()));
    prop_assert_eq!((ours.hour(), ours.minute()), (theirs.hour(), theirs.minute()));
    prop_assert_eq!(ours.offset_minutes().is_some(), theirs.timezone().is_some());
    for round in [Rounding::Down, Rounding::Up] {
        let instant = ours.to_timestamp(&LocalZone::UTC, round);
        prop_assert_eq!(instant, saturated(oxsdatatypes_micros(theirs, round)), "{:?} {:?}", text, round);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn agrees_with_oxsdatatypes_on_nearly_valid_texts(text in nearly_valid()) {
        check_against_oxsdatatypes(&text)?;
    }

    #[test]
    fn agrees_with_oxsdatatypes_on_mutated_texts(text in mutated()) {
        check_against_oxsdatatypes(&text)?;
    }

    #[test]
    fn agrees_with_chrono_in_ordinary_years(
        year in -9999_i32..=9999, month in 1_u32..=12, day in 1_u32..=31,
        hour in 0_u32..24, minute in 0_u32..60, second in 0_u32..60, micros in 0_u32..1_000_000,
        offset in -840_i32..=840,
    ) {
        let sign = if year < 0 { "-" } else { "" };
        let (zone, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        let text = format!(
            "{sign}{:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}{zone}{:02}:{:02}",
            year.unsigned_abs(), minutes / 60, minutes % 60,
        );
        let ours = XsDateTime::parse_as(&text, XsdVersion::V1_1)
            .map(|time| time.to_timestamp(&LocalZone::UTC, Rounding::Down));
        let theirs = NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|day| day.and_hms_micro_opt(hour, minute, second, micros))
            .and_then(|local| local.and_local_timezone(FixedOffset::east_opt(offset * 60)?).single())
            .map(|time| Timestamp::from_micros(time.timestamp_micros()));
        prop_assert_eq!(ours.ok(), theirs, "{}", text);
    }

    #[test]
    fn prints_what_reads_back(text in prop_oneof![nearly_valid(), mutated(), "-?[1-9][0-9]{9,40}-02-2[89]T24:00:00"]) {
        for version in [XsdVersion::V1_0, XsdVersion::V1_1] {
            let Ok(value) = XsDateTime::parse_as(&text, version) else { continue };
            let printed = value.to_string();
            let again = XsDateTime::parse_as(&printed, XsdVersion::V1_1);
            prop_assert_eq!(again, Ok(value), "{} as {}", text, printed);
            prop_assert_eq!(XsDateTime::parse(&printed).is_ok(), value.year() != 0, "{} as {}", text, printed);
        }
    }

    #[test]
    fn later_texts_are_later_instants(
        micros in any::<i64>(), step in prop_oneof![1_i64..100, any::<i64>()], digits in "[0-9]{0,12}",
        offsets in (-840_i64..=840, -840_i64..=840),
    ) {
        // chrono writes both instants, so instants outside its range are skipped.
        let later = micros.saturating_add(step.saturating_abs());
        let write = |micros: i64, offset: i64| {
            let shown = chrono::DateTime::from_timestamp_micros(micros)?.naive_utc()
                .checked_add_signed(chrono::TimeDelta::minutes(offset))?;
            let (year, zone) = (chrono::Datelike::year(&shown), if offset < 0 { '-' } else { '+' });
            let (sign, minutes) = (if year < 0 { "-" } else { "" }, offset.unsigned_abs());
            let (year, rest) = (year.unsigned_abs(), shown.format("-%m-%dT%H:%M:%S.%6f"));
            Some(format!("{sign}{year:04}{rest}{digits}{zone}{:02}:{:02}", minutes / 60, minutes % 60))
        };
        let (Some(first), Some(second)) = (write(micros, offsets.0), write(later, offsets.1)) else { return Ok(()) };
        let instant = |text: &str, round| {
            XsDateTime::parse_as(text, XsdVersion::V1_1).unwrap().to_timestamp(&LocalZone::UTC, round)
        };
        let more = i64::from(digits.bytes().any(|digit| digit != b'0'));
        for (text, micros) in [(&first, micros), (&second, later)] {
            prop_assert_eq!(instant(text, Rounding::Down), Timestamp::from_micros(micros));
            prop_assert_eq!(instant(text, Rounding::Up), Timestamp::from_micros(micros).plus_micros(more));
        }
        for round in [Rounding::Down, Rounding::Up] {
            prop_assert!(instant(&first, round) <= instant(&second, round));
        }
    }
}
