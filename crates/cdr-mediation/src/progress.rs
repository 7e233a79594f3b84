//! The progress of an export.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The current step of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Counting the rows to be written.
    #[default]
    Counting,
    /// Writing calls.
    Calls,
    /// Writing conferences.
    Conferences,
    /// Writing the rest and closing the file.
    Finishing,
}

/// The progress of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The current step.
    pub step: Step,
    /// The number of rows written so far, in all sheets.
    pub rows: u64,
    /// The total number of rows, as counted before writing started.
    pub expected: u64,
    /// The time since the export started.
    pub elapsed: Duration,
}

impl Progress {
    /// The estimated remaining time at the current rate; `None` while it cannot be estimated.
    pub fn remaining(&self) -> Option<Duration> {
        let left = self.expected.saturating_sub(self.rows);
        match self.step {
            Step::Counting => None,
            _ if left == 0 => Some(Duration::ZERO),
            _ if self.rows == 0 => None,
            _ => Some(Duration::from_secs_f64(self.elapsed.as_secs_f64() * left as f64 / self.rows as f64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Progress, Step};

    #[test]
    fn the_remaining_time_follows_from_the_rows_so_far() {
        let at = |step, rows, expected| Progress { step, rows, expected, elapsed: Duration::from_secs(10) };
        for (progress, left) in [
            (at(Step::Counting, 0, 0), None),
            (at(Step::Calls, 0, 100), None),
            (at(Step::Calls, 20, 100), Some(40)),
            (at(Step::Conferences, 100, 100), Some(0)),
            // More rows than were counted before do not give a negative time.
            (at(Step::Finishing, 101, 100), Some(0)),
        ] {
            assert_eq!(progress.remaining().map(|left| left.as_secs()), left, "{progress:?}");
        }
    }
}
