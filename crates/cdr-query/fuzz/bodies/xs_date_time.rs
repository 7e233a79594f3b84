// Invariants for any input. The fuzz target and, on stable, `src/grammar/tests/fuzzed.rs` include this file.

use cdr_model::{LocalZone, Zone};
use cdr_query::grammar::{Rounding, XsDateTime, XsdVersion, read_bound};

/// Panics if an invariant of the grammar is violated.
fn body(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // This zone has had gaps over midnight.
    let zone = "America/Sao_Paulo".parse::<Zone>().expect("the zone exists");
    let local = LocalZone::new(zone);
    let old = XsDateTime::parse_as(&text, XsdVersion::V1_0);
    let new = XsDateTime::parse_as(&text, XsdVersion::V1_1);
    match new {
        Ok(value) => {
            if let Ok(old) = old {
                assert_eq!(old, value, "both versions read the same value");
            } else {
                assert!(text.starts_with("0000-") || text.starts_with("-0000-"), "1.0 refuses year zero only");
            }
            let printed = value.to_string();
            let again = XsDateTime::parse_as(&printed, XsdVersion::V1_1);
            assert_eq!(again, Ok(value), "{text} reads back");
            assert_eq!(again.map(|again| again.to_string()), Ok(printed), "the printed form is canonical");

            let down = value.to_timestamp(&local, Rounding::Down);
            let up = value.to_timestamp(&local, Rounding::Up);
            assert!(down <= up && up.micros_since(down) <= 1, "rounding moves by at most one microsecond");
            let bound = read_bound(&text, &local, XsdVersion::V1_1, Rounding::Up);
            assert_eq!(bound.ok(), Some(up), "every dateTime is a bound");
        }
        Err(error) => {
            assert!(old.is_err(), "1.0 accepts nothing that 1.1 refuses");
            assert!((1..=text.chars().count() + 1).contains(&error.at), "{text}: the error lies in the text");
            let message = error.to_string();
            assert!(!message.contains(char::is_control), "the error can be printed on a line");
        }
    }
    let _ = read_bound(&text, &local, XsdVersion::V1_0, Rounding::Down);
}
