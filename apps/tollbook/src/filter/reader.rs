//! The grammar of conditions: a field, an operator and values.

use std::borrow::Cow;

use anyhow::{Context, anyhow};
use cdr_model::{CdrField, Directory, Field, FieldKind, LocalZone};
use cdr_query::grammar::XsdVersion;
use cdr_query::{Condition, Test, TextPart};

use super::comparison::Comparison;
use super::{instants, names, networks, values};

/// The grammar, as the help and error messages print it.
pub(crate) const GRAMMAR: &str = "FIELD=VALUE[,VALUE…], FIELD!=VALUE[,VALUE…], FIELD<VALUE, FIELD<=VALUE, FIELD>VALUE, \
    FIELD>=VALUE, FIELD^=BEGINNING, FIELD$=END, FIELD~=PART, FIELD? (present) or FIELD! (missing)";

/// The operators. A longer one precedes the shorter ones that it starts with.
const OPERATORS: &[(&str, Operator)] = &[
    ("!=", Operator::Compare(Comparison::NotEq)),
    ("<=", Operator::Compare(Comparison::Lte)),
    (">=", Operator::Compare(Comparison::Gte)),
    ("^=", Operator::Part(TextPart::Starts)),
    ("$=", Operator::Part(TextPart::Ends)),
    ("~=", Operator::Part(TextPart::Contains)),
    ("=", Operator::Compare(Comparison::Eq)),
    ("<", Operator::Compare(Comparison::Lt)),
    (">", Operator::Compare(Comparison::Gt)),
];

#[derive(Clone, Copy)]
enum Operator {
    Compare(Comparison),
    Part(TextPart),
}

/// What conditions are read with.
pub(crate) struct Reader<'a> {
    /// The zone of dates, and of times without an offset.
    pub(crate) zone: &'a LocalZone,
    /// The XML Schema version of times.
    pub(crate) xsd: XsdVersion,
    /// The names of customers, accounts, services and sources.
    pub(crate) directory: &'a Directory,
}

impl Reader<'_> {
    /// Reads one condition. All tests that it becomes have to be met.
    ///
    /// # Errors
    /// When the field does not exist, the operator is unknown, a value does not fit the field, or a name is unknown.
    pub(crate) fn read(&self, text: &str) -> anyhow::Result<Vec<Condition>> {
        self.read_condition(text).with_context(|| format!("the condition `{text}`"))
    }

    fn read_condition(&self, text: &str) -> anyhow::Result<Vec<Condition>> {
        if let Some(name) = text.strip_suffix('?') {
            return self.conditions(CdrField::named(name)?, vec![Test::Present]);
        }
        if let Some(name) = text.strip_suffix('!') {
            return self.conditions(CdrField::named(name)?, vec![Test::Missing]);
        }
        let at = text
            .find(['!', '<', '>', '^', '$', '~', '='])
            .ok_or_else(|| anyhow!("no operator found; conditions are {GRAMMAR}"))?;
        let (name, rest) = text.split_at(at);
        let found = OPERATORS.iter().find(|(operator, _)| rest.starts_with(operator));
        let (written, operator) =
            found.ok_or_else(|| anyhow!("unknown operator in `{rest}`; conditions are {GRAMMAR}"))?;
        let (field, value) = (CdrField::named(name)?, &rest[written.len()..]);
        let tests = match operator {
            Operator::Part(part) => vec![Test::Text { part: *part, text: value.to_owned(), fold_case: false }],
            Operator::Compare(comparison) => self.tests(field, *comparison, value)?,
        };
        self.conditions(field, tests)
    }

    /// The tests of a comparison, which all have to be passed.
    fn tests(&self, field: CdrField, comparison: Comparison, value: &str) -> anyhow::Result<Vec<Test>> {
        let is_list = matches!(comparison, Comparison::Eq | Comparison::NotEq);
        let values = if is_list { listed(value) } else { vec![Cow::Borrowed(value)] };
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        if field.kind() == FieldKind::Time {
            return instants::tests(field, comparison, &values, self.zone, self.xsd);
        }
        if field == CdrField::PeerIp
            && let Some(test) = networks::test(comparison, &values)?
        {
            return Ok(vec![test]);
        }
        let operands = values.iter().map(|value| values::operand(field, value)).collect::<anyhow::Result<_>>()?;
        Ok(vec![comparison.with(operands)?])
    }

    fn conditions(&self, field: CdrField, tests: Vec<Test>) -> anyhow::Result<Vec<Condition>> {
        let condition = |test: Test| match Condition::number_of(field) {
            Some(number) => names::condition(field, number, &test, self.directory),
            None => Ok(Condition::new(field, test)?),
        };
        tests.into_iter().map(condition).collect()
    }
}

/// The values of a list: with commas between, and one with a comma in double quotes, where a quote is doubled.
fn listed(text: &str) -> Vec<Cow<'_, str>> {
    let (mut values, mut rest) = (Vec::new(), Some(text));
    while let Some(text) = rest {
        let (value, after) = quoted(text).unwrap_or_else(|| match text.split_once(',') {
            Some((value, after)) => (Cow::Borrowed(value), Some(after)),
            None => (Cow::Borrowed(text), None),
        });
        values.push(value);
        rest = after;
    }
    values
}

/// The value in quotes at the beginning of a list, and the list after it.
fn quoted(text: &str) -> Option<(Cow<'_, str>, Option<&str>)> {
    let inside = text.strip_prefix('"')?;
    let quotes: Vec<usize> = inside.match_indices('"').map(|(at, _)| at).collect();
    let mut at = 0;
    while quotes.get(at + 1).is_some_and(|next| *next == quotes[at] + 1) {
        at += 2;
    }
    let end = *quotes.get(at)?;
    let value = Cow::Owned(inside[..end].replace("\"\"", "\""));
    match &inside[end + 1..] {
        "" => Some((value, None)),
        after => after.strip_prefix(',').map(|after| (value, Some(after))),
    }
}

#[cfg(test)]
mod tests;
