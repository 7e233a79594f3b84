//! What time it is, and how much of it went by: two questions with two answers.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::timestamp::Timestamp;

/// A clock. Wall clocks may jump, so they only say what to print; what has to wait asks for ticks.
pub trait Clock: Send + Sync {
    /// What the wall clock shows.
    fn now(&self) -> Timestamp;

    /// Time since some moment before, that never goes back.
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
