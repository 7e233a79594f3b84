//! Clocks: the time of day, and monotonic time for measuring durations.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::timestamp::Timestamp;

/// A clock. The wall clock may jump, so it is used for printed and stored times only. Delays and timeouts use ticks.
pub trait Clock: Send + Sync {
    /// The wall clock time.
    fn now(&self) -> Timestamp;

    /// Monotonic time since an arbitrary moment in the past.
    fn ticks(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    began: Instant,
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock { began: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = SystemTime::now();
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(match now.duration_since(UNIX_EPOCH) {
            Ok(since) => micros(since),
            Err(before) => -micros(before.duration()),
        })
    }

    fn ticks(&self) -> Duration {
        self.began.elapsed()
    }
}
