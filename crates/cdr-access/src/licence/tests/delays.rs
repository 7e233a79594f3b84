//! Guessing costs time, but nobody is turned away, and who is right does not wait for others.

use std::time::Duration;

use super::support::Home;
use crate::testing::HERE;

const ELSEWHERE: &str = "203.0.113.7";
const RIGHT: &str = "RIGHT-LICENCE";

#[test]
fn whoever_guesses_waits_longer_and_longer_and_two_seconds_at_most() {
    let home = Home::of([("acme", RIGHT)]);
    let mut delays = Vec::new();
    for guess in 0..10 {
        let guess = format!("guess-{guess}");
        delays.push(home.delay(&guess, HERE));
        assert_eq!(home.admits(&guess, HERE), None);
    }
    assert_eq!(delays, [0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000]);
    assert_eq!(home.delay("guess", ELSEWHERE), 0);
    assert_eq!(home.delay(RIGHT, HERE), 2000, "what is right is not told before the wait");
    home.clock.goes_by(Duration::from_secs(3600));
    assert_eq!(home.delay("guess", HERE), 0, "it is forgotten");
}

#[test]
fn a_program_with_an_old_licence_slows_no_other_at_its_address() {
    let home = Home::of([("acme", RIGHT), ("bolt", "BOLT-LICENCE")]);
    assert!(home.admits(RIGHT, HERE).is_some());
    for _ in 0..10 {
        assert_eq!(home.admits("OLD-LICENCE", HERE), None);
    }
    for (licence, address, delay) in [
        ("OLD-LICENCE", HERE, 2000),
        (RIGHT, HERE, 0),
        // Not known at this address yet.
        ("BOLT-LICENCE", HERE, 2000),
        // Known, but not there.
        (RIGHT, ELSEWHERE, 0),
        ("OLD-LICENCE", ELSEWHERE, 2000),
    ] {
        assert_eq!(home.delay(licence, address), delay, "{licence} at {address}");
    }
    home.clock.goes_by(Duration::from_secs(24 * 3600));
    for _ in 0..10 {
        assert_eq!(home.admits("OLD-LICENCE", HERE), None);
    }
    assert_eq!(home.delay(RIGHT, HERE), 0, "it comes once a day");
    home.clock.goes_by(Duration::from_secs(24 * 3600));
    for _ in 0..10 {
        assert_eq!(home.admits("OLD-LICENCE", HERE), None);
    }
    assert_eq!(home.delay(RIGHT, HERE), 2000, "it did not come for two");
}

#[test]
fn a_right_licence_is_known_only_where_it_came_from() {
    let home = Home::of([("acme", RIGHT)]);
    assert!(home.admits(RIGHT, ELSEWHERE).is_some());
    for guess in 0..10 {
        assert_eq!(home.admits(&format!("guess-{guess}"), HERE), None);
    }
    assert_eq!(home.delay(RIGHT, HERE), 2000, "an answer without a wait would tell that it is right");
}

#[test]
fn a_licence_that_is_refused_waits_like_any_other() {
    let home = Home::of([("acme", RIGHT)]);
    assert!(home.admits(RIGHT, HERE).is_some());
    crate::licence::Licences::remove_licence(&*home.licences, "acme").unwrap();
    for delay in [0, 0, 0, 100] {
        assert_eq!(home.delay(RIGHT, HERE), delay);
        assert_eq!(home.admits(RIGHT, HERE), None);
    }
}
