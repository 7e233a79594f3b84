//! A manual clock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cdr_model::{Clock, Timestamp};

/// A manual clock. Tests set the wall clock and the ticks independently.
#[derive(Debug, Default)]
pub struct HandClock(Mutex<(Timestamp, Duration)>);

impl HandClock {
    /// Creates a clock at this instant, with zero ticks.
    pub fn at(now: Timestamp) -> HandClock {
        HandClock(Mutex::new((now, Duration::ZERO)))
    }

    /// Advances the wall clock and the ticks.
    pub fn advance(&self, time: Duration) {
        let mut hands = self.hands();
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        *hands = (hands.0.plus_micros(micros), hands.1 + time);
    }

    /// Sets the wall clock. The ticks do not change.
    pub fn set(&self, now: Timestamp) {
        self.hands().0 = now;
    }

    fn hands(&self) -> MutexGuard<'_, (Timestamp, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        self.hands().0
    }

    fn ticks(&self) -> Duration {
        self.hands().1
    }
}
