//! Tests of zone names and offsets.

use crate::{Timestamp, Zone};

#[test]
fn prints_as_it_is_read() {
    fn check(text: &str, printed: &str) {
        let zone: Zone = text.parse().unwrap();
        assert_eq!(zone.to_string(), printed);
        assert_eq!(printed.parse::<Zone>().unwrap(), zone);
        assert_eq!(serde_json::to_string(&zone).unwrap(), format!("\"{printed}\""));
        assert_eq!(serde_json::from_str::<Zone>(&format!("\"{text}\"")).unwrap(), zone);
    }
    check("UTC", "UTC");
    check("Z", "UTC");
    check("+00:00", "UTC");
    check("-00:00", "UTC");
    check("+02:00", "+02:00");
    check("-09:30", "-09:30");
    check("-00:30", "-00:30");
    check("+14:00", "+14:00");
    check("Europe/Berlin", "Europe/Berlin");
    check("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires");
    check("Etc/GMT+5", "Etc/GMT+5");
}

#[test]
fn suggests_a_near_name() {
    fn check(text: &str, near: &str) {
        let error = text.parse::<Zone>().unwrap_err();
        assert_eq!(error.to_string(), format!("there is no time zone \"{text}\", did you mean \"{near}\"?"));
        assert!(near.parse::<Zone>().is_ok());
    }
    check("europe/berlin", "Europe/Berlin");
    check("EUROPE/BERLIN", "Europe/Berlin");
    check(" Europe/Berlin", "Europe/Berlin");
    check("Berlin", "Europe/Berlin");
    check("kathmandu", "Asia/Kathmandu");
    check("new york", "America/New_York");
    check("America/New York", "America/New_York");
    check("Europe/Brelin", "Europe/Berlin");
    check("Europe/Kjiv", "Europe/Kyiv");
    check("America/Sao_Paolo", "America/Sao_Paulo");
    check("utc", "UTC");
    check("z", "UTC");
    check("+0200", "+02:00");
    check("+02", "+02:00");
    check("-5", "-05:00");
    check("+2:00", "+02:00");
    check("UTC+2", "+02:00");
    check("GMT-05:30", "-05:30");
}

#[test]
fn lists_valid_forms_if_no_name_is_similar() {
    fn check(text: &str, shown: &str) {
        let error = text.parse::<Zone>().unwrap_err();
        assert_eq!(error.near, None);
        let cure = "expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00";
        assert_eq!(error.to_string(), format!("there is no time zone \"{shown}\", {cure}"));
    }
    check("", "");
    check("+", "+");
    check("+15:00", "+15:00");
    check("+14:01", "+14:01");
    check("Middle-earth/Hobbiton", "Middle-earth/Hobbiton");
    check("line\nbreak", "line\\nbreak");
    check(&"x".repeat(100), &format!("{}…", "x".repeat(64)));
}

#[test]
fn fixed_offsets_end_at_fourteen_hours() {
    assert_eq!(Zone::fixed(840).unwrap().to_string(), "+14:00");
    assert_eq!(Zone::fixed(-840).unwrap().to_string(), "-14:00");
    assert_eq!(Zone::fixed(0), Some(Zone::UTC));
    for minutes in [841, -841, i16::MAX, i16::MIN] {
        assert_eq!(Zone::fixed(minutes), None);
    }
}

#[test]
fn offset_depends_on_the_instant() {
    fn check(zone: &str, at: &str, expect: i32) {
        assert_eq!(zone.parse::<Zone>().unwrap().offset_at(at.parse().unwrap()), expect, "{zone} at {at}");
    }
    check("UTC", "2026-11-21T00:00:00Z", 0);
    check("-09:30", "2026-11-21T00:00:00Z", -34_200);
    check("Europe/Berlin", "2026-03-29T00:59:59.999999Z", 3600);
    check("Europe/Berlin", "2026-03-29T01:00:00Z", 7200);
    check("Europe/Berlin", "1800-01-01T00:00:00Z", 3208);
    check("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000);
    check("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400);
    check("Africa/Casablanca", "2026-03-01T00:00:00Z", 0);
    check("Africa/Casablanca", "2026-06-01T00:00:00Z", 3600);
}

#[test]
fn every_timestamp_has_an_offset() {
    for (zone, first, last) in [("Europe/Berlin", 3208, 3600), ("+05:45", 20_700, 20_700)] {
        let zone: Zone = zone.parse().unwrap();
        assert_eq!(zone.offset_at(Timestamp::MIN), first);
        assert_eq!(zone.offset_at(Timestamp::MAX), last);
    }
}
