//! Instants: times with or without an offset, and days.

use anyhow::Context;
use cdr_model::{CdrField, Field, FieldKind, LocalZone, Timestamp};
use cdr_query::grammar::{Rounding, XsdVersion, read_bound, read_day};
use cdr_query::{Operand, Test};

use super::comparison::Comparison;

/// The tests of a comparison with instants, which all have to be passed. A date is the whole day: an instant is equal to
/// it if it is on that day, and after it if it is on a later day.
pub(super) fn tests(
    field: CdrField,
    comparison: Comparison,
    values: &[&str],
    zone: &LocalZone,
    xsd: XsdVersion,
) -> anyhow::Result<Vec<Test>> {
    let days: Vec<(Timestamp, Timestamp)> = values.iter().filter_map(|text| read_day(text, zone, xsd)).collect();
    if days.is_empty() {
        let read = |text: &&str| instant(field, comparison, text, zone, xsd).map(Operand::Time);
        return Ok(vec![comparison.with(values.iter().map(read).collect::<anyhow::Result<_>>()?)?]);
    }
    let mut intervals = Vec::new();
    for text in values {
        let one = |at: Timestamp| (at, at.plus_micros(1));
        intervals.push(match read_day(text, zone, xsd) {
            Some(day) => day,
            None => one(instant(field, comparison, text, zone, xsd)?),
        });
    }
    let (from, until) = intervals[0];
    Ok(match comparison {
        Comparison::Lt => vec![Test::Lt(from.into())],
        Comparison::Lte => vec![Test::Lt(until.into())],
        Comparison::Gt => vec![Test::Gte(until.into())],
        Comparison::Gte => vec![Test::Gte(from.into())],
        Comparison::Eq => match intervals[..] {
            // Two tests rather than a group of them: a store answers them with its index.
            [(from, until)] => vec![Test::Gte(from.into()), Test::Lt(until.into())],
            _ => {
                let within =
                    |(from, until): (Timestamp, Timestamp)| vec![Test::Gte(from.into()), Test::Lt(until.into())];
                vec![Test::AnyOf(intervals.into_iter().map(within).collect())]
            }
        },
        Comparison::NotEq => {
            let outside = |(from, until): (Timestamp, Timestamp)| {
                Test::AnyOf(vec![vec![Test::Lt(from.into())], vec![Test::Gte(until.into())]])
            };
            intervals.into_iter().map(outside).collect()
        }
    })
}

/// An instant in a form that the bounds of a window have, or as the native feed writes it. Digits beyond the microsecond
/// are rounded so that the comparison does not change: instants are whole microseconds.
fn instant(
    field: CdrField,
    comparison: Comparison,
    text: &str,
    zone: &LocalZone,
    xsd: XsdVersion,
) -> anyhow::Result<Timestamp> {
    let round = match comparison {
        Comparison::Lt | Comparison::Gte => Rounding::Up,
        _ => Rounding::Down,
    };
    let read = read_bound(text, zone, xsd, round);
    if let (Err(_), Ok(Operand::Time(at))) = (&read, Operand::read(field.name(), FieldKind::Time, text)) {
        return Ok(at);
    }
    read.with_context(|| format!("field `{}`: `{text}`", field.name()))
}
