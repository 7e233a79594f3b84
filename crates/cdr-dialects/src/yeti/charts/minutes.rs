//! Calls by the minute: concurrent calls, and calls that started.

use cdr_model::{Cdr, Timestamp};

const MINUTE: i64 = 60_000_000;

/// The counts of each minute of a span.
pub(super) struct Minutes {
    /// The first minute, counted from 1970.
    first: i64,
    /// The change of each minute from the previous one, or the count of each minute.
    counts: Vec<i64>,
}

impl Minutes {
    /// The minutes that begin between two instants, both included, for concurrent calls.
    pub(super) fn beginning_in(from: Timestamp, to: Timestamp) -> Minutes {
        Minutes::between(ceil(from), floor(to))
    }

    /// The minutes that overlap the time between two instants, both included, for calls that started.
    pub(super) fn touching(from: Timestamp, to: Timestamp) -> Minutes {
        Minutes::between(floor(from), floor(to))
    }

    fn between(first: i64, last: i64) -> Minutes {
        Minutes { first, counts: vec![0; usize::try_from(last - first + 1).unwrap_or(0)] }
    }

    /// Counts a call at the beginning of each minute from its start up to, but not including, its end.
    pub(super) fn lasts(&mut self, call: &Cdr) {
        let (from, until) = (ceil(call.started_at) - self.first, ceil(end(call)) - self.first);
        let place = |at: i64| usize::try_from(at.max(0)).unwrap_or(usize::MAX);
        if let Some(count) = self.counts.get_mut(place(from)) {
            *count += 1;
            if let Some(count) = self.counts.get_mut(place(until.max(from))) {
                *count -= 1;
            }
        }
    }

    /// Counts a call in the minute in which it started.
    pub(super) fn begins(&mut self, call: &Cdr) {
        let at = usize::try_from(floor(call.started_at) - self.first).ok();
        if let Some(count) = at.and_then(|at| self.counts.get_mut(at)) {
            *count += 1;
        }
    }

    /// Concurrent calls at the beginning of every minute.
    pub(super) fn at_once(&self) -> impl Iterator<Item = (Timestamp, i64)> {
        let mut calls = 0;
        self.all().map(move |(at, change)| {
            calls += change;
            (at, calls)
        })
    }

    /// Calls per second in the minutes in which any started, in thousandths, rounded.
    pub(super) fn per_second(&self) -> impl Iterator<Item = (Timestamp, i64)> {
        self.all().filter(|(_, calls)| *calls > 0).map(|(at, calls)| (at, (calls * 1000 + 30) / 60))
    }

    fn all(&self) -> impl Iterator<Item = (Timestamp, i64)> {
        let minutes = (self.first..).map(|minute| Timestamp::from_micros(minute.saturating_mul(MINUTE)));
        minutes.zip(self.counts.iter().copied())
    }
}

/// The end of a call as far as it is known. A call without a known end ends at its start.
fn end(call: &Cdr) -> Timestamp {
    let talked = || Some(call.connected_at?.plus_micros(call.talk_us?));
    call.ended_at.or_else(talked).unwrap_or(call.started_at)
}

fn floor(at: Timestamp) -> i64 {
    at.micros().div_euclid(MINUTE)
}

fn ceil(at: Timestamp) -> i64 {
    floor(at) + i64::from(at.micros().rem_euclid(MINUTE) > 0)
}

#[cfg(test)]
mod tests {
    use cdr_model::{Cdr, Timestamp};
    use proptest::prelude::*;

    use super::Minutes;

    fn call(start: i64, end: Option<i64>) -> Cdr {
        Cdr { started_at: Timestamp::from_seconds(start), ended_at: end.map(Timestamp::from_seconds), ..Cdr::default() }
    }

    #[test]
    fn a_call_counts_from_its_start_until_before_its_end() {
        // Minutes 1 to 3 of 1970.
        let points = |calls: &[Cdr]| {
            let mut minutes = Minutes::beginning_in(Timestamp::from_seconds(60), Timestamp::from_seconds(180));
            calls.iter().for_each(|call| minutes.lasts(call));
            minutes.at_once().map(|(_, calls)| calls).collect::<Vec<_>>()
        };
        for (start, end, expected) in [
            (60, Some(61), [1, 0, 0]),
            (61, Some(119), [0, 0, 0]),
            (61, Some(120), [0, 0, 0]),
            (60, Some(121), [1, 1, 0]),
            (0, Some(600), [1, 1, 1]),
            (0, Some(30), [0, 0, 0]),
            (180, Some(600), [0, 0, 1]),
            (181, Some(600), [0, 0, 0]),
            (60, None, [0, 0, 0]),
            // An end before the start must not decrease the count.
            (120, Some(60), [0, 0, 0]),
        ] {
            assert_eq!(points(&[call(start, end)]), expected, "{start} {end:?}");
        }
        let talked =
            Cdr { connected_at: Some(Timestamp::from_seconds(90)), talk_us: Some(60_000_000), ..call(60, None) };
        assert_eq!(points(&[talked]), [1, 1, 0]);
    }

    #[test]
    fn a_minute_without_calls_has_no_point() {
        let mut minutes = Minutes::touching(Timestamp::from_seconds(30), Timestamp::from_seconds(180));
        for start in [30, 59, 125, 125, 125, 179, 180, 181, 181, 240] {
            minutes.begins(&call(start, None));
        }
        let points: Vec<_> = minutes.per_second().collect();
        let at = Timestamp::from_seconds;
        assert_eq!(points, [(at(0), 33), (at(120), 67), (at(180), 50)]);
    }

    #[test]
    fn a_span_that_ends_before_it_begins_has_no_minutes() {
        let minutes = Minutes::touching(Timestamp::from_seconds(600), Timestamp::from_seconds(60));
        assert_eq!((minutes.at_once().count(), minutes.per_second().count()), (0, 0));
    }

    proptest! {
        #[test]
        fn each_minute_counts_the_concurrent_calls(
            calls in prop::collection::vec((0i64..900, 0i64..600), 0..30), from in 0i64..900, length in 0i64..900
        ) {
            let (from, to) = (from, from + length);
            let mut minutes = Minutes::beginning_in(Timestamp::from_seconds(from), Timestamp::from_seconds(to));
            calls.iter().for_each(|(start, lasting)| minutes.lasts(&call(*start, Some(start + lasting))));
            let counted: Vec<_> = minutes.at_once().map(|(at, count)| (at.micros() / 1_000_000, count)).collect();
            let expected: Vec<_> = (from..=to).filter(|at| at % 60 == 0).map(|at| {
                let active = calls.iter().filter(|(start, lasting)| *start <= at && at < start + lasting);
                (at, active.count() as i64)
            }).collect();
            prop_assert_eq!(counted, expected);
        }
    }
}
