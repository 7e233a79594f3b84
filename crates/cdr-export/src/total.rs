//! Control totals: how many cells of a column hold a value, and what the values add up to, so that a change of any of
//! them can be found.

use cdr_model::{Field, FieldKind, Money, MoneySum};
use serde::{Deserialize, Serialize};

/// The control total of a column of instants, lengths of time or amounts, computed from the printed cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnTotal {
    /// The heading of the column.
    pub column: String,
    /// What its cells hold.
    pub kind: TotalKind,
    /// How many cells hold such a value. Empty cells and other text do not count.
    pub cells: u64,
    /// How many cells were printed as received ([`Record::printed`](cdr_model::Record::printed)) and differ from the
    /// value of the record.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub as_received: u64,
    /// The sum of the values as an exact decimal: amounts as printed, lengths of time in seconds, and instants in
    /// seconds since 1970-01-01T00:00:00Z. Times that are printed without an offset count as UTC.
    pub sum: String,
}

/// What the cells of a column with a control total hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TotalKind {
    /// Instants.
    Time,
    /// Lengths of time.
    Duration,
    /// Amounts.
    Money,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A value as a cell shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// Microseconds: a length of time, or the time since 1970.
    Micros(i128),
    Money(Money),
}

/// A control total that is being added up.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunningTotal {
    pub(crate) cells: u64,
    pub(crate) as_received: u64,
    pub(crate) micros: i128,
    pub(crate) money: MoneySum,
}

impl TotalKind {
    /// The kind of a column that prints the first of these fields that is not null. `None` for other columns, and for
    /// a column of fields of several kinds.
    pub(crate) fn of<F: Field>(fields: &[F]) -> Option<TotalKind> {
        let kind = fields.first()?.kind();
        if fields.iter().any(|field| field.kind() != kind) {
            return None;
        }
        match kind {
            FieldKind::Time => Some(TotalKind::Time),
            FieldKind::Duration => Some(TotalKind::Duration),
            FieldKind::Money => Some(TotalKind::Money),
            FieldKind::Integer | FieldKind::Text | FieldKind::Boolean | FieldKind::Uuid => None,
        }
    }
}

impl RunningTotal {
    pub(crate) fn add(&mut self, reading: Reading) {
        self.cells += 1;
        match reading {
            Reading::Micros(micros) => self.micros += micros,
            Reading::Money(amount) => self.money.add(amount),
        }
    }

    pub(crate) fn merge(&mut self, other: RunningTotal) {
        let RunningTotal { cells, as_received, micros, money } = other;
        self.cells += cells;
        self.as_received += as_received;
        self.micros += micros;
        self.money.merge(money);
    }

    /// As it is printed in a receipt.
    pub(crate) fn named(&self, column: String, kind: TotalKind) -> ColumnTotal {
        let sum = match kind {
            TotalKind::Time | TotalKind::Duration => seconds(self.micros),
            TotalKind::Money => self.money.to_string(),
        };
        ColumnTotal { column, kind, cells: self.cells, as_received: self.as_received, sum }
    }
}

/// Microseconds as seconds with six decimals.
pub(crate) fn seconds(micros: i128) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// The microseconds of a text that [`seconds`] wrote.
pub(crate) fn micros(seconds_text: &str) -> Option<i128> {
    let micros = seconds_text.replacen('.', "", 1).parse().ok()?;
    (seconds(micros) == seconds_text).then_some(micros)
}

#[cfg(test)]
mod tests {
    use super::{micros, seconds};

    #[test]
    fn seconds_are_exact_and_read_back() {
        for (value, text) in [
            (0, "0.000000"),
            (1, "0.000001"),
            (-1, "-0.000001"),
            (61_000_000, "61.000000"),
            (i128::from(i64::MAX) * 10, "92233720368547.758070"),
        ] {
            assert_eq!(seconds(value), text);
            assert_eq!(micros(text), Some(value));
        }
        for text in ["", ".", "1", "1.5", "+1.000000", "1.0000000", "-0.000000", "01.000000", "x"] {
            assert_eq!(micros(text), None, "{text}");
        }
    }
}
