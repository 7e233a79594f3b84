//! Tests of delays: failures delay attempts, and addresses with too many failures are refused.

use std::time::Duration;

use super::support::SignIn;
use crate::failures::CAPACITY;
use crate::testing::{HERE, ip};
use crate::throttle::TooManyAttempts;

const ELSEWHERE: &str = "198.51.100.7";

#[test]
fn each_wrong_password_increases_the_next_delay() {
    let sign_in = SignIn::new();
    assert_eq!(sign_in.fails(10, "alice", HERE), [0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000]);
}

#[test]
fn a_repeated_wrong_password_counts_again() {
    let sign_in = SignIn::new();
    sign_in.fails(3, "alice", HERE);
    assert_eq!(sign_in.delay("alice", HERE), 100);
    assert_eq!(sign_in.verified(), 3);
}

#[test]
fn one_failure_expires_every_fifteen_seconds() {
    let sign_in = SignIn::new();
    sign_in.fails(6, "alice", HERE);
    for (seconds, delay) in [(0, 800), (14, 800), (1, 400), (15, 200), (15, 100), (14, 100), (1, 0), (30, 0)] {
        sign_in.clock.advance(Duration::from_secs(seconds));
        assert_eq!(sign_in.delay("alice", HERE), delay);
        sign_in.authenticator.admit("alice", "ecila", ip("203.0.113.9")).unwrap();
    }
    assert_eq!(sign_in.fails(4, "alice", HERE), [0, 0, 0, 100], "the old ones do not count any more");
}

#[test]
fn failures_count_for_the_name_and_for_the_address() {
    let sign_in = SignIn::new();
    sign_in.fails(5, "alice", HERE);
    for (name, address, delay) in
        [("alice", HERE, 400), ("alice", ELSEWHERE, 400), ("bob", HERE, 400), ("bob", ELSEWHERE, 0)]
    {
        assert_eq!(sign_in.delay(name, address), delay, "{name} at {address}");
    }
}

#[test]
fn a_correct_password_clears_its_own_failures() {
    let sign_in = SignIn::new();
    sign_in.fails(5, "alice", HERE);
    assert_eq!(sign_in.tries("alice", "ecila", HERE), Ok((Duration::from_millis(400), true)));
    assert_eq!((sign_in.delay("alice", HERE), sign_in.delay("bob", HERE)), (0, 0));
}

#[test]
fn a_correct_password_clears_no_failures_of_other_names_or_addresses() {
    let sign_in = SignIn::new();
    sign_in.fails(5, "alice", ELSEWHERE);
    sign_in.fails(4, "bob", HERE);
    sign_in.fails(1, "alice", HERE);
    assert_eq!(sign_in.tries("alice", "ecila", HERE), Ok((Duration::from_millis(800), true)));
    assert_eq!(sign_in.delay("alice", ELSEWHERE), 400, "failures of this name from another address");
    assert_eq!(sign_in.delay("nobody", HERE), 200, "failures of other names from this address");
}

#[test]
fn unknown_names_are_treated_like_any_other() {
    let (known, unknown) = (SignIn::new(), SignIn::new());
    assert_eq!(known.fails(12, "alice", HERE), unknown.fails(12, "mallory", HERE));
    assert_eq!((known.verified(), unknown.verified()), (12, 12));
}

/// Lets an address fail with this many names, so that each name has one failure.
fn fail_with_names(sign_in: &SignIn, names: usize, address: &str) {
    for n in 0..names {
        sign_in.fails(1, &format!("name-{n}"), address);
    }
}

#[test]
fn a_right_password_enters_after_any_number_of_failures() {
    for failures in [30, 31, 60, 500] {
        let sign_in = SignIn::new();
        fail_with_names(&sign_in, failures, HERE);
        assert_eq!(sign_in.tries("alice", "ecila", HERE), Ok((Duration::from_secs(2), true)), "{failures}");
        assert_eq!(sign_in.tries("alice", "wrong", HERE), Ok((Duration::from_secs(2), false)), "{failures}");
        assert_eq!(sign_in.tries("bob", "bob", HERE), Ok((Duration::from_secs(2), true)), "{failures}");
        assert!(sign_in.tries("alice", "ecila", ELSEWHERE).unwrap().1, "{failures}");
    }
}

#[test]
fn an_address_with_thirty_failures_has_two_attempts_at_a_time() {
    let sign_in = SignIn::new();
    fail_with_names(&sign_in, 29, HERE);
    for _ in 0..5 {
        assert_eq!(sign_in.delay("carol", HERE), 2000);
    }
    // The first of them is the thirtieth failure. From then on, only two in progress are looked up.
    let looked_up = (0..5).filter(|_| sign_in.authenticator.admit("carol", "wrong", ip(HERE)).is_ok()).count();
    assert_eq!(looked_up, 3);
    let refused = Err(TooManyAttempts { retry_after: Duration::from_secs(2) });
    assert_eq!((sign_in.delay("alice", HERE), sign_in.delay("bob", HERE)), (2000, 2000));
    assert_eq!(sign_in.authenticator.delay("carol", ip(HERE)), refused);
    let message = TooManyAttempts { retry_after: Duration::from_secs(2) }.to_string();
    assert_eq!(message, "too many attempts from this address; the next can be made in 2 s");
    assert_eq!(sign_in.delay("carol", ELSEWHERE), 100, "other addresses have their own");
    // One attempt ends, so another may start.
    assert!(sign_in.authenticator.admit("alice", "ecila", ip(HERE)).unwrap().is_some());
    assert_eq!(sign_in.delay("carol", HERE), 2000);
    assert_eq!(sign_in.authenticator.delay("carol", ip(HERE)), refused);
    // Attempts of disconnected clients expire.
    sign_in.clock.advance(Duration::from_secs(4));
    assert_eq!(sign_in.delay("carol", HERE), 2000);
}

#[test]
fn a_name_is_never_locked_by_failures_of_others() {
    let sign_in = SignIn::new();
    for n in 0..250 {
        sign_in.fails(1, "alice", &format!("203.0.113.{n}"));
    }
    assert_eq!(sign_in.tries("alice", "ecila", HERE), Ok((Duration::from_secs(2), true)));
    sign_in.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(sign_in.delay("alice", HERE), 0, "failures expire within a quarter of an hour");
}

#[test]
fn concurrent_attempts_of_an_address_are_limited() {
    let sign_in = SignIn::new();
    for n in 0..256 {
        assert_eq!(sign_in.delay(&format!("name-{n}"), HERE), 0);
    }
    let refused = Err(TooManyAttempts { retry_after: Duration::from_secs(2) });
    assert_eq!(sign_in.authenticator.delay("alice", ip(HERE)), refused);
    assert_eq!(sign_in.delay("alice", ELSEWHERE), 0);
    // One attempt ends, so another may start.
    assert!(sign_in.authenticator.admit("name-3", "wrong", ip(HERE)).unwrap().is_none());
    assert_eq!(sign_in.delay("alice", HERE), 0);
    assert_eq!(sign_in.authenticator.delay("alice", ip(HERE)), refused);
    // Attempts of disconnected clients expire.
    sign_in.clock.advance(Duration::from_secs(10));
    assert_eq!(sign_in.delay("alice", HERE), 0);
}

/// Attempts that begin together, some of which have the right password.
#[test]
fn of_attempts_that_began_together_few_are_looked_up_after_thirty_failures() {
    for (before, together, looked_up) in
        [(0, 20, 20), (0, 32, 32), (0, 200, 32), (10, 200, 22), (29, 200, 3), (30, 2, 2)]
    {
        let sign_in = SignIn::new();
        fail_with_names(&sign_in, before, HERE);
        for n in 0..together {
            sign_in.authenticator.delay(&format!("guess-{n}"), ip(HERE)).unwrap();
        }
        let wrong = |n| sign_in.authenticator.admit(&format!("guess-{n}"), "wrong", ip(HERE));
        let found = (0..together).map(wrong).filter(Result::is_ok).count();
        assert_eq!(found, looked_up, "{together} after {before} failures");
        sign_in.delay("alice", HERE);
        assert!(sign_in.authenticator.admit("alice", "ecila", ip(HERE)).unwrap().is_some(), "a right password enters");
    }
    let sign_in = SignIn::new();
    for _ in 0..200 {
        sign_in.delay("alice", HERE);
    }
    for _ in 0..200 {
        assert!(sign_in.authenticator.admit("alice", "ecila", ip(HERE)).unwrap().is_some());
    }
}

#[test]
fn addresses_are_counted_by_ipv6_network_and_mapped_ipv4() {
    for (one, other, same) in [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
        ("192.0.2.1", "192.0.2.2", false),
    ] {
        let sign_in = SignIn::new();
        sign_in.fails(3, "alice", one);
        assert_eq!(sign_in.delay("bob", other), if same { 100 } else { 0 }, "{one} and {other}");
    }
}

#[test]
fn memory_is_bounded_and_the_first_to_expire_are_evicted() {
    let sign_in = SignIn::new();
    sign_in.fails(4, "alice", HERE);
    sign_in.fails(3, "bob", ELSEWHERE);
    for n in 0..CAPACITY + 100 {
        sign_in.fails(1, &format!("name-{n}"), &format!("2001:db8:{:x}:{:x}::1", n >> 8, n & 255));
        // An attempt that is started and abandoned.
        sign_in.delay("somebody", &format!("2001:db8:ffff:{n:x}::1"));
    }
    assert_eq!(sign_in.authenticator.sizes(), [CAPACITY; 4]);
    assert_eq!(sign_in.delay("alice", "203.0.113.9"), 200, "names with more failures are kept");
    assert_eq!(sign_in.delay("carol", HERE), 200);
    // Expired entries are evicted for new ones.
    sign_in.clock.advance(Duration::from_secs(3600));
    sign_in.fails(1, "dave", "203.0.113.10");
    assert_eq!(sign_in.authenticator.sizes(), [1, 1, 1, 0]);
}
