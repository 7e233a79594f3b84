//! Tests of admission of users, and of the cache of verified credentials.

use crate::SignInError;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cdr_model::PortError;

use super::support::{SignIn, plain};
use crate::memory::MemoryUsers;
use crate::password::DUMMY_HASH;
use crate::permits::Permits;
use crate::testing::{HERE, HandClock, ip};
use crate::user::{Role, User, UserAuthenticator, UserAuthenticatorOptions, Users};

#[test]
fn only_the_correct_password_of_an_existing_user_is_admitted() {
    for (name, password, let_in) in [
        ("alice", "ecila", true),
        ("bob", "bob", true),
        ("alice", "bob", false),
        ("alice", "", false),
        ("alice", "ecila ", false),
        ("Alice", "ecila", false),
        ("", "", false),
        ("mallory", "yrollam", false),
        // The dummy hash that is verified for unknown names.
        ("mallory", DUMMY_HASH, false),
    ] {
        let sign_in = SignIn::new();
        assert_eq!(sign_in.tries(name, password, HERE).unwrap().1, let_in, "{name} {password}");
        assert_eq!(sign_in.authenticator.remembered(name, password).is_some(), let_in, "{name} {password}");
        assert_eq!(sign_in.verified(), 1);
    }
}

#[test]
fn known_does_not_use_the_cache() {
    let sign_in = SignIn::new();
    sign_in.tries("alice", "ecila", HERE).unwrap();
    assert_eq!(sign_in.authenticator.known("alice").unwrap(), sign_in.users.user("alice").unwrap());
    sign_in.users.remove_user("alice").unwrap();
    assert_eq!(sign_in.authenticator.known("alice").unwrap(), None);
}

#[test]
fn verified_credentials_are_cached_for_a_minute() {
    let sign_in = SignIn::new();
    assert!(sign_in.authenticator.remembered("alice", "ecila").is_none());
    sign_in.tries("alice", "ecila", HERE).unwrap();
    sign_in.clock.advance(Duration::from_secs(59));
    assert_eq!(sign_in.authenticator.remembered("alice", "ecila"), sign_in.users.user("alice").unwrap());
    // Only the exact pair of name and password is cached.
    for (name, password) in [("alice", "wrong"), ("alic", "eecila"), ("aliceecila", ""), ("bob", "ecila")] {
        assert!(sign_in.authenticator.remembered(name, password).is_none(), "{name} {password}");
    }
    // A cache hit does not extend the time.
    sign_in.clock.advance(Duration::from_secs(1));
    assert!(sign_in.authenticator.remembered("alice", "ecila").is_none());
}

#[test]
fn repeated_attempts_cost_one_hash() {
    let sign_in = SignIn::new();
    for _ in 0..5 {
        assert!(sign_in.tries("alice", "ecila", HERE).unwrap().1);
    }
    assert_eq!(sign_in.verified(), 1);
}

#[test]
fn a_removed_user_is_admitted_until_the_cache_is_cleared() {
    let sign_in = SignIn::new();
    sign_in.tries("alice", "ecila", HERE).unwrap();
    sign_in.users.remove_user("alice").unwrap();
    assert!(sign_in.tries("alice", "ecila", HERE).unwrap().1);
    sign_in.authenticator.forget();
    assert!(sign_in.authenticator.remembered("alice", "ecila").is_none());
    assert!(!sign_in.tries("alice", "ecila", HERE).unwrap().1);
}

#[test]
fn a_new_password_is_valid_immediately_and_the_old_one_expires_after_a_minute() {
    let sign_in = SignIn::new();
    sign_in.tries("alice", "ecila", HERE).unwrap();
    sign_in.users.change_user(&plain("alice", "wonderland")).unwrap();
    assert!(sign_in.tries("alice", "wonderland", HERE).unwrap().1);
    assert!(sign_in.tries("alice", "ecila", HERE).unwrap().1);
    sign_in.clock.advance(Duration::from_secs(60));
    assert!(!sign_in.tries("alice", "ecila", HERE).unwrap().1);
    assert!(sign_in.tries("alice", "wonderland", HERE).unwrap().1);
}

#[test]
fn credentials_verified_during_a_clear_are_not_cached() {
    let authenticator = Arc::<std::sync::OnceLock<UserAuthenticator>>::default();
    let users = Arc::new(MemoryUsers::of([plain("alice", "ecila")]));
    let (inner, removing) = (authenticator.clone(), users.clone());
    // The user is removed after it was read and before its password is verified.
    let verify = move |password: &str, hash: &str| {
        removing.remove_user("alice").unwrap();
        inner.get().unwrap().forget();
        Ok(password == hash)
    };
    let clock = Arc::<HandClock>::default();
    let created = UserAuthenticator::verifying(users, clock, UserAuthenticatorOptions::default(), Box::new(verify));
    let authenticator = authenticator.get_or_init(|| created);
    assert!(authenticator.admit("alice", "ecila", ip(HERE)).unwrap().is_some());
    assert!(authenticator.remembered("alice", "ecila").is_none());
}

#[test]
fn passwords_are_verified_against_argon2_hashes() {
    let user = User::new("alice", "through the glass", [Role::Administrator, Role::Auditor]).unwrap();
    let users = Arc::new(MemoryUsers::of([user.clone()]));
    let authenticator = UserAuthenticator::new(users, Arc::<HandClock>::default(), UserAuthenticatorOptions::default());
    let tries = |name, password| authenticator.admit(name, password, ip(HERE)).unwrap();
    assert_eq!(tries("alice", "through the glass"), Some(user));
    assert_eq!(tries("alice", "through the grass"), None);
    assert_eq!(tries("mallory", "through the glass"), None);
}

#[test]
fn an_invalid_stored_hash_is_an_error_and_not_a_failed_attempt() {
    let users = Arc::new(MemoryUsers::of([plain("alice", "not a hash")]));
    let authenticator = UserAuthenticator::new(users, Arc::<HandClock>::default(), UserAuthenticatorOptions::default());
    for _ in 0..5 {
        assert_eq!(authenticator.delay("alice", ip(HERE)), Ok(Duration::ZERO));
        let error = authenticator.admit("alice", "not a hash", ip(HERE)).unwrap_err();
        assert!(
            matches!(&error, SignInError::Port(PortError::Failed { what, .. }) if what.contains("alice")),
            "{error}"
        );
        assert!(error.source().unwrap().to_string().contains("set a new password for the user"));
    }
}

#[test]
fn concurrency_is_limited_to_the_number_of_permits() {
    let (permits, busy, most) = (Permits::new(2), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _permit = permits.take();
                    most.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    busy.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?} at once");
    // All permits were returned.
    drop((permits.take(), permits.take()));
}
