//! The steps of a plan are the window, divided.

use cdr_export::{Cut, PartVersion};
use cdr_model::{Anchor, Timestamp};
use cdr_query::Window;
use proptest::prelude::*;

use super::{HOUR, Scale, Step, steps};

fn bound() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        6 => (-200i64..400).prop_map(|quarters| Timestamp::from_micros(quarters * HOUR / 4)),
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
    ]
}

proptest! {
    /// Each part is either kept or in exactly one window that is read, in the order of the query; what is read and kept does
    /// not overlap; and the ends of the window are read if a part there is not kept.
    #[test]
    fn steps_are_the_window_divided(
        bounds in (bound(), bound()),
        listed in prop::collection::btree_map(-50i64..100, (any::<bool>(), any::<bool>()), 0..40),
        descending in any::<bool>(),
        by_day in any::<bool>(),
    ) {
        let scale = Scale::of(if by_day { Cut::Day } else { Cut::Hour }).unwrap();
        let window = Window::new(Anchor::Start, bounds.0.min(bounds.1), bounds.0.max(bounds.1)).unwrap();
        prop_assume!(window.from < window.until);
        let overlaps = |part: i64| {
            (scale.start(part) < window.until || window.until == Timestamp::MAX) && scale.end(part) > window.from
        };
        let version = |part: i64, may: bool| (may && scale.is_in(part, window)).then_some(PartVersion { number: 1, mark: part });
        let parts: Vec<_> =
            listed.iter().filter(|(part, _)| overlaps(**part)).map(|(part, (may, _))| (*part, version(*part, *may))).collect();
        let is_kept = |part: i64, version: Option<PartVersion>| version.is_some() && listed[&part].1;
        let steps = steps(window, descending, scale, &parts, &is_kept);

        // Every step as a window, in the order of time.
        let mut windows: Vec<(Window, bool)> = steps
            .iter()
            .map(|step| match step {
                Step::Kept(part) => (scale.within(window, *part), true),
                Step::Read(window, _) => (*window, false),
            })
            .collect();
        if descending {
            windows.reverse();
        }
        for pair in windows.windows(2) {
            prop_assert!(pair[0].0.until <= pair[1].0.from, "{windows:?}");
        }
        for (part, version) in &parts {
            let at = scale.within(window, *part);
            let found: Vec<_> =
                windows.iter().filter(|(window, _)| window.from <= at.from && at.until <= window.until).collect();
            prop_assert_eq!(found.len(), 1, "{} {:?}", part, windows);
            prop_assert_eq!(found[0].1, is_kept(*part, *version));
        }
        let kept: Vec<i64> = steps.iter().filter_map(|step| if let Step::Kept(part) = step { Some(*part) } else { None }).collect();
        if kept.is_empty() {
            prop_assert_eq!(windows, vec![(window, false)], "without anything kept, the window is read as it is");
        }
        // The parts that may be kept afterwards are in the window that is read, in the order of the query.
        for step in &steps {
            let Step::Read(read, to_keep) = step else { continue };
            for (part, version) in to_keep {
                prop_assert!(scale.is_in(*part, *read) && version.mark == *part);
            }
            let numbers: Vec<i64> = to_keep.iter().map(|(part, _)| *part).collect();
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            if descending {
                sorted.reverse();
            }
            prop_assert_eq!(numbers, sorted);
        }
    }
}
