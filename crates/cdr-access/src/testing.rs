//! A manual clock and addresses for tests.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

use cdr_model::{Clock, Timestamp};

/// The address of most attempts.
pub(crate) const HERE: &str = "192.0.2.1";

/// A manual clock.
#[derive(Default)]
pub(crate) struct HandClock(Mutex<Duration>);

impl HandClock {
    pub(crate) fn advance(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        panic!("an authenticator must not use the wall clock")
    }

    fn ticks(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn ip(address: &str) -> IpAddr {
    address.parse().unwrap()
}
