//! Logins, and a keeper with a clock that is set by hand.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cdr_model::Timestamp;

use crate::clock::Clock;
use crate::login::{Login, LoginKeeper};
use crate::memory::MemoryLogins;
use crate::signing_in::hash_password;

pub(super) const HERE: &str = "192.0.2.1";

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
        panic!("the keeper must not look at the wall clock")
    }

    fn ticks(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// Everything there is in one test.
pub(super) struct Home {
    pub(super) clock: Arc<HandClock>,
    pub(super) logins: Arc<MemoryLogins>,
    pub(super) keeper: LoginKeeper,
}

impl Home {
    pub(super) fn of(logins: impl IntoIterator<Item = Login>) -> Home {
        let (clock, logins) = (Arc::<HandClock>::default(), Arc::new(MemoryLogins::of(logins)));
        let keeper = LoginKeeper::new(logins.clone(), clock.clone());
        Home { clock, logins, keeper }
    }

    /// Whether somebody is let in.
    pub(super) fn admits(&self, login: &str, password: &str, address: &str) -> bool {
        let admitted = self.keeper.admit(login, password, ip(address)).unwrap();
        assert!(admitted.as_ref().is_none_or(|admitted| admitted.login == login));
        admitted.is_some()
    }

    /// How long an attempt has to wait, in milliseconds.
    pub(super) fn delay(&self, login: &str, address: &str) -> u128 {
        self.keeper.delay(login, ip(address)).as_millis()
    }
}

/// A login with an argon2id hash.
pub(super) fn login(name: &str, password: &str) -> Login {
    Login::new(name, hash_password(password).unwrap(), 7)
}

pub(super) fn ip(address: &str) -> IpAddr {
    address.parse().unwrap()
}
