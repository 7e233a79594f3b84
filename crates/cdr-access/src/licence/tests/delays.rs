//! Tests of delays: failures delay requests, no request is refused, and a known licence is not delayed by others.

use std::time::Duration;

use super::support::LicenceFixture;
use crate::testing::HERE;

const ELSEWHERE: &str = "203.0.113.7";
const RIGHT: &str = "RIGHT-LICENCE";

#[test]
fn delays_double_with_each_failure_up_to_two_seconds() {
    let fixture = LicenceFixture::of([("acme", RIGHT)]);
    let mut delays = Vec::new();
    for guess in 0..10 {
        let guess = format!("guess-{guess}");
        delays.push(fixture.delay(&guess, HERE));
        assert_eq!(fixture.admits(&guess, HERE), None);
    }
    assert_eq!(delays, [0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000]);
    assert_eq!(fixture.delay("guess", ELSEWHERE), 0);
    assert_eq!(fixture.delay(RIGHT, HERE), 2000, "a valid licence waits too until it is verified here");
    fixture.clock.advance(Duration::from_secs(3600));
    assert_eq!(fixture.delay("guess", HERE), 0, "failures expire");
}

#[test]
fn an_outdated_licence_does_not_delay_known_ones_at_its_address() {
    let fixture = LicenceFixture::of([("acme", RIGHT), ("bolt", "BOLT-LICENCE")]);
    assert!(fixture.admits(RIGHT, HERE).is_some());
    for _ in 0..10 {
        assert_eq!(fixture.admits("OLD-LICENCE", HERE), None);
    }
    for (licence, address, delay) in [
        ("OLD-LICENCE", HERE, 2000),
        (RIGHT, HERE, 0),
        // Not verified from this address yet.
        ("BOLT-LICENCE", HERE, 2000),
        // Not verified from that address, but without failures there.
        (RIGHT, ELSEWHERE, 0),
        ("OLD-LICENCE", ELSEWHERE, 2000),
    ] {
        assert_eq!(fixture.delay(licence, address), delay, "{licence} at {address}");
    }
    fixture.clock.advance(Duration::from_secs(24 * 3600));
    for _ in 0..10 {
        assert_eq!(fixture.admits("OLD-LICENCE", HERE), None);
    }
    assert_eq!(fixture.delay(RIGHT, HERE), 0, "used once a day");
    fixture.clock.advance(Duration::from_secs(24 * 3600));
    for _ in 0..10 {
        assert_eq!(fixture.admits("OLD-LICENCE", HERE), None);
    }
    assert_eq!(fixture.delay(RIGHT, HERE), 2000, "not used for two days");
}

#[test]
fn a_licence_is_cached_for_its_address_only() {
    let fixture = LicenceFixture::of([("acme", RIGHT)]);
    assert!(fixture.admits(RIGHT, ELSEWHERE).is_some());
    for guess in 0..10 {
        assert_eq!(fixture.admits(&format!("guess-{guess}"), HERE), None);
    }
    assert_eq!(fixture.delay(RIGHT, HERE), 2000, "a missing delay would reveal that the licence is valid");
}

#[test]
fn a_removed_licence_is_delayed_like_any_other() {
    let fixture = LicenceFixture::of([("acme", RIGHT)]);
    assert!(fixture.admits(RIGHT, HERE).is_some());
    crate::licence::Licences::remove_licence(&*fixture.licences, "acme").unwrap();
    for delay in [0, 0, 0, 100] {
        assert_eq!(fixture.delay(RIGHT, HERE), delay);
        assert_eq!(fixture.admits(RIGHT, HERE), None);
    }
}
