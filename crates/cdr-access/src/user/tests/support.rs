//! An authenticator with a manual clock and passwords that are not hashed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::memory::MemoryUsers;
use crate::testing::{HandClock, ip};
use crate::throttle::TooManyAttempts;
use crate::user::{Role, User, UserAuthenticator, UserAuthenticatorOptions};

/// A fixture with the users alice and bob, whose passwords are their names reversed.
pub(super) struct SignIn {
    pub(super) clock: Arc<HandClock>,
    pub(super) users: Arc<MemoryUsers>,
    pub(super) authenticator: UserAuthenticator,
    verified: Arc<AtomicUsize>,
}

impl SignIn {
    pub(super) fn new() -> SignIn {
        let users = [plain("alice", "ecila"), plain("bob", "bob")];
        let (clock, users) = (Arc::<HandClock>::default(), Arc::new(MemoryUsers::of(users)));
        let verified = Arc::<AtomicUsize>::default();
        let count = verified.clone();
        let verify = move |password: &str, hash: &str| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(password == hash)
        };
        let options = UserAuthenticatorOptions::default();
        let authenticator = UserAuthenticator::verifying(users.clone(), clock.clone(), options, Box::new(verify));
        SignIn { clock, users, authenticator, verified }
    }

    /// The number of passwords that were verified against a hash.
    pub(super) fn verified(&self) -> usize {
        self.verified.load(Ordering::Relaxed)
    }

    /// Makes one attempt. Returns the delay, without waiting for it, and whether the attempt was admitted.
    pub(super) fn tries(&self, name: &str, password: &str, address: &str) -> Result<(Duration, bool), TooManyAttempts> {
        let delay = self.authenticator.delay(name, ip(address))?;
        let user = self.authenticator.admit(name, password, ip(address)).unwrap();
        assert!(user.as_ref().is_none_or(|user| user.name == name));
        Ok((delay, user.is_some()))
    }

    /// Makes a number of wrong attempts, and returns their delays in milliseconds.
    pub(super) fn fails(&self, times: usize, name: &str, address: &str) -> Vec<u128> {
        let wrong = |_| {
            let (delay, admitted) = self.tries(name, "wrong", address).unwrap();
            assert!(!admitted);
            delay.as_millis()
        };
        (0..times).map(wrong).collect()
    }

    /// Starts an attempt without ending it, and returns its delay in milliseconds.
    pub(super) fn delay(&self, name: &str, address: &str) -> u128 {
        self.authenticator.delay(name, ip(address)).unwrap().as_millis()
    }
}

/// A user whose password is stored without hashing.
pub(super) fn plain(name: &str, password: &str) -> User {
    User { name: name.into(), password: password.into(), roles: [Role::Auditor].into() }
}
