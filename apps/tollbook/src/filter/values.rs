//! Values other than instants and addresses.

use anyhow::{anyhow, bail};
use cdr_model::{CdrField, Field, FieldKind};
use cdr_query::Operand;

/// The units of lengths of time, in microseconds.
const UNITS: [(&str, i64); 5] = [("us", 1), ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000)];

/// A value as the native feed writes it, except that a length of time has a unit.
pub(super) fn operand(field: CdrField, text: &str) -> anyhow::Result<Operand> {
    if field.kind() == FieldKind::Duration {
        return length(field, text);
    }
    Ok(Operand::read(field.name(), field.kind(), text)?)
}

/// A length of time: `90s`, `5m`, `1h`, `250ms`, `10us`.
fn length(field: CdrField, text: &str) -> anyhow::Result<Operand> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    if unit.is_empty() && !digits.is_empty() {
        bail!("{digits} of what? write {digits}s");
    }
    let known = UNITS.into_iter().find(|(name, _)| *name == unit).filter(|_| !digits.is_empty());
    let (_, micros) = known.ok_or_else(|| {
        anyhow!("field `{}` takes a length of time such as 90s, 5m or 1h, not `{text}`", field.name())
    })?;
    let length = digits.parse::<i64>().ok().and_then(|number| number.checked_mul(micros));
    Ok(Operand::Duration(length.ok_or_else(|| anyhow!("the length of time `{text}` is out of range"))?))
}
