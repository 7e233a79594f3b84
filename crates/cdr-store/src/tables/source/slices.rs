//! Reads a long result in slices of time, one after the other.
//!
//! A store that is distributed over several nodes collects what all of them find, and sorts it on one before it
//! gives out the first row. A slice is small enough to be sorted in memory, and the next one begins where it ends, so
//! the rows of all slices are those of the result, in its order. All slices are read in one transaction, so that
//! nothing is removed in between.

use std::cell::Cell;
use std::collections::VecDeque;

use cdr_model::{Anchor, CdrField, Timestamp};
use cdr_query::{CdrQuery, SortBy, Test, Window};

/// The number of rows that a slice should have.
const ROWS: u64 = 20_000;
/// The length of the first slice, in microseconds, and the least and the greatest length.
const FIRST: i64 = 3_600_000_000;
const LEAST: i64 = 60_000_000;
const GREATEST: i64 = 86_400_000_000;

/// The times in which a store has calls, in order and without overlap: for each, its first instant and the first one
/// after it.
pub(crate) type Populated = Vec<(Timestamp, Timestamp)>;

/// Whether slices have an advantage: the result comes from several nodes in an order of time for which there is an
/// index. Without a watermark, slices might be from different moments.
pub(super) fn are_useful(query: &CdrQuery) -> bool {
    let one_account = |query: &CdrQuery| {
        query.conditions.iter().any(|condition| {
            condition.field() == CdrField::AccountId
                && match condition.test() {
                    Test::Eq(_) => true,
                    Test::In(accounts) => accounts.len() <= 1,
                    _ => false,
                }
        })
    };
    let by_time = query.order.by == SortBy::Anchor && query.order.keys.is_empty();
    let has_index = matches!(query.window.anchor, Anchor::Start | Anchor::End);
    query.upto.is_some() && by_time && has_index && !one_account(query)
}

/// The slices of a query: the same query over adjacent windows, in the order of the query. How long the next one is
/// follows from the number of rows that the last one had.
pub(super) struct Slices<'a> {
    query: CdrQuery,
    /// What is left of the window: the times with calls, and those between them.
    left: VecDeque<Piece>,
    /// The number of rows read so far, which the reader counts.
    rows: &'a Cell<u64>,
    /// The same when the last slice began.
    before: u64,
    /// Whether the last slice has such a length.
    measured: bool,
    length: i64,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    from: Timestamp,
    until: Timestamp,
    /// Whether the store has calls that start in it.
    populated: bool,
}

impl<'a> Slices<'a> {
    pub(super) fn of(query: &CdrQuery, populated: &Populated, rows: &'a Cell<u64>) -> Slices<'a> {
        let left = pieces(query.window, populated);
        Slices { query: query.clone(), left, rows, before: rows.get(), measured: false, length: FIRST }
    }

    /// Adapts the length to the number of rows that the last slice had.
    fn adapt(&mut self) {
        let had = self.rows.get() - self.before;
        let ideal = i128::from(self.length) * i128::from(ROWS) / i128::from(had.max(1));
        // At most twice as long, since the next hour may be busier.
        let longest = self.length.saturating_mul(2).min(GREATEST);
        self.length = i64::try_from(ideal).unwrap_or(longest).clamp(LEAST, longest);
    }

    /// The next slice of a piece, and what is left of the piece.
    fn cut(&self, piece: Piece) -> (Piece, Option<Piece>) {
        if self.query.order.descending {
            let cut = piece.until.plus_micros(-self.length);
            let whole = !piece.populated || cut <= piece.from;
            return if whole {
                (piece, None)
            } else {
                (Piece { from: cut, ..piece }, Some(Piece { until: cut, ..piece }))
            };
        }
        let cut = piece.from.plus_micros(self.length);
        let whole = !piece.populated || cut >= piece.until;
        if whole { (piece, None) } else { (Piece { until: cut, ..piece }, Some(Piece { from: cut, ..piece })) }
    }

    fn over(&self, from: Timestamp, until: Timestamp) -> CdrQuery {
        CdrQuery { window: Window { from, until, ..self.query.window }, ..self.query.clone() }
    }
}

impl Iterator for Slices<'_> {
    type Item = CdrQuery;

    fn next(&mut self) -> Option<CdrQuery> {
        if self.measured {
            self.adapt();
        }
        self.before = self.rows.get();
        let descending = self.query.order.descending;
        let piece = if descending { self.left.pop_back() } else { self.left.pop_front() }?;
        let (slice, rest) = self.cut(piece);
        match rest {
            Some(rest) if descending => self.left.push_back(rest),
            Some(rest) => self.left.push_front(rest),
            None => {}
        }
        self.measured = slice.populated;
        Some(self.over(slice.from, slice.until))
    }
}

/// A window, divided into the times with calls and those between them. A call may end in a time in which none starts.
fn pieces(window: Window, populated: &Populated) -> VecDeque<Piece> {
    let mut pieces = VecDeque::new();
    let mut at = Timestamp::MIN;
    let mut add = |from: Timestamp, until: Timestamp, populated: bool| {
        let (from, until) = (from.max(window.from), until.min(window.until));
        // Without an upper bound, the window contains `MAX`.
        if from < until || (until == Timestamp::MAX && from == until) {
            pieces.push_back(Piece { from, until, populated });
        }
    };
    for (from, until) in populated {
        add(at, *from, false);
        add(*from, *until, true);
        at = *until;
    }
    add(at, Timestamp::MAX, false);
    pieces
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use cdr_model::{Anchor, Timestamp};
    use cdr_query::{CdrQuery, SortBy, SortOrder, Window};
    use proptest::prelude::*;

    use super::{GREATEST, Populated, ROWS, Slices};

    const HOUR: i64 = 3_600_000_000;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_micros(hours * HOUR)
    }

    fn windows(query: &CdrQuery, populated: &Populated, mut had: impl FnMut(usize) -> u64) -> Vec<Window> {
        let rows = Cell::new(0);
        let slices = Slices::of(query, populated, &rows).take(100_000).enumerate();
        let count = |(n, slice): (usize, CdrQuery)| {
            rows.set(rows.get() + had(n));
            slice.window
        };
        slices.map(count).collect()
    }

    fn bound() -> impl Strategy<Value = Timestamp> {
        prop_oneof![
            8 => (-100i64..2_000).prop_map(at),
            1 => Just(Timestamp::MIN),
            1 => Just(Timestamp::MAX),
        ]
    }

    proptest! {
        /// Whatever the rows: the windows of the slices are adjacent, and together they are the window of the query.
        #[test]
        fn slices_are_the_window_divided(
            bounds in (bound(), bound()),
            mut edges in prop::collection::btree_set(0i64..1_500, 0..8).prop_map(Vec::from_iter),
            rows in prop::collection::vec(prop_oneof![Just(0), 0u64..50, 0u64..5_000_000], 1..50),
            descending in any::<bool>(),
        ) {
            edges.truncate(edges.len() / 2 * 2);
            let populated: Populated = edges.chunks(2).map(|edge| (at(edge[0]), at(edge[1]))).collect();
            let window = Window::new(Anchor::Start, bounds.0.min(bounds.1), bounds.0.max(bounds.1)).unwrap();
            let order = SortOrder::new(SortBy::Anchor, descending);
            let query = CdrQuery { order, ..CdrQuery::over(window) }.at(9);
            let mut all = windows(&query, &populated, |n| rows[n % rows.len()]);
            if descending {
                all.reverse();
            }
            if window.from == window.until && window.until != Timestamp::MAX {
                prop_assert!(all.is_empty());
                return Ok(());
            }
            prop_assert_eq!(all.first().unwrap().from, window.from);
            prop_assert_eq!(all.last().unwrap().until, window.until);
            for pair in all.windows(2) {
                prop_assert_eq!(pair[0].until, pair[1].from);
                prop_assert!(pair[0].from < pair[0].until);
            }
        }
    }

    #[test]
    fn the_length_of_a_slice_follows_the_number_of_rows() {
        let month = vec![(at(0), at(31 * 24))];
        let query = CdrQuery::over(Window::all(Anchor::Start)).at(9);
        let lengths = |had: u64| -> Vec<i64> {
            let all = windows(&query, &month, |_| had);
            // The first slice and the last one are the times before and after the month.
            all[1..all.len() - 1].iter().map(|it| it.until.micros_since(it.from) / 60_000_000).collect()
        };
        assert_eq!(lengths(ROWS)[..4], [60, 60, 60, 60]);
        assert_eq!(lengths(ROWS / 4)[..4], [60, 120, 240, 480]);
        assert_eq!(lengths(ROWS * 10)[..3], [60, 6, 1]);
        assert_eq!(lengths(0)[..7], [60, 120, 240, 480, 960, 1_440, 1_440]);
        assert!(lengths(1).iter().all(|minutes| *minutes <= GREATEST / 60_000_000));
    }
}
