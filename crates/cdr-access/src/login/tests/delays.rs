//! Tests of delays: failures delay attempts, and no attempt is refused.

use std::time::Duration;

use super::support::{LoginFixture, login};
use crate::testing::HERE;

const ELSEWHERE: &str = "203.0.113.7";

#[test]
fn delays_double_with_each_failure_up_to_two_seconds() {
    let fixture = LoginFixture::of([login("alice", "ecila")]);
    let mut delays = Vec::new();
    for _ in 0..10 {
        delays.push(fixture.delay("alice", HERE));
        assert!(!fixture.admits("alice", "wrong", HERE));
    }
    assert_eq!(delays, [0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000]);
    for (name, address, delay) in [("alice", ELSEWHERE, 2000), ("nobody", HERE, 2000), ("nobody", ELSEWHERE, 0)] {
        assert_eq!(fixture.delay(name, address), delay, "{name} at {address}");
    }
    assert!(fixture.admits("alice", "ecila", HERE), "the correct password is admitted all the same");
    assert_eq!(fixture.delay("alice", HERE), 0);
    fixture.clock.advance(Duration::from_secs(3600));
    assert_eq!(fixture.delay("nobody", HERE), 0, "failures expire");
}

#[test]
fn an_address_is_never_refused() {
    let fixture = LoginFixture::of([]);
    for n in 0..1000 {
        assert_eq!(fixture.delay(&format!("name-{n}"), HERE), 0);
    }
    for _ in 0..31 {
        assert!(!fixture.admits("nobody", "wrong", HERE));
    }
    assert_eq!(fixture.delay("alice", HERE), 2000);
}

#[test]
fn a_disallowed_address_counts_as_a_failure() {
    let mut only_there = login("alice", "ecila");
    only_there.allowed_ips = vec!["203.0.113.0/24".parse().unwrap()];
    let fixture = LoginFixture::of([only_there]);
    for _ in 0..3 {
        assert!(!fixture.admits("alice", "ecila", HERE));
    }
    assert_eq!(fixture.delay("alice", ELSEWHERE), 100);
    assert!(fixture.admits("alice", "ecila", ELSEWHERE));
}
