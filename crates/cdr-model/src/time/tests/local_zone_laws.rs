//! Conversion between instants and local times.

use chrono::{DateTime, NaiveDateTime, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

use super::generated::{change_forward, zone_and_instant};
use crate::{Certainty, GapPolicy, LocalZone, OverlapPolicy, Timestamp, Zone};

fn clock_at(local: &LocalZone, at: Timestamp) -> NaiveDateTime {
    at.plus_micros(i64::from(local.offset_at(at)) * 1_000_000).to_utc().unwrap().naive_utc()
}

/// The local time of an instant resolves to that instant, or to the other instant with the same local time.
fn check_round_trip(zone: Zone, at: Timestamp) -> Result<(), TestCaseError> {
    let local = LocalZone::new(zone);
    let clock = clock_at(&local, at);
    let earlier = local.resolve(clock);
    let later = local.with_overlap(OverlapPolicy::Later).resolve(clock);
    prop_assert_eq!(earlier.certainty, later.certainty);
    match earlier.certainty {
        Certainty::Exact => prop_assert_eq!((earlier.at, later.at), (at, at)),
        Certainty::Overlap => {
            prop_assert!(earlier.at < later.at);
            prop_assert!([earlier.at, later.at].contains(&at));
            prop_assert_eq!(clock_at(&local, earlier.at), clock);
            prop_assert_eq!(clock_at(&local, later.at), clock);
        }
        Certainty::Gap => prop_assert!(false, "{} shows {} at {:?}, so it is not a gap", zone, clock, at),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn local_times_resolve_to_their_instant((zone, at) in zone_and_instant()) {
        check_round_trip(zone, at)?;
    }

    #[test]
    fn local_times_resolve_in_every_zone(
        zone in prop::sample::select(&TZ_VARIANTS[..]), seconds in 0_i64..4_102_444_800,
    ) {
        check_round_trip(Zone::from(zone), Timestamp::from_seconds(seconds))?;
    }

    #[test]
    fn skipped_local_times_are_gaps((zone, at) in change_forward(), share in 0.0_f64..1.0) {
        let local = LocalZone::new(zone);
        let (before, after) = (local.offset_at(at.plus_micros(-1)), local.offset_at(at));
        let length = i64::from(after - before) * 1_000_000;
        let into = (length as f64 * share) as i64;
        let clock = at.plus_micros(i64::from(before) * 1_000_000 + into).to_utc().unwrap().naive_utc();

        let forward = local.resolve(clock);
        prop_assert_eq!(forward.certainty, Certainty::Gap);
        prop_assert_eq!(forward.at, at.plus_micros(into));
        let end = local.with_gap(GapPolicy::End).resolve(clock);
        prop_assert_eq!(end.certainty, Certainty::Gap);
        prop_assert_eq!(end.at, at);
    }

    #[test]
    fn any_text_is_a_zone_or_a_readable_error(
        text in prop_oneof!["(UTC|GMT|Etc/)?[-+]?[0-9:]{0,6}", "[A-Z][a-z]{3,7}/[A-Z][a-z_]{3,8}", any::<String>()],
    ) {
        match text.parse::<Zone>() {
            Ok(zone) => prop_assert_eq!(zone.to_string().parse::<Zone>(), Ok(zone)),
            Err(error) => {
                prop_assert!(error.to_string().chars().all(crate::is_printable));
                prop_assert!(error.near.is_none_or(|near| near.parse::<Zone>().is_ok()));
            }
        }
    }

    #[test]
    fn offsets_are_those_of_chrono(
        zone in prop::sample::select(&TZ_VARIANTS[..]), seconds in -9_000_000_000_i64..9_000_000_000,
    ) {
        let theirs = zone.from_utc_datetime(&DateTime::from_timestamp(seconds, 0).unwrap().naive_utc());
        let ours = Zone::from(zone).offset_at(Timestamp::from_seconds(seconds));
        prop_assert_eq!(theirs.naive_local() - theirs.naive_utc(), chrono::TimeDelta::seconds(ours.into()));
    }
}

#[test]
fn every_zone_reads_back() {
    for zone in TZ_VARIANTS {
        let printed = Zone::from(zone).to_string();
        assert_eq!(printed.parse::<Zone>().unwrap(), Zone::from(zone));
    }
    assert_eq!(Zone::from(Tz::UTC), Zone::UTC);
}
