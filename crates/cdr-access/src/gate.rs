//! The gate that every attempt to sign in passes: how long it waits, how its result counts, and what was right lately.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cdr_model::{Clock, PortError};

use crate::remembered::{Key, Remembered};
use crate::throttle::{Throttle, TooManyAttempts};

/// Failures, attempts under way, and the credentials that were right lately, each with a `T`.
pub(crate) struct Gate<T> {
    clock: Arc<dyn Clock>,
    throttle: Mutex<Throttle>,
    remembered: Remembered<T>,
}

impl<T: Clone> Gate<T> {
    /// Remembers what was right for `keep`.
    pub(crate) fn new(clock: Arc<dyn Clock>, keep: Duration) -> Gate<T> {
        Gate { clock, throttle: Mutex::default(), remembered: Remembered::new(keep) }
    }

    /// The time of the clock that delays are measured by.
    pub(crate) fn ticks(&self) -> Duration {
        self.clock.ticks()
    }

    /// How long an attempt has to wait, where nobody is ever turned away.
    pub(crate) fn delay(&self, name: &str, address: IpAddr) -> Duration {
        self.throttle().delay(name, address, self.ticks())
    }

    /// An attempt begins, which ends with [`Gate::admit`]; returns how long it has to wait.
    ///
    /// # Errors
    /// [`TooManyAttempts`].
    pub(crate) fn begin(&self, name: &str, address: IpAddr) -> Result<Duration, TooManyAttempts> {
        self.throttle().begin(name, address, self.ticks())
    }

    /// Looks somebody up and counts the result. An error is no failed attempt.
    ///
    /// # Errors
    /// Those of the look-up.
    pub(crate) fn admit<U>(
        &self,
        name: &str,
        address: IpAddr,
        look_up: impl FnOnce() -> Result<Option<U>, PortError>,
    ) -> Result<Option<U>, PortError> {
        let admitted = look_up();
        let now = self.ticks();
        let mut throttle = self.throttle();
        throttle.end(address);
        match &admitted {
            Ok(Some(_)) => throttle.succeeded(name, address, now),
            Ok(None) => throttle.failed(name, address, now),
            Err(_) => {}
        }
        admitted
    }

    /// How credentials are remembered: a name and a password, or a text and where it came from.
    pub(crate) fn key(&self, first: &[u8], second: &[u8]) -> Key {
        self.remembered.key(first, second)
    }

    /// What is remembered of these credentials.
    pub(crate) fn find(&self, key: &Key) -> Option<T> {
        self.remembered.find(key, self.ticks())
    }

    /// How often everything was forgotten; see [`Gate::remember`].
    pub(crate) fn forgotten(&self) -> u64 {
        self.remembered.forgotten()
    }

    /// Remembers credentials that were right, unless everything was forgotten since [`Gate::forgotten`] returned this number.
    pub(crate) fn remember(&self, key: Key, value: T, forgotten: u64) {
        self.remembered.keep(key, value, self.ticks(), forgotten);
    }

    /// Forgets credentials.
    pub(crate) fn forget(&self, key: &Key) {
        self.remembered.remove(key);
    }

    /// Forgets all credentials.
    pub(crate) fn forget_all(&self) {
        self.remembered.clear();
    }

    /// How many names, addresses, both together, and addresses with attempts under way are kept.
    #[cfg(test)]
    pub(crate) fn sizes(&self) -> [usize; 4] {
        self.throttle().sizes()
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
