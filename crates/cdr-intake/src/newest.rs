//! Checks the times of the newest records of a source: their keys may state the second at which they began.

use cdr_model::{Timestamp, Zone};

use crate::clock::ClockCheck;
use crate::feed::Feed;

/// What an operator should know about the times of the newest records of a source, which are given by their natural keys and
/// their starts: how far they are from what their keys state. `None` if most agree with their keys, or if the keys of the
/// feed state no time.
pub fn check_newest(feed: &dyn Feed, records: &[(String, Timestamp)]) -> Option<String> {
    let mut clock = ClockCheck::default();
    for (key, start) in records {
        if let Some(stated) = feed.stated_second(key) {
            // The starts are in UTC, so what remains is what is wrong.
            clock.add(*start, 0, stated);
        }
    }
    let found = clock.disagreement()?;
    let errors = found.offsets.iter().map(told).collect::<Vec<_>>().join(" or ");
    let witnesses = found.witnesses();
    Some(format!("{witnesses} that its newest records are {errors}: its zone was wrong when they were loaded"))
}

/// An error of times, in words.
fn told(offset: &Zone) -> String {
    let seconds = offset.offset_at(Timestamp::from_seconds(0));
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    format!("{hours}:{minutes:02} h too {}", if seconds < 0 { "early" } else { "late" })
}

#[cfg(test)]
mod tests {
    use cdr_model::Timestamp;

    use super::check_newest;
    use crate::feed::feed_named;

    #[test]
    fn times_that_are_not_those_of_the_keys_are_told() {
        let key = |number: i64| format!("1795255200.{number}/2026-11-21 11:00:00/x");
        let starts = |errors: &[i64]| -> Vec<(String, Timestamp)> {
            let start = |error: &i64| Timestamp::from_seconds(1_795_255_200 + error);
            errors.iter().zip(1..).map(|(error, number)| (key(number), start(error))).collect()
        };
        let told = |feed, errors: &[i64]| check_newest(feed_named(feed).unwrap(), &starts(errors)).unwrap_or_default();
        for (errors, expected) in [
            (&[][..], ""),
            (&[0, 1, 5], ""),
            (&[3600], "the uniqueid says that its newest records are 1:00 h too late"),
            (&[-12_600, -12_599, 0], "2 of 3 uniqueids say that its newest records are 3:30 h too early"),
        ] {
            let expected = expected.to_owned();
            let end = if expected.is_empty() { "" } else { ": its zone was wrong when they were loaded" };
            assert_eq!(told("asterisk-csv", errors), expected + end, "{errors:?}");
            assert_eq!(told("native", errors), "", "{errors:?}");
        }
    }
}
