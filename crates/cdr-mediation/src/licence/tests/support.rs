//! Licences in memory, and a keeper with a clock that is set by hand.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cdr_model::Timestamp;

use crate::clock::Clock;
use crate::licence::{LicenceKeeper, LicenceScope, LicenceText};
use crate::memory::{MemoryLicences, MemorySecrets};

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
    pub(super) licences: Arc<MemoryLicences>,
    pub(super) keeper: LicenceKeeper,
}

impl Home {
    /// With licences for environment 1, by name and text.
    pub(super) fn of<const N: usize>(licences: [(&str, &str); N]) -> Home {
        let (clock, kept) = (Arc::<HandClock>::default(), Arc::<MemoryLicences>::default());
        let keeper = LicenceKeeper::new(kept.clone(), Arc::new(MemorySecrets::default()), clock.clone());
        for (name, licence) in licences {
            keeper.add(name, &text(licence), LicenceScope::Environment(1)).unwrap();
        }
        Home { clock, licences: kept, keeper }
    }

    /// The name of the licence that lets in.
    pub(super) fn admits(&self, licence: &str, address: &str) -> Option<String> {
        self.keeper.admit(licence, ip(address)).unwrap().map(|licence| licence.name)
    }

    /// How long a request has to wait, in milliseconds.
    pub(super) fn delay(&self, licence: &str, address: &str) -> u128 {
        self.keeper.delay(licence, ip(address)).as_millis()
    }
}

pub(super) fn text(licence: &str) -> LicenceText {
    LicenceText::brought(licence).unwrap()
}

pub(super) fn ip(address: &str) -> IpAddr {
    address.parse().unwrap()
}
