//! Local times around clock changes.

use chrono::NaiveDateTime;
use serde_json::json;

use crate::{Certainty, GapPolicy, LocalZone, OverlapPolicy, Zone};

fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn zone(name: &str) -> LocalZone {
    LocalZone::new(name.parse().unwrap())
}

#[test]
fn most_times_are_exact() {
    fn check(name: &str, local: &str, at: &str) {
        let resolved = zone(name).resolve(wall(local));
        assert_eq!(resolved.at, at.parse().unwrap(), "{local} in {name}");
        assert_eq!(resolved.certainty, Certainty::Exact, "{local} in {name}");
    }
    check("UTC", "2026-11-21T10:00:00", "2026-11-21T10:00:00Z");
    check("+14:00", "2026-11-21T10:00:00", "2026-11-20T20:00:00Z");
    check("Asia/Kathmandu", "2026-11-21T05:45:00", "2026-11-21T00:00:00Z");
    check("Europe/Berlin", "2026-03-29T01:59:59.999999", "2026-03-29T00:59:59.999999Z");
    check("Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z");
    check("Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z");
    check("Europe/Berlin", "2026-10-25T01:59:59.999999", "2026-10-24T23:59:59.999999Z");
    // Nanoseconds are truncated, before 1970 too.
    check("UTC", "1969-12-31T23:59:59.999999999", "1969-12-31T23:59:59.999999Z");
    // Casablanca is at +1 except during Ramadan.
    check("Africa/Casablanca", "2026-02-28T12:00:00", "2026-02-28T12:00:00Z");
    check("Africa/Casablanca", "2026-06-28T12:00:00", "2026-06-28T11:00:00Z");
    // The day before and the day after the one that Samoa skipped.
    check("Pacific/Apia", "2011-12-29T23:59:59", "2011-12-30T09:59:59Z");
    check("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z");
}

#[test]
fn times_in_a_gap_go_forward_or_to_its_end() {
    fn check(name: &str, local: &str, forward: &str, end: &str) {
        for (policy, at) in [(GapPolicy::Forward, forward), (GapPolicy::End, end)] {
            let resolved = zone(name).with_gap(policy).resolve(wall(local));
            assert_eq!(resolved.at, at.parse().unwrap(), "{local} in {name}, {policy:?}");
            assert_eq!(resolved.certainty, Certainty::Gap, "{local} in {name}");
        }
    }
    check("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z");
    check("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z");
    check("Europe/Berlin", "2026-03-29T02:59:59.999999", "2026-03-29T01:59:59.999999Z", "2026-03-29T01:00:00Z");
    // Half an hour.
    check("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z");
    // Over midnight.
    check("America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z");
    check("America/Sao_Paulo", "2018-11-04T00:30:00", "2018-11-04T03:30:00Z", "2018-11-04T03:00:00Z");
    // A whole day.
    check("Pacific/Apia", "2011-12-30T00:00:00", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z");
    check("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", "2011-12-30T10:00:00Z");
    // Back to +1 after Ramadan.
    check("Africa/Casablanca", "2026-03-22T02:30:00", "2026-03-22T02:30:00Z", "2026-03-22T02:00:00Z");
    // A permanent change by a quarter of an hour.
    check("Asia/Kathmandu", "1986-01-01T00:10:00", "1985-12-31T18:40:00Z", "1985-12-31T18:30:00Z");
    // Three quarters of an hour and thirty seconds: the offset was -0:44:30.
    check("Africa/Monrovia", "1972-01-07T00:10:00", "1972-01-07T00:54:30Z", "1972-01-07T00:44:30Z");
}

#[test]
fn times_in_an_overlap_are_the_earlier_or_the_later() {
    fn check(name: &str, local: &str, earlier: &str, later: &str) {
        for (policy, at) in [(OverlapPolicy::Earlier, earlier), (OverlapPolicy::Later, later)] {
            let resolved = zone(name).with_overlap(policy).resolve(wall(local));
            assert_eq!(resolved.at, at.parse().unwrap(), "{local} in {name}, {policy:?}");
            assert_eq!(resolved.certainty, Certainty::Overlap, "{local} in {name}");
        }
    }
    check("Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z");
    check("Europe/Berlin", "2026-10-25T02:59:59.999999", "2026-10-25T00:59:59.999999Z", "2026-10-25T01:59:59.999999Z");
    check("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z");
    check("America/Sao_Paulo", "2019-02-16T23:30:00", "2019-02-17T01:30:00Z", "2019-02-17T02:30:00Z");
    check("Africa/Casablanca", "2026-02-15T02:30:00", "2026-02-15T01:30:00Z", "2026-02-15T02:30:00Z");
    // A whole day, when Alaska changed over to America's side of the date line.
    check("America/Juneau", "1867-10-19T12:00:00", "1867-10-18T20:57:41Z", "1867-10-19T20:57:41Z");
}

#[test]
fn times_beyond_the_known_changes_have_an_instant_too() {
    let berlin = zone("Europe/Berlin");
    assert_eq!(berlin.resolve(NaiveDateTime::MIN).certainty, Certainty::Exact);
    assert_eq!(berlin.resolve(NaiveDateTime::MAX).certainty, Certainty::Exact);
    assert_eq!(berlin.resolve(wall("2500-07-01T12:00:00")).at, "2500-07-01T11:00:00Z".parse().unwrap());
}

#[test]
fn serializes_with_its_policies() {
    let yeti = LocalZone::new("Europe/Kyiv".parse::<Zone>().unwrap()).with_overlap(OverlapPolicy::Later);
    assert_eq!(yeti.to_string(), "Europe/Kyiv");
    let kept = serde_json::to_value(yeti).unwrap();
    assert_eq!(kept, json!({"zone": "Europe/Kyiv", "gap": "forward", "overlap": "later"}));
    assert_eq!(serde_json::from_value::<LocalZone>(kept).unwrap(), yeti);
    assert_eq!(LocalZone::default(), LocalZone::UTC);
}
