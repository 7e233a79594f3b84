//! The gate for all attempts to sign in: delays, counted results, and cached successes.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cdr_model::Clock;

use crate::remembered::{Key, Remembered};
use crate::throttle::{Throttle, TooManyAttempts};

/// Failures, attempts in progress, and recently verified credentials, each with a `T`.
pub(crate) struct Gate<T> {
    clock: Arc<dyn Clock>,
    throttle: Mutex<Throttle>,
    remembered: Remembered<T>,
}

impl<T: Clone> Gate<T> {
    /// A gate that caches verified credentials for `keep`.
    pub(crate) fn new(clock: Arc<dyn Clock>, keep: Duration) -> Gate<T> {
        Gate { clock, throttle: Mutex::default(), remembered: Remembered::new(keep) }
    }

    /// The ticks of the clock for delays.
    pub(crate) fn ticks(&self) -> Duration {
        self.clock.ticks()
    }

    /// How long an attempt has to wait, for authenticators that never refuse an attempt.
    pub(crate) fn delay(&self, name: &str, address: IpAddr) -> Duration {
        self.throttle().delay(name, address, self.ticks())
    }

    /// Starts an attempt, which ends with [`Gate::admit`], and returns how long it has to wait.
    ///
    /// # Errors
    /// [`TooManyAttempts`].
    pub(crate) fn begin(&self, name: &str, address: IpAddr) -> Result<Duration, TooManyAttempts> {
        self.throttle().begin(name, address, self.ticks())
    }

    /// Whether an attempt in progress may still be looked up: attempts that began together may have failed since.
    ///
    /// # Errors
    /// [`TooManyAttempts`].
    pub(crate) fn check(&self, address: IpAddr) -> Result<(), TooManyAttempts> {
        self.throttle().check(address, self.ticks())
    }

    /// Runs a look-up and counts the result. An error does not count as a failed attempt.
    ///
    /// # Errors
    /// Those of the look-up.
    pub(crate) fn admit<U, E>(
        &self,
        name: &str,
        address: IpAddr,
        look_up: impl FnOnce() -> Result<Option<U>, E>,
    ) -> Result<Option<U>, E> {
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

    /// The cache key of credentials: a name and a password, or a text and an address.
    pub(crate) fn key(&self, first: &[u8], second: &[u8]) -> Key {
        self.remembered.key(first, second)
    }

    /// The cached value of these credentials.
    pub(crate) fn find(&self, key: &Key) -> Option<T> {
        self.remembered.find(key, self.ticks())
    }

    /// How often the cache was cleared; see [`Gate::remember`].
    pub(crate) fn forgotten(&self) -> u64 {
        self.remembered.forgotten()
    }

    /// Caches verified credentials, unless the cache was cleared since [`Gate::forgotten`] returned this number.
    pub(crate) fn remember(&self, key: Key, value: T, forgotten: u64) {
        self.remembered.keep(key, value, self.ticks(), forgotten);
    }

    /// Removes credentials from the cache.
    pub(crate) fn forget(&self, key: &Key) {
        self.remembered.remove(key);
    }

    /// Clears the cache.
    pub(crate) fn forget_all(&self) {
        self.remembered.clear();
    }

    /// The numbers of stored names, addresses, pairs of both, and addresses with attempts in progress.
    #[cfg(test)]
    pub(crate) fn sizes(&self) -> [usize; 4] {
        self.throttle().sizes()
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
