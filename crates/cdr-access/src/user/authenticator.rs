//! The authenticator of users: verifies name and password, and limits failed attempts.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cdr_model::{Clock, PortError};
use thiserror::Error;

use super::{User, Users};
use crate::gate::Gate;
use crate::password::{DUMMY_HASH, PasswordError, verify_password};
use crate::permits::Permits;
use crate::throttle::TooManyAttempts;

/// Options for authenticating users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAuthenticatorOptions {
    /// How long a verified name and password are admitted without being verified again. The default is one minute.
    pub remember: Duration,
}

impl Default for UserAuthenticatorOptions {
    fn default() -> UserAuthenticatorOptions {
        UserAuthenticatorOptions { remember: Duration::from_secs(60) }
    }
}

/// Why an attempt to sign in was not decided.
#[derive(Debug, Error)]
pub enum SignInError {
    /// Too many attempts of its address are in progress.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The users cannot be read.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Authenticates users by name and password. It is cheap to clone, and all clones share their state.
///
/// A dialect calls [`remembered`](UserAuthenticator::remembered) first. If that finds no user, it calls
/// [`delay`](UserAuthenticator::delay), waits for that time, and calls [`admit`](UserAuthenticator::admit) on a thread
/// that may block. Each wrong password increases the delay of further attempts, and an address with many failures has few
/// attempts in progress. Neither a name nor an address is ever locked, since otherwise any client could lock out a user, or
/// everybody behind the same proxy.
///
/// Verified credentials are cached, so a removed or changed user may sign in with the old password for as long as
/// [`UserAuthenticatorOptions::remember`], unless the cache is cleared with [`forget`](UserAuthenticator::forget). Only
/// ticks are used, so the wall clock has no effect.
#[derive(Clone)]
pub struct UserAuthenticator(Arc<Inner>);

/// How a password is verified against a hash.
pub(super) type Verify = Box<dyn Fn(&str, &str) -> Result<bool, PasswordError> + Send + Sync>;

struct Inner {
    users: Arc<dyn Users>,
    gate: Gate<User>,
    verify: Verify,
    permits: Permits,
}

impl UserAuthenticator {
    /// An authenticator for these users.
    pub fn new(users: Arc<dyn Users>, clock: Arc<dyn Clock>, options: UserAuthenticatorOptions) -> UserAuthenticator {
        UserAuthenticator::verifying(users, clock, options, Box::new(verify_password))
    }

    /// Like [`UserAuthenticator::new`], with another verification function.
    pub(super) fn verifying(
        users: Arc<dyn Users>,
        clock: Arc<dyn Clock>,
        options: UserAuthenticatorOptions,
        verify: Verify,
    ) -> UserAuthenticator {
        let (gate, permits) = (Gate::new(clock, options.remember), Permits::one_for_each_core());
        UserAuthenticator(Arc::new(Inner { users, gate, verify, permits }))
    }

    /// The user, if this name and password were verified recently. It does not block, since it neither queries the
    /// store nor computes a password hash.
    pub fn remembered(&self, name: &str, password: &str) -> Option<User> {
        let gate = &self.0.gate;
        gate.find(&gate.key(name.as_bytes(), password.as_bytes()))
    }

    /// Starts an attempt, which ends with [`admit`](UserAuthenticator::admit), and returns how long it has to wait: not
    /// at all after up to two recent failures of this name or this address, then 100 ms, doubling up to 2 s. One
    /// failure expires every 15 s. Names are counted as typed, whether they exist or not. IPv6 addresses are counted by
    /// their /64.
    ///
    /// # Errors
    /// [`TooManyAttempts`] if this address has 256 attempts in progress, or two after 30 recent failures.
    pub fn delay(&self, name: &str, address: IpAddr) -> Result<Duration, TooManyAttempts> {
        self.0.gate.begin(name, address)
    }

    /// The user, if the name exists and the password is correct. It blocks for some hundredths of a second, and longer
    /// if there are more concurrent attempts than cores. An unknown name takes as long as any other.
    ///
    /// # Errors
    /// [`SignInError::TooManyAttempts`] if many attempts of this address have failed since this one began;
    /// [`SignInError::Port`] if the users cannot be read, or the stored password is not a hash. Neither counts as a failed
    /// attempt.
    pub fn admit(&self, name: &str, password: &str, address: IpAddr) -> Result<Option<User>, SignInError> {
        self.0.gate.admit(name, address, || self.look_up(name, password, address))
    }

    /// The user of this name as currently stored, for a dialect that authenticates users by tokens. It does not use the
    /// cache, so a removed user is refused immediately.
    ///
    /// # Errors
    /// If the users cannot be read.
    pub fn known(&self, name: &str) -> Result<Option<User>, PortError> {
        self.0.users.user(name)
    }

    /// Clears the cache of verified credentials, so that every password is verified again.
    pub fn forget(&self) {
        self.0.gate.forget_all();
    }

    fn look_up(&self, name: &str, password: &str, address: IpAddr) -> Result<Option<User>, SignInError> {
        // Each hash takes 19 MiB of memory, so the number of concurrent attempts is limited.
        let _permit = self.0.permits.take();
        let Inner { users, gate, verify, .. } = &*self.0;
        let key = gate.key(name.as_bytes(), password.as_bytes());
        // Another connection of the same client may have verified them in the meantime.
        if let Some(user) = gate.find(&key) {
            return Ok(Some(user));
        }
        // Those that began together waited for each other.
        gate.check(address)?;
        let forgotten = gate.forgotten();
        let user = users.user(name)?;
        let hash = user.as_ref().map_or(DUMMY_HASH, |user| &user.password);
        let right = verify(password, hash);
        let right =
            right.map_err(|error| PortError::failed(format!("the password of `{name}` cannot be checked"), error))?;
        let user = user.filter(|_| right);
        if let Some(user) = &user {
            gate.remember(key, user.clone(), forgotten);
        }
        Ok(user)
    }

    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 4] {
        self.0.gate.sizes()
    }
}
