//! Targets: what a figure has to reach, what it is meant to reach, and whether it does.

use std::fmt;

/// A bound that a figure must keep, and one that is the aim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// The more, the better, such as how many times as fast.
    AtLeast {
        /// What has to be reached.
        must: f64,
        /// What is meant to be reached.
        aim: f64,
    },
    /// The less, the better, such as mebibytes.
    AtMost {
        /// What has to be kept.
        must: f64,
        /// What is meant to be kept.
        aim: f64,
    },
}

/// Which bound a figure keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The aim, and so the must.
    Aim,
    /// The must, but not the aim.
    Must,
    /// Neither of the two, or there is no figure.
    Missed,
}

impl Target {
    /// Which bound a figure keeps. One that is not a number keeps none.
    pub fn verdict(self, figure: f64) -> Verdict {
        let keeps = |bound: f64| match self {
            Target::AtLeast { .. } => figure >= bound,
            Target::AtMost { .. } => figure <= bound,
        };
        let (must, aim) = self.bounds();
        match (keeps(must), keeps(aim)) {
            (_, true) => Verdict::Aim,
            (true, false) => Verdict::Must,
            (false, false) => Verdict::Missed,
        }
    }

    /// The must and the aim.
    pub fn bounds(self) -> (f64, f64) {
        match self {
            Target::AtLeast { must, aim } | Target::AtMost { must, aim } => (must, aim),
        }
    }

    /// The sign in front of a bound.
    pub fn sign(self) -> &'static str {
        match self {
            Target::AtLeast { .. } => "≥",
            Target::AtMost { .. } => "≤",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Verdict::Aim => "aim reached",
            Verdict::Must => "must reached",
            Verdict::Missed => "not reached",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_keeps_the_aim_the_must_or_neither() {
        let fast = Target::AtLeast { must: 4.0, aim: 7.0 };
        let small = Target::AtMost { must: 64.0, aim: 32.0 };
        for (target, figure, verdict) in [
            (fast, 3.99, Verdict::Missed),
            (fast, 4.0, Verdict::Must),
            (fast, 7.0, Verdict::Aim),
            (fast, f64::NAN, Verdict::Missed),
            (small, 64.1, Verdict::Missed),
            (small, 64.0, Verdict::Must),
            (small, -1.0, Verdict::Aim),
            (small, f64::NAN, Verdict::Missed),
        ] {
            assert_eq!(target.verdict(figure), verdict, "{target:?} {figure}");
        }
    }
}
