//! Tests of bounds from the command line.

use crate::grammar::{Rounding, XsdVersion, read_bound, read_day};
use cdr_model::{LocalZone, OverlapPolicy};

fn read(zone: &str, text: &str, round: Rounding) -> Result<String, String> {
    let local = LocalZone::new(zone.parse().unwrap());
    let bound = read_bound(text, &local, XsdVersion::V1_0, round);
    bound.map(|at| at.to_string()).map_err(|error| error.to_string())
}

#[test]
fn reads_dates_and_times() {
    fn check(zone: &str, text: &str, expect: &str) {
        assert_eq!(read(zone, text, Rounding::Up).unwrap(), expect, "{text} in {zone}");
    }
    check("UTC", "2026-11-21", "2026-11-21T00:00:00.000000Z");
    check("Europe/Berlin", "2026-11-21", "2026-11-20T23:00:00.000000Z");
    check("Europe/Berlin", "2026-11-21T10:00:00", "2026-11-21T09:00:00.000000Z");
    check("Europe/Berlin", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000000Z");
    check("Europe/Berlin", "2026-11-21T10:00:00.0000001Z", "2026-11-21T10:00:00.000001Z");
    check("Europe/Berlin", "-0001-11-21", "-0001-11-20T23:06:32.000000Z");
    check("Europe/Berlin", "99999999999999999999-11-21", "infinity");
    check("Europe/Berlin", "-99999999999999999999-11-21", "-infinity");
}

#[test]
fn a_day_without_midnight_starts_at_its_first_instant() {
    fn check(zone: &str, text: &str, expect: &str) {
        assert_eq!(read(zone, text, Rounding::Down).unwrap(), expect, "{text} in {zone}");
    }
    // 00:00 to 01:00 is missing.
    check("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000000Z");
    // 23:30 to 00:30 is missing: the day starts at 00:30.
    check("America/Toronto", "1919-03-31", "1919-03-31T04:30:00.000000Z");
    // The whole day is missing: it ends when it starts.
    check("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000000Z");
    check("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00.000000Z");
}

#[test]
fn the_overlap_policy_resolves_an_ambiguous_midnight() {
    let local = LocalZone::new("Atlantic/Azores".parse().unwrap());
    let read = |local| read_bound("2026-10-25", &local, XsdVersion::V1_0, Rounding::Down).unwrap();
    assert_eq!(read(local), "2026-10-25T00:00:00Z".parse().unwrap());
    assert_eq!(read(local.with_overlap(OverlapPolicy::Later)), "2026-10-25T01:00:00Z".parse().unwrap());
}

#[test]
fn errors_describe_valid_bounds() {
    fn check(text: &str, fragment: &str) {
        let cure = "a bound is a date such as 2026-11-21, or a time such as 2026-11-21T10:00:00, zone optional";
        assert_eq!(read("UTC", text, Rounding::Down).unwrap_err(), format!("{fragment}; {cure}"));
    }
    check("yesterday", r#"found "y" at character 1, expected a year of four digits or more"#);
    check("21.11.2026", r#"found "." at character 3, expected a year of four digits or more"#);
    check("2026-11-31", "day 31 at character 9, expected 01 to 30 in that month");
    check("2026-11-21 10:00", r#"found a blank at character 11, expected "T" and a time"#);
    check("2026-11-21T10:00", r#"the text ends at character 17, expected ":" and seconds"#);
    check("0000-01-01", "year 0000 at character 1, expected another year, for XML Schema 1.0 has no year zero");
}

#[test]
fn a_day_is_the_interval_of_its_instants() {
    for (text, zone, expected) in [
        ("2026-11-21", "UTC", Some(("2026-11-21T00:00:00.000000Z", 24))),
        ("2026-10-25", "Europe/Berlin", Some(("2026-10-24T22:00:00.000000Z", 25))),
        ("2026-03-29", "Europe/Berlin", Some(("2026-03-28T23:00:00.000000Z", 23))),
        ("2024-02-29", "-05:00", Some(("2024-02-29T05:00:00.000000Z", 24))),
        // Clocks go forward over midnight: the day begins at the end of the gap.
        ("2026-09-06", "America/Santiago", Some(("2026-09-06T04:00:00.000000Z", 23))),
        ("2026-11-21T00:00:00", "UTC", None),
        ("2026-11-21Z", "UTC", None),
        ("2026-11-31", "UTC", None),
        ("", "UTC", None),
    ] {
        let local: LocalZone = zone.parse().unwrap();
        let day = read_day(text, &local, XsdVersion::V1_0);
        let shown = day.map(|(from, until)| (from.to_string(), until.micros_since(from) / 3_600_000_000));
        assert_eq!(shown, expected.map(|(from, hours)| (from.to_owned(), hours)), "{text} in {zone}");
        if let Some((from, _)) = day {
            assert_eq!(Ok(from), read_bound(text, &local, XsdVersion::V1_0, Rounding::Up), "{text} in {zone}");
        }
    }
}
