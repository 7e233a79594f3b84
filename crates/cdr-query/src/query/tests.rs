//! Tests of windows, watermarks and sort orders.

use cdr_model::{Anchor, Cdr, Timestamp};
use proptest::prelude::*;

use super::CdrQuery;
use crate::order::{SortBy, SortOrder};
use crate::window::Window;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

#[test]
fn windows_include_the_lower_and_exclude_the_upper_bound() {
    let window = Window::new(Anchor::End, at(10), at(20)).unwrap();
    for (ended_at, expected) in [
        (Some(at(10).plus_micros(-1)), false),
        (Some(at(10)), true),
        (Some(at(20).plus_micros(-1)), true),
        (Some(at(20)), false),
        (None, false),
    ] {
        assert_eq!(window.contains(&Cdr { ended_at, ..Cdr::default() }), expected, "{ended_at:?}");
    }
    assert!(Window::all(Anchor::Start).covers(Timestamp::MAX), "no upper bound");
    assert!(Window::new(Anchor::Start, at(2), at(1)).unwrap_err().to_string().contains("before it begins"));
}

#[test]
fn a_watermark_selects_the_versions_current_at_that_time() {
    let query = |upto| CdrQuery { upto, ..CdrQuery::over(Window::all(Anchor::Start)) };
    let version = |number, replaced_by| Cdr { number, replaced_by, ..Cdr::default() };
    for (number, replaced_by, upto, expected) in [
        (5, None, None, true),
        (5, Some(7), None, false),
        (5, None, Some(4), false),
        (5, None, Some(5), true),
        (5, Some(7), Some(6), true),
        (5, Some(7), Some(7), false),
    ] {
        assert_eq!(query(upto).matches(&version(number, replaced_by)), expected, "{number} {replaced_by:?} {upto:?}");
    }
}

proptest! {
    #[test]
    fn adjacent_windows_neither_overlap_nor_leave_gaps(
        mut bounds in prop::collection::vec(-50i64..50, 2..8), instant in -60i64..60
    ) {
        bounds.sort_unstable();
        let call = Cdr { started_at: at(instant), ..Cdr::default() };
        let windows = bounds.windows(2).map(|pair| Window::new(Anchor::Start, at(pair[0]), at(pair[1])).unwrap());
        let holding = windows.filter(|window| window.contains(&call)).count();
        let whole = Window::new(Anchor::Start, at(bounds[0]), at(bounds[bounds.len() - 1])).unwrap();
        prop_assert_eq!(holding, usize::from(whole.contains(&call)));
    }

    #[test]
    fn every_order_is_total(
        calls in prop::collection::vec((0i64..4, 1i64..9), 2..8), descending in any::<bool>(), by_number in any::<bool>()
    ) {
        let order = SortOrder::new(if by_number { SortBy::Number } else { SortBy::Anchor }, descending);
        let window = Window::all(Anchor::Start);
        for left in &calls {
            for right in &calls {
                let call = |(start, number): &(i64, i64)| Cdr { number: *number, started_at: at(*start), ..Cdr::default() };
                let compared = order.compare(&window, &call(left), &call(right));
                prop_assert_eq!(compared.reverse(), order.compare(&window, &call(right), &call(left)));
                let same = if by_number { left.1 == right.1 } else { left == right };
                prop_assert_eq!(compared.is_eq(), same);
            }
        }
    }
}
