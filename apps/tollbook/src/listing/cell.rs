//! The cells of a list.

use cdr_model::{LocalZone, Timestamp, Value};
use serde_json::json;

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// No value.
    Missing,
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// An instant.
    Time(Timestamp),
    /// True or false.
    Boolean(bool),
    /// A duration in microseconds.
    Duration(i64),
    /// Several texts.
    Many(Vec<String>),
}

impl Cell {
    /// The value of a field of a record.
    pub(crate) fn of(value: &Value<'_>) -> Cell {
        match value {
            Value::Null => Cell::Missing,
            Value::Integer(number) => Cell::Integer(*number),
            Value::Text(text) => Cell::Text(text.clone().into_owned()),
            Value::Time(at) => Cell::Time(*at),
            Value::Duration(micros) => Cell::Duration(*micros),
            Value::Boolean(yes) => Cell::Boolean(*yes),
            Value::Money(amount) => Cell::Text(amount.to_string()),
            Value::Uuid(uuid) => Cell::Text(uuid.to_string()),
        }
    }

    /// Whether the cell is read as a whole, so that a table does not break it.
    pub(crate) fn is_firm(&self) -> bool {
        matches!(self, Cell::Integer(_) | Cell::Time(_) | Cell::Boolean(_) | Cell::Duration(_))
    }

    /// The cell as text for people, with instants in `zone`.
    pub(crate) fn shown(&self, zone: &LocalZone) -> String {
        match self {
            Cell::Missing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Integer(number) => number.to_string(),
            Cell::Time(at) => local_time(*at, zone),
            Cell::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Cell::Duration(micros) => format!("{}.{:03} s", micros / 1_000_000, micros % 1_000_000 / 1000),
            Cell::Many(texts) => texts.join(", "),
        }
    }

    /// The cell in CSV: instants in UTC, durations in microseconds.
    pub(crate) fn plain(&self) -> String {
        match self {
            Cell::Time(at) => at.to_string(),
            Cell::Boolean(yes) => yes.to_string(),
            Cell::Duration(micros) => micros.to_string(),
            Cell::Many(texts) => texts.join(","),
            Cell::Missing | Cell::Text(_) | Cell::Integer(_) => self.shown(&LocalZone::UTC),
        }
    }

    /// The cell in JSON, as in exports: numbers and booleans as such, instants as text in UTC.
    pub(crate) fn json(&self) -> serde_json::Value {
        match self {
            Cell::Missing => serde_json::Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Integer(number) | Cell::Duration(number) => json!(number),
            Cell::Time(at) => json!(at.to_string()),
            Cell::Boolean(yes) => json!(yes),
            Cell::Many(texts) => json!(texts),
        }
    }
}

/// An instant as local time with its offset, without trailing zeros of the fraction: `2026-03-01T11:00:00.5+01:00`.
/// Options such as `--from` read it.
pub(crate) fn local_time(at: Timestamp, zone: &LocalZone) -> String {
    let minutes = zone.zone.minutes_at(at);
    let clock = at.plus_micros(i64::from(minutes) * 60_000_000).to_string();
    let Some(clock) = clock.strip_suffix('Z') else { return clock };
    let clock = clock.trim_end_matches('0').trim_end_matches('.');
    if minutes == 0 {
        return format!("{clock}Z");
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{clock}{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Integer(number)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Cell {
        Cell::Integer(number.into())
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Cell {
        i64::try_from(number).map_or_else(|_| Cell::Text(number.to_string()), Cell::Integer)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Cell {
        Cell::from(number as u64)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Cell {
        Cell::Time(at)
    }
}

impl From<Vec<String>> for Cell {
    fn from(texts: Vec<String>) -> Cell {
        Cell::Many(texts)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Missing, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::Timestamp;

    use super::local_time;

    #[test]
    fn an_instant_is_printed_in_a_zone_with_its_offset() {
        for (at, zone, expected) in [
            ("2026-03-01T10:00:00.000000Z", "UTC", "2026-03-01T10:00:00Z"),
            ("2026-03-01T10:00:10.000000Z", "UTC", "2026-03-01T10:00:10Z"),
            ("2026-03-01T10:20:00.500000Z", "Europe/Berlin", "2026-03-01T11:20:00.5+01:00"),
            ("2026-10-25T00:30:00.000001Z", "Europe/Berlin", "2026-10-25T02:30:00.000001+02:00"),
            ("2026-10-25T01:30:00.000000Z", "Europe/Berlin", "2026-10-25T02:30:00+01:00"),
            ("2026-03-01T03:00:00.120000Z", "-05:00", "2026-02-28T22:00:00.12-05:00"),
            ("2026-03-01T00:00:00.000000Z", "Asia/Kathmandu", "2026-03-01T05:45:00+05:45"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            let printed = local_time(at, &zone.parse().unwrap());
            assert_eq!(printed, expected);
            assert_eq!(printed.parse::<Timestamp>().unwrap(), at, "it reads back");
        }
    }
}
