//! How far an export has come.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What is being done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Counting what there will be.
    #[default]
    Counting,
    /// Writing calls.
    Calls,
    /// Writing conferences.
    Conferences,
    /// Writing what is left, and closing the file.
    Finishing,
}

/// How far an export has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// Rows handed to the file so far, over all sheets.
    pub rows: u64,
    /// Rows there will be, as counted before it began.
    pub expected: u64,
    /// How long it has been at it.
    pub elapsed: Duration,
}

impl Progress {
    /// How long it will take, if it goes on as it went; `None` while that cannot be said.
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
    fn time_left_follows_from_the_rows_so_far() {
        let at = |step, rows, expected| Progress { step, rows, expected, elapsed: Duration::from_secs(10) };
        for (progress, left) in [
            (at(Step::Counting, 0, 0), None),
            (at(Step::Calls, 0, 100), None),
            (at(Step::Calls, 20, 100), Some(40)),
            (at(Step::Conferences, 100, 100), Some(0)),
            // Rows are counted first; what a source finds afterwards is not less than nothing.
            (at(Step::Finishing, 101, 100), Some(0)),
        ] {
            assert_eq!(progress.remaining().map(|left| left.as_secs()), left, "{progress:?}");
        }
    }
}
