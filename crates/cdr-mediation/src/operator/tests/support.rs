//! A door with a clock that is set by hand and passwords that are not hashed.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cdr_model::Timestamp;

use crate::clock::Clock;
use crate::memory::MemoryOperators;
use crate::operator::{Doorkeeper, DoorkeeperOptions, Operator, Role};
use crate::signing_in::TooManyAttempts;

/// A clock that is set by hand.
#[derive(Default)]
pub(super) struct HandClock(Mutex<Duration>);

impl HandClock {
    pub(super) fn goes_by(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        panic!("the doorkeeper must not look at the wall clock")
    }

    fn ticks(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// A door where alice and bob may go in, with their names backwards.
pub(super) struct Door {
    pub(super) clock: Arc<HandClock>,
    pub(super) operators: Arc<MemoryOperators>,
    pub(super) keeper: Doorkeeper,
    verified: Arc<AtomicUsize>,
}

impl Door {
    pub(super) fn new() -> Door {
        let operators = [plain("alice", "ecila"), plain("bob", "bob")];
        let (clock, operators) = (Arc::<HandClock>::default(), Arc::new(MemoryOperators::of(operators)));
        let verified = Arc::<AtomicUsize>::default();
        let count = verified.clone();
        let verify = move |password: &str, hash: &str| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(password == hash)
        };
        let options = DoorkeeperOptions::default();
        let keeper = Doorkeeper::verifying(operators.clone(), clock.clone(), options, Box::new(verify));
        Door { clock, operators, keeper, verified }
    }

    /// How many passwords were held against a hash.
    pub(super) fn verified(&self) -> usize {
        self.verified.load(Ordering::Relaxed)
    }

    /// One attempt: how long it had to wait (which takes no time here), and whether it was let in.
    pub(super) fn tries(&self, name: &str, password: &str, address: &str) -> Result<(Duration, bool), TooManyAttempts> {
        let delay = self.keeper.delay(name, ip(address))?;
        let operator = self.keeper.admit(name, password, ip(address)).unwrap();
        assert!(operator.as_ref().is_none_or(|operator| operator.name == name));
        Ok((delay, operator.is_some()))
    }

    /// So many wrong attempts; how long each had to wait, in milliseconds.
    pub(super) fn fails(&self, times: usize, name: &str, address: &str) -> Vec<u128> {
        let wrong = |_| {
            let (delay, admitted) = self.tries(name, "wrong", address).unwrap();
            assert!(!admitted);
            delay.as_millis()
        };
        (0..times).map(wrong).collect()
    }

    /// How long an attempt would have to wait, in milliseconds. It is made and fails for reasons of its own.
    pub(super) fn delay(&self, name: &str, address: &str) -> u128 {
        self.keeper.delay(name, ip(address)).unwrap().as_millis()
    }
}

/// An operator whose password is kept as it is.
pub(super) fn plain(name: &str, password: &str) -> Operator {
    Operator { name: name.into(), password: password.into(), roles: [Role::Auditor].into() }
}

pub(super) fn ip(address: &str) -> IpAddr {
    address.parse().unwrap()
}
