//! Which part of a window the rollup covers.

use std::ops::RangeInclusive;

use cdr_model::Timestamp;
use cdr_query::Window;

use super::HOUR;

/// A part of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Whole hours, which the rollup covers.
    Hours(RangeInclusive<i64>),
    /// Its calls have to be read.
    Calls(Window),
}

/// The whole hours of a window; `None` if it has none.
pub(super) fn whole_hours(window: Window) -> Option<RangeInclusive<i64>> {
    let (from, until) = (window.from.micros(), window.until.micros());
    let first = from.div_euclid(HOUR) + i64::from(window.from != Timestamp::MIN && from.rem_euclid(HOUR) != 0);
    // Without an upper bound, the window contains the last instant.
    let last = if window.until == Timestamp::MAX { until.div_euclid(HOUR) } else { until.div_euclid(HOUR) - 1 };
    (first <= last).then_some(first..=last)
}

/// The pieces of a window with these whole hours, of which the rollup does not cover some, which are given in order. The
/// pieces are in order of time.
pub(super) fn pieces(window: Window, hours: &RangeInclusive<i64>, uncovered: &[i64]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = window.from;
    let mut next = *hours.start();
    for hour in uncovered {
        if next < *hour {
            let calls = Window { from, until: start(next), ..window };
            pieces.extend((calls.from < calls.until).then_some(Piece::Calls(calls)));
            pieces.push(Piece::Hours(next..=hour - 1));
            from = start(*hour);
        }
        next = hour + 1;
    }
    if next <= *hours.end() {
        let calls = Window { from, until: start(next), ..window };
        pieces.extend((calls.from < calls.until).then_some(Piece::Calls(calls)));
        pieces.push(Piece::Hours(next..=*hours.end()));
        if window.until == Timestamp::MAX {
            return pieces;
        }
        from = start(hours.end() + 1);
    }
    let calls = Window { from, ..window };
    pieces.extend((calls.from < calls.until || calls.until == Timestamp::MAX).then_some(Piece::Calls(calls)));
    pieces
}

/// The start of an hour. The first hour of all begins before the first instant.
pub(super) fn start(hour: i64) -> Timestamp {
    Timestamp::from_micros(hour.saturating_mul(HOUR))
}

/// The first instant after an hour.
pub(super) fn end(hour: i64) -> Timestamp {
    start(hour.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use cdr_model::Anchor;
    use proptest::prelude::*;

    use super::*;

    fn bound() -> impl Strategy<Value = Timestamp> {
        prop_oneof![
            6 => (-20 * HOUR..20 * HOUR).prop_map(Timestamp::from_micros),
            6 => (-20i64..20).prop_map(start),
            1 => Just(Timestamp::MIN),
            1 => Just(Timestamp::MAX),
        ]
    }

    proptest! {
        /// The pieces are the window divided, and those of the rollup are exactly the whole hours that it covers.
        #[test]
        fn pieces_are_the_window_divided(
            bounds in (bound(), bound()),
            uncovered in prop::collection::btree_set(-22i64..22, 0..12),
        ) {
            let window = Window::new(Anchor::Start, bounds.0.min(bounds.1), bounds.0.max(bounds.1)).unwrap();
            let Some(hours) = whole_hours(window) else {
                prop_assert!(window.until.micros_since(window.from) < 2 * HOUR);
                return Ok(());
            };
            let uncovered: Vec<i64> = uncovered.into_iter().filter(|hour| hours.contains(hour)).collect();
            let pieces = pieces(window, &hours, &uncovered);
            let mut at = Some(window.from);
            for piece in &pieces {
                let (from, until) = match piece {
                    Piece::Hours(hours) => {
                        prop_assert!(uncovered.iter().all(|hour| !hours.contains(hour)));
                        (start(*hours.start()), end(*hours.end()))
                    }
                    Piece::Calls(calls) => {
                        let mut inside = (-25..25).filter(|hour| hours.contains(hour));
                        let is_in = |hour: i64| start(hour) >= calls.from && end(hour) <= calls.until;
                        prop_assert!(inside.all(|hour| !is_in(hour) || uncovered.contains(&hour)), "{calls:?}");
                        (calls.from, calls.until)
                    }
                };
                prop_assert_eq!(at, Some(from));
                at = Some(until);
            }
            prop_assert_eq!(at, Some(window.until));
        }
    }
}
