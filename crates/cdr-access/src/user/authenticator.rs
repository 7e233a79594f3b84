//! The authenticator of users: who is it, by name and password, and how often may be tried.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cdr_model::{Clock, PortError};

use super::{User, Users};
use crate::gate::Gate;
use crate::password::{NOBODYS_HASH, PasswordError, verify_password};
use crate::throttle::TooManyAttempts;
use crate::turns::Turns;

/// How users are authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAuthenticatorOptions {
    /// How long a name and a password that were right are let in without being verified again. A minute.
    pub remember: Duration,
}

impl Default for UserAuthenticatorOptions {
    fn default() -> UserAuthenticatorOptions {
        UserAuthenticatorOptions { remember: Duration::from_secs(60) }
    }
}

/// Authenticates users by name and password. Cheap to clone; every clone is the same.
///
/// A dialect asks [`remembered`](UserAuthenticator::remembered) first; then [`delay`](UserAuthenticator::delay), and waits
/// for so long; then [`admit`](UserAuthenticator::admit), on a thread that may block. Wrong passwords make each further
/// attempt wait longer, and an address that goes on is turned away. A name is never locked: otherwise anybody could lock out
/// a user.
///
/// What was right is remembered for a while, so a user who has been removed or changed may go on with the old password for
/// as long as [`UserAuthenticatorOptions::remember`] says, unless the process is told to
/// [`forget`](UserAuthenticator::forget). Only ticks are counted, so it does not matter how the wall clock is set.
#[derive(Clone)]
pub struct UserAuthenticator(Arc<Inner>);

/// How a password is verified against a hash.
pub(super) type Verify = Box<dyn Fn(&str, &str) -> Result<bool, PasswordError> + Send + Sync>;

struct Inner {
    users: Arc<dyn Users>,
    gate: Gate<User>,
    verify: Verify,
    turns: Turns,
}

impl UserAuthenticator {
    /// For these users, by this clock.
    pub fn new(users: Arc<dyn Users>, clock: Arc<dyn Clock>, options: UserAuthenticatorOptions) -> UserAuthenticator {
        UserAuthenticator::verifying(users, clock, options, Box::new(verify_password))
    }

    /// The same, with another way to verify.
    pub(super) fn verifying(
        users: Arc<dyn Users>,
        clock: Arc<dyn Clock>,
        options: UserAuthenticatorOptions,
        verify: Verify,
    ) -> UserAuthenticator {
        let (gate, turns) = (Gate::new(clock, options.remember), Turns::one_for_each_core());
        UserAuthenticator(Arc::new(Inner { users, gate, verify, turns }))
    }

    /// The user, if this name and password were right a short while ago. Does not block: the store is not asked, and
    /// nothing is hashed that would take long.
    pub fn remembered(&self, name: &str, password: &str) -> Option<User> {
        let gate = &self.0.gate;
        gate.find(&gate.key(name.as_bytes(), password.as_bytes()))
    }

    /// An attempt begins, which ends with [`admit`](UserAuthenticator::admit): how long to wait before it. Nothing after up
    /// to two recent failures of this name or this address, then 100 ms, doubling up to 2 s. One failure is forgotten every
    /// 15 s. Names are counted as they were typed, whether a user has them or not; IPv6 addresses by their /64.
    ///
    /// # Errors
    /// [`TooManyAttempts`] when this address has 30 recent failures, or 256 attempts under way at once.
    pub fn delay(&self, name: &str, address: IpAddr) -> Result<Duration, TooManyAttempts> {
        self.0.gate.begin(name, address)
    }

    /// The user, if there is one of this name and the password is theirs. Blocks for some hundredths of a second, and
    /// longer when more are tried at once than there are cores. An unknown name takes as long as any other.
    ///
    /// # Errors
    /// When the users cannot be read, or the stored password is not a hash. This is no failed attempt.
    pub fn admit(&self, name: &str, password: &str, address: IpAddr) -> Result<Option<User>, PortError> {
        self.0.gate.admit(name, address, || self.look_up(name, password))
    }

    /// The user of this name as they are stored now, for a dialect that lets them in by a token it gave them. Nothing is
    /// remembered here: a removed user is refused at once.
    ///
    /// # Errors
    /// When the users cannot be read.
    pub fn known(&self, name: &str) -> Result<Option<User>, PortError> {
        self.0.users.user(name)
    }

    /// Forgets who was let in a short while ago: from now on every password is verified again.
    pub fn forget(&self) {
        self.0.gate.forget_all();
    }

    fn look_up(&self, name: &str, password: &str) -> Result<Option<User>, PortError> {
        // Each hash takes 19 MiB, so a flood has to queue.
        let _turn = self.0.turns.take();
        let Inner { users, gate, verify, .. } = &*self.0;
        let key = gate.key(name.as_bytes(), password.as_bytes());
        // Another connection of the same client may have been faster.
        if let Some(user) = gate.find(&key) {
            return Ok(Some(user));
        }
        let forgotten = gate.forgotten();
        let user = users.user(name)?;
        let hash = user.as_ref().map_or(NOBODYS_HASH, |user| &user.password);
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
