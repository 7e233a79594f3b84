//! Conditions as written on the command line: `called^=49151`, `talk>=60s`, `success=false`, `release_code=486,487`.

use anyhow::{Context, anyhow, bail};
use cdr_model::{CdrField, Field, FieldKind};
use cdr_query::{Condition, Operand, Test, TextPart};

/// The grammar, as the help and error messages print it.
pub(crate) const GRAMMAR: &str = "FIELD=VALUE[,VALUE…], FIELD!=VALUE[,VALUE…], FIELD<VALUE, FIELD<=VALUE, FIELD>VALUE, \
    FIELD>=VALUE, FIELD^=BEGINNING, FIELD$=END, FIELD~=PART, FIELD? (present) or FIELD! (missing)";

/// The operators. A longer one precedes the shorter ones that it starts with.
const OPERATORS: &[&str] = &["!=", "<=", ">=", "^=", "$=", "~=", "=", "<", ">"];

/// Reads one condition.
///
/// # Errors
/// When the field does not exist, the operator is unknown, or the value does not fit the type of the field.
pub(crate) fn read(text: &str) -> anyhow::Result<Condition> {
    read_condition(text).with_context(|| format!("the condition `{text}`"))
}

fn read_condition(text: &str) -> anyhow::Result<Condition> {
    if let Some(name) = text.strip_suffix('?') {
        return Ok(Condition::new(CdrField::named(name)?, Test::Present)?);
    }
    if let Some(name) = text.strip_suffix('!') {
        return Ok(Condition::new(CdrField::named(name)?, Test::Missing)?);
    }
    let at = text
        .find(['!', '<', '>', '^', '$', '~', '='])
        .ok_or_else(|| anyhow!("no operator found; conditions are {GRAMMAR}"))?;
    let (name, rest) = text.split_at(at);
    let operator = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
    let operator = *operator.ok_or_else(|| anyhow!("unknown operator in `{rest}`; conditions are {GRAMMAR}"))?;
    let (field, value) = (CdrField::named(name)?, &rest[operator.len()..]);
    let one = || operand(field, value);
    let many = || value.split(',').map(|one| operand(field, one)).collect::<anyhow::Result<Vec<Operand>>>();
    let part = |part| Test::Text { part, text: value.to_owned(), fold_case: false };
    let test = match operator {
        "=" if value.contains(',') => Test::In(many()?),
        "=" => Test::Eq(one()?),
        "!=" if value.contains(',') => Test::NotIn(many()?),
        "!=" => Test::NotEq(one()?),
        "<" => Test::Lt(one()?),
        "<=" => Test::Lte(one()?),
        ">" => Test::Gt(one()?),
        ">=" => Test::Gte(one()?),
        "^=" => part(TextPart::Starts),
        "$=" => part(TextPart::Ends),
        "~=" => part(TextPart::Contains),
        other => bail!("`{other}` is not an operator; conditions are {GRAMMAR}"),
    };
    Ok(Condition::new(field, test)?)
}

/// A value as the native feed writes it. Durations may also be written in seconds, minutes or hours: `90s`, `5m`, `1h`.
fn operand(field: CdrField, text: &str) -> anyhow::Result<Operand> {
    let units = [("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000i64)];
    if field.kind() == FieldKind::Duration {
        for (suffix, micros) in units {
            if let Some(number) = text.strip_suffix(suffix).and_then(|number| number.parse::<i64>().ok()) {
                let micros =
                    number.checked_mul(micros).ok_or_else(|| anyhow!("the duration `{text}` is out of range"))?;
                return Ok(Operand::Duration(micros));
            }
        }
    }
    Ok(Operand::read(field.name(), field.kind(), text)?)
}

#[cfg(test)]
mod tests {
    use cdr_model::{Cdr, Timestamp};

    fn call() -> Cdr {
        Cdr {
            called: Some("4915123456".to_owned()),
            talk_us: Some(61_000_000),
            release_code: Some(486),
            started_at: Timestamp::from_seconds(0),
            ..Cdr::default()
        }
    }

    #[test]
    fn conditions_are_read_and_evaluated() {
        for (text, expected) in [
            ("called=4915123456", true),
            ("called!=4915123456", false),
            ("called^=49151", true),
            ("called$=456", true),
            ("called~=512", true),
            ("called~=513", false),
            ("talk>=61s", true),
            ("talk<1m", false),
            ("talk>61000000", false),
            ("release_code=486,487", true),
            ("release_code!=486,487", false),
            ("release_cause!=16", false),
            ("release_cause!", true),
            ("release_code?", true),
            ("success=false", true),
            ("started_at<1970-01-01T00:00:01Z", true),
        ] {
            assert_eq!(super::read(text).unwrap().matches(&call()), expected, "{text}");
        }
    }

    #[test]
    fn invalid_conditions_are_reported() {
        for (text, message) in [
            ("called", "no operator found"),
            ("caled=1", "there is no field `caled`"),
            ("talk>=soon", "field `talk` takes whole microseconds, zero or more, not `soon`"),
            ("talk~=1", "cannot be compared with a part of a text"),
            ("account=1234", "use `account_id`"),
        ] {
            let error = format!("{:#}", super::read(text).unwrap_err());
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
