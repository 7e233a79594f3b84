//! Wrong passwords cost time, and more of them more; addresses that go on are turned away.

use std::time::Duration;

use super::support::Door;
use crate::failures::CAPACITY;
use crate::testing::{HERE, ip};
use crate::throttle::TooManyAttempts;

const ELSEWHERE: &str = "198.51.100.7";

#[test]
fn each_wrong_password_makes_the_next_attempt_wait_longer() {
    let door = Door::new();
    assert_eq!(door.fails(10, "alice", HERE), [0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000]);
}

#[test]
fn the_same_wrong_password_again_is_a_failure_again() {
    let door = Door::new();
    door.fails(3, "alice", HERE);
    assert_eq!(door.delay("alice", HERE), 100);
    assert_eq!(door.verified(), 3);
}

#[test]
fn a_failure_is_forgotten_every_fifteen_seconds() {
    let door = Door::new();
    door.fails(6, "alice", HERE);
    for (seconds, delay) in [(0, 800), (14, 800), (1, 400), (15, 200), (15, 100), (14, 100), (1, 0), (30, 0)] {
        door.clock.goes_by(Duration::from_secs(seconds));
        assert_eq!(door.delay("alice", HERE), delay);
        door.authenticator.admit("alice", "ecila", ip("203.0.113.9")).unwrap();
    }
    assert_eq!(door.fails(4, "alice", HERE), [0, 0, 0, 100], "the old ones do not count any more");
}

#[test]
fn a_name_waits_wherever_it_is_typed_and_an_address_whatever_it_types() {
    let door = Door::new();
    door.fails(5, "alice", HERE);
    for (name, address, delay) in
        [("alice", HERE, 400), ("alice", ELSEWHERE, 400), ("bob", HERE, 400), ("bob", ELSEWHERE, 0)]
    {
        assert_eq!(door.delay(name, address), delay, "{name} at {address}");
    }
}

#[test]
fn a_right_password_ends_the_waiting_of_who_typed_it() {
    let door = Door::new();
    door.fails(5, "alice", HERE);
    assert_eq!(door.tries("alice", "ecila", HERE), Ok((Duration::from_millis(400), true)));
    assert_eq!((door.delay("alice", HERE), door.delay("bob", HERE)), (0, 0));
}

#[test]
fn a_right_password_forgives_neither_other_names_nor_other_addresses() {
    let door = Door::new();
    door.fails(5, "alice", ELSEWHERE);
    door.fails(4, "bob", HERE);
    door.fails(1, "alice", HERE);
    assert_eq!(door.tries("alice", "ecila", HERE), Ok((Duration::from_millis(800), true)));
    assert_eq!(door.delay("alice", ELSEWHERE), 400, "somebody elsewhere was at this name");
    assert_eq!(door.delay("nobody", HERE), 200, "somebody here was at other names");
}

#[test]
fn names_that_nobody_has_are_treated_like_any_other() {
    let (known, unknown) = (Door::new(), Door::new());
    assert_eq!(known.fails(12, "alice", HERE), unknown.fails(12, "mallory", HERE));
    assert_eq!((known.verified(), unknown.verified()), (12, 12));
}

#[test]
fn an_address_with_thirty_failures_is_turned_away_until_one_is_forgotten() {
    let door = Door::new();
    for n in 0..30 {
        door.fails(1, &format!("name-{n}"), HERE);
    }
    let turned_away = |seconds| Err(TooManyAttempts { retry_after: Duration::from_secs(seconds) });
    assert_eq!(door.tries("alice", "ecila", HERE), turned_away(15));
    let said = turned_away(15).unwrap_err().to_string();
    assert_eq!(said, "too many attempts from this address; the next can be made in 15 s");
    door.clock.goes_by(Duration::from_secs(14));
    assert_eq!(door.tries("alice", "ecila", HERE), turned_away(1));
    assert_eq!(door.verified(), 30);
    assert!(door.tries("alice", "ecila", ELSEWHERE).unwrap().1, "others are let in");
    door.clock.goes_by(Duration::from_secs(1));
    assert!(door.tries("bob", "bob", HERE).unwrap().1);
}

#[test]
fn no_name_is_locked_however_often_others_fail_with_it() {
    let door = Door::new();
    for n in 0..250 {
        door.fails(1, "alice", &format!("203.0.113.{n}"));
    }
    assert_eq!(door.tries("alice", "ecila", HERE), Ok((Duration::from_secs(2), true)));
    door.clock.goes_by(Duration::from_secs(15 * 60));
    assert_eq!(door.delay("alice", HERE), 0, "and it is forgotten in a quarter of an hour");
}

#[test]
fn an_address_has_so_many_attempts_under_way_at_most() {
    let door = Door::new();
    for n in 0..256 {
        assert_eq!(door.delay(&format!("name-{n}"), HERE), 0);
    }
    let turned_away = Err(TooManyAttempts { retry_after: Duration::from_secs(2) });
    assert_eq!(door.authenticator.delay("alice", ip(HERE)), turned_away);
    assert_eq!(door.delay("alice", ELSEWHERE), 0);
    // One of them comes to its end, so another may begin.
    assert!(door.authenticator.admit("name-3", "wrong", ip(HERE)).unwrap().is_none());
    assert_eq!(door.delay("alice", HERE), 0);
    assert_eq!(door.authenticator.delay("alice", ip(HERE)), turned_away);
    // Clients that went away while they waited are not waited for for ever.
    door.clock.goes_by(Duration::from_secs(10));
    assert_eq!(door.delay("alice", HERE), 0);
}

#[test]
fn a_site_is_one_address_and_so_is_an_old_address_in_new_clothes() {
    for (one, other, same) in [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ("192.0.2.1", "192.0.2.2", false),
    ] {
        let door = Door::new();
        door.fails(3, "alice", one);
        assert_eq!(door.delay("bob", other), if same { 100 } else { 0 }, "{one} and {other}");
    }
}

#[test]
fn a_flood_from_everywhere_is_kept_in_bounded_memory_and_the_stalest_go_first() {
    let door = Door::new();
    door.fails(4, "alice", HERE);
    door.fails(3, "bob", ELSEWHERE);
    for n in 0..CAPACITY + 100 {
        door.fails(1, &format!("name-{n}"), &format!("2001:db8:{:x}:{:x}::1", n >> 8, n & 255));
        // Some only begin, and go away.
        door.delay("somebody", &format!("2001:db8:ffff:{n:x}::1"));
    }
    assert_eq!(door.authenticator.sizes(), [CAPACITY; 4]);
    assert_eq!(door.delay("alice", "203.0.113.9"), 200, "who failed more often is kept");
    assert_eq!(door.delay("carol", HERE), 200);
    // What is over makes room for what is new.
    door.clock.goes_by(Duration::from_secs(3600));
    door.fails(1, "dave", "203.0.113.10");
    assert_eq!(door.authenticator.sizes(), [1, 1, 1, 0]);
}
