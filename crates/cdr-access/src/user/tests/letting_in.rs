//! Who is let in, and for how long without being looked at again.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cdr_model::PortError;

use super::support::{Door, plain};
use crate::memory::MemoryUsers;
use crate::password::NOBODYS_HASH;
use crate::testing::{HERE, HandClock, ip};
use crate::turns::Turns;
use crate::user::{Role, User, UserAuthenticator, UserAuthenticatorOptions, Users};

#[test]
fn only_the_right_password_of_somebody_there_is_lets_in() {
    for (name, password, let_in) in [
        ("alice", "ecila", true),
        ("bob", "bob", true),
        ("alice", "bob", false),
        ("alice", "", false),
        ("alice", "ecila ", false),
        ("Alice", "ecila", false),
        ("", "", false),
        ("mallory", "yrollam", false),
        // This is what names that nobody has are held against; it lets nobody in.
        ("mallory", NOBODYS_HASH, false),
    ] {
        let door = Door::new();
        assert_eq!(door.tries(name, password, HERE).unwrap().1, let_in, "{name} {password}");
        assert_eq!(door.authenticator.remembered(name, password).is_some(), let_in, "{name} {password}");
        assert_eq!(door.verified(), 1);
    }
}

#[test]
fn who_is_known_is_never_remembered() {
    let door = Door::new();
    door.tries("alice", "ecila", HERE).unwrap();
    assert_eq!(door.authenticator.known("alice").unwrap(), door.users.user("alice").unwrap());
    door.users.remove_user("alice").unwrap();
    assert_eq!(door.authenticator.known("alice").unwrap(), None);
}

#[test]
fn who_was_let_in_is_remembered_for_a_minute() {
    let door = Door::new();
    assert!(door.authenticator.remembered("alice", "ecila").is_none());
    door.tries("alice", "ecila", HERE).unwrap();
    door.clock.goes_by(Duration::from_secs(59));
    assert_eq!(door.authenticator.remembered("alice", "ecila"), door.users.user("alice").unwrap());
    // Nothing but this very pair, however it is cut.
    for (name, password) in [("alice", "wrong"), ("alic", "eecila"), ("aliceecila", ""), ("bob", "ecila")] {
        assert!(door.authenticator.remembered(name, password).is_none(), "{name} {password}");
    }
    // Being remembered does not make it last longer.
    door.clock.goes_by(Duration::from_secs(1));
    assert!(door.authenticator.remembered("alice", "ecila").is_none());
}

#[test]
fn connections_that_come_at_once_cost_one_hash() {
    let door = Door::new();
    for _ in 0..5 {
        assert!(door.tries("alice", "ecila", HERE).unwrap().1);
    }
    assert_eq!(door.verified(), 1);
}

#[test]
fn somebody_removed_goes_on_until_they_are_forgotten() {
    let door = Door::new();
    door.tries("alice", "ecila", HERE).unwrap();
    door.users.remove_user("alice").unwrap();
    assert!(door.tries("alice", "ecila", HERE).unwrap().1);
    door.authenticator.forget();
    assert!(door.authenticator.remembered("alice", "ecila").is_none());
    assert!(!door.tries("alice", "ecila", HERE).unwrap().1);
}

#[test]
fn a_new_password_is_right_at_once_and_the_old_one_wrong_after_a_minute() {
    let door = Door::new();
    door.tries("alice", "ecila", HERE).unwrap();
    door.users.change_user(&plain("alice", "wonderland")).unwrap();
    assert!(door.tries("alice", "wonderland", HERE).unwrap().1);
    assert!(door.tries("alice", "ecila", HERE).unwrap().1);
    door.clock.goes_by(Duration::from_secs(60));
    assert!(!door.tries("alice", "ecila", HERE).unwrap().1);
    assert!(door.tries("alice", "wonderland", HERE).unwrap().1);
}

#[test]
fn who_is_forgotten_while_they_come_in_is_not_remembered() {
    let authenticator = Arc::<std::sync::OnceLock<UserAuthenticator>>::default();
    let users = Arc::new(MemoryUsers::of([plain("alice", "ecila")]));
    let (inner, removing) = (authenticator.clone(), users.clone());
    // Alice has been read; before her password is known to be right, she is removed.
    let verify = move |password: &str, hash: &str| {
        removing.remove_user("alice").unwrap();
        inner.get().unwrap().forget();
        Ok(password == hash)
    };
    let clock = Arc::<HandClock>::default();
    let made = UserAuthenticator::verifying(users, clock, UserAuthenticatorOptions::default(), Box::new(verify));
    let authenticator = authenticator.get_or_init(|| made);
    assert!(authenticator.admit("alice", "ecila", ip(HERE)).unwrap().is_some());
    assert!(authenticator.remembered("alice", "ecila").is_none());
}

#[test]
fn passwords_are_held_against_their_real_hashes() {
    let user = User::new("alice", "through the glass", [Role::Administrator, Role::Auditor]).unwrap();
    let users = Arc::new(MemoryUsers::of([user.clone()]));
    let authenticator = UserAuthenticator::new(users, Arc::<HandClock>::default(), UserAuthenticatorOptions::default());
    let tries = |name, password| authenticator.admit(name, password, ip(HERE)).unwrap();
    assert_eq!(tries("alice", "through the glass"), Some(user));
    assert_eq!(tries("alice", "through the grass"), None);
    assert_eq!(tries("mallory", "through the glass"), None);
}

#[test]
fn a_password_that_is_kept_as_no_hash_is_an_error_and_no_failure() {
    let users = Arc::new(MemoryUsers::of([plain("alice", "not a hash")]));
    let authenticator = UserAuthenticator::new(users, Arc::<HandClock>::default(), UserAuthenticatorOptions::default());
    for _ in 0..5 {
        assert_eq!(authenticator.delay("alice", ip(HERE)), Ok(Duration::ZERO));
        let said = authenticator.admit("alice", "not a hash", ip(HERE)).unwrap_err();
        assert!(matches!(&said, PortError::Failed { what, .. } if what.contains("alice")), "{said}");
        assert!(said.source().unwrap().to_string().contains("give the user a new password"));
    }
}

#[test]
fn no_more_at_once_than_there_are_turns() {
    let (turns, busy, most) = (Turns::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _turn = turns.take();
                    most.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    busy.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    // All turns are back.
    drop((turns.take(), turns.take()));
}
