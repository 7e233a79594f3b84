//! The doorkeeper: who is it, by name and password, and how often may be tried.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::remembered::Remembered;
use super::{Operator, Operators};
use crate::clock::Clock;
use crate::error::PortError;
use crate::signing_in::{NOBODYS_HASH, PasswordError, Throttle, TooManyAttempts, Turns, verify_password};

/// How a doorkeeper works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoorkeeperOptions {
    /// How long a name and a password that were right are let in without being looked at again. A minute.
    pub remember: Duration,
}

impl Default for DoorkeeperOptions {
    fn default() -> DoorkeeperOptions {
        DoorkeeperOptions { remember: Duration::from_secs(60) }
    }
}

/// Lets operators in by name and password. Cheap to clone; every clone is the same.
///
/// A dialect asks [`remembered`](Doorkeeper::remembered) first; then [`delay`](Doorkeeper::delay), and waits for so long;
/// then [`admit`](Doorkeeper::admit), on a thread that may block. Whoever types wrong passwords waits longer and longer,
/// and an address that goes on is turned away. A name is never locked: anybody could lock out an operator, then.
///
/// What was right is remembered for a while, so an operator who has been removed or changed may go on with the old
/// password for as long as [`DoorkeeperOptions::remember`] says, unless the process is told to
/// [`forget`](Doorkeeper::forget). Only ticks are counted, so it does not matter how the wall clock is set.
#[derive(Clone)]
pub struct Doorkeeper(Arc<Lodge>);

/// How a password is held against a hash.
pub(super) type Verify = Box<dyn Fn(&str, &str) -> Result<bool, PasswordError> + Send + Sync>;

struct Lodge {
    operators: Arc<dyn Operators>,
    clock: Arc<dyn Clock>,
    verify: Verify,
    turns: Turns,
    remembered: Remembered,
    throttle: Mutex<Throttle>,
}

impl Doorkeeper {
    /// For these operators, by this clock.
    pub fn new(operators: Arc<dyn Operators>, clock: Arc<dyn Clock>, options: DoorkeeperOptions) -> Doorkeeper {
        Doorkeeper::verifying(operators, clock, options, Box::new(verify_password))
    }

    /// The same, with another way to verify.
    pub(super) fn verifying(
        operators: Arc<dyn Operators>,
        clock: Arc<dyn Clock>,
        options: DoorkeeperOptions,
        verify: Verify,
    ) -> Doorkeeper {
        let (remembered, throttle) = (Remembered::new(options.remember), Mutex::default());
        let turns = Turns::one_for_each_core();
        Doorkeeper(Arc::new(Lodge { operators, clock, verify, turns, remembered, throttle }))
    }

    /// The operator, if this name and password were right a short while ago. Blocks nobody: the store is not asked, and
    /// nothing is hashed that would take long.
    pub fn remembered(&self, name: &str, password: &str) -> Option<Operator> {
        let pair = self.0.remembered.pair(name, password);
        self.0.remembered.find(&pair, self.0.clock.ticks())
    }

    /// An attempt begins, which ends with [`admit`](Doorkeeper::admit): how long to wait before it. Nothing after up to two
    /// recent failures of this name or this address, then 100 ms, doubling up to 2 s. One failure is forgotten every
    /// 15 s. Names are counted as they were typed, whether somebody has them or not; IPv6 addresses by their /64.
    ///
    /// # Errors
    /// [`TooManyAttempts`] when this address has 30 recent failures, or 256 attempts under way at once.
    pub fn delay(&self, name: &str, address: IpAddr) -> Result<Duration, TooManyAttempts> {
        let now = self.0.clock.ticks();
        self.throttle().begin(name, address, now)
    }

    /// The operator, if there is one of this name and the password is theirs. Blocks for some hundredths of a second, and
    /// longer when more are tried at once than there are cores. A name that nobody has takes as long as any other.
    ///
    /// # Errors
    /// When the operators cannot be read, or what is kept as the password is none. This is no failed attempt.
    pub fn admit(&self, name: &str, password: &str, address: IpAddr) -> Result<Option<Operator>, PortError> {
        let admitted = self.look_up(name, password);
        let now = self.0.clock.ticks();
        let mut throttle = self.throttle();
        throttle.end(address);
        match &admitted {
            Ok(Some(_)) => throttle.succeeded(name, address, now),
            Ok(None) => throttle.failed(name, address, now),
            Err(_) => {}
        }
        admitted
    }

    /// The operator of this name as they are kept now, for a dialect that lets them in by something it gave them. Nobody is
    /// remembered here: who is removed is gone at once.
    ///
    /// # Errors
    /// When the operators cannot be read.
    pub fn known(&self, name: &str) -> Result<Option<Operator>, PortError> {
        self.0.operators.operator(name)
    }

    /// Forgets who was let in a short while ago: from now on everybody is looked at again.
    pub fn forget(&self) {
        self.0.remembered.forget();
    }

    fn look_up(&self, name: &str, password: &str) -> Result<Option<Operator>, PortError> {
        // Each hash takes 19 MiB, so a flood has to queue.
        let _turn = self.0.turns.take();
        let Lodge { operators, clock, verify, remembered, .. } = &*self.0;
        let pair = remembered.pair(name, password);
        // Another connection of the same client may have been faster.
        if let Some(operator) = remembered.find(&pair, clock.ticks()) {
            return Ok(Some(operator));
        }
        let forgotten = remembered.forgotten();
        let operator = operators.operator(name)?;
        let hash = operator.as_ref().map_or(NOBODYS_HASH, |operator| &operator.password);
        let right = verify(password, hash);
        let right =
            right.map_err(|error| PortError::failed(format!("the password of `{name}` cannot be checked"), error))?;
        let operator = operator.filter(|_| right);
        if let Some(operator) = &operator {
            remembered.keep(pair, operator, clock.ticks(), forgotten);
        }
        Ok(operator)
    }

    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 4] {
        self.throttle().sizes()
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.0.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
