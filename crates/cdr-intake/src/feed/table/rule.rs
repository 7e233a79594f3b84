//! A rule of a mapping: where the value of one field comes from, and how it becomes the text that the native format has
//! for it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cdr_model::{Cdr, CdrField, Field, FieldKind, Money};

use super::cells::Cells;
use super::document::FieldSpec;
use super::length::{Marks, Unit};
use super::moment::TimeForm;
use crate::fault::{Fault, shown};
use crate::feed::InputSheet;
use crate::feed::native::{Column, DIGEST, KEY, SOURCE};

/// The name of the target that is no field of a record: the time from the start to the end.
pub(super) const DURATION: &str = "duration";

/// What a rule gives a value to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The time from the start to the end.
    Duration,
    /// A column of the native format.
    Column(Column),
}

/// The columns of a value, by their numbers in the mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The first one that has a value.
    First(Vec<usize>),
    /// All of them, with a blank between two.
    Joined(Vec<usize>),
    /// The same value in each record.
    Constant(String),
}

/// How a text is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// In one of these forms.
    Time(Vec<TimeForm>),
    Length(Unit),
    Boolean,
    Amount,
    /// As it is.
    Text,
    /// As the native format has it, without blanks around it.
    Word,
}

/// Replaces texts by values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Values {
    /// By the texts in lower case.
    by_text: BTreeMap<String, String>,
    otherwise: Option<String>,
}

/// The rule of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) target: Target,
    pub(super) origin: Origin,
    pub(super) reading: Reading,
    values: Option<Values>,
}

impl Target {
    /// The target of this name.
    pub(super) fn named(name: &str) -> Result<Target, String> {
        match name {
            DURATION => Ok(Target::Duration),
            KEY => Err("the key of a record does not stand in `fields`, but before it: key = …".to_owned()),
            SOURCE | DIGEST => Err(format!("`{name}` is only of an export of a store")),
            name => match Column::named(InputSheet::Calls, name)? {
                Column::ReadOver => Err(format!("`{name}` is set by the store, not by a feed")),
                column => Ok(Target::Column(column)),
            },
        }
    }

    /// Whether it is this field of a call.
    pub(super) fn is(&self, field: CdrField) -> bool {
        *self == Target::Column(Column::Call(field))
    }

    fn kind(&self) -> FieldKind {
        match self {
            Target::Duration => FieldKind::Duration,
            Target::Column(Column::Call(field)) => field.kind(),
            Target::Column(_) => FieldKind::Text,
        }
    }
}

impl Rule {
    /// The rule that a mapping states; `times` are the forms of its times.
    pub(super) fn of(
        name: &str,
        spec: FieldSpec,
        origin: Origin,
        times: &[TimeForm],
        marks: Marks,
    ) -> Result<Rule, String> {
        let target = Target::named(name)?;
        let kind = target.kind();
        let FieldSpec { time, unit, values, otherwise, .. } = spec;
        let misplaced = |what: &str, of: &str| format!("`{what}` is for {of}, and `{name}` takes {kind}");
        if time.is_some() && kind != FieldKind::Time {
            return Err(misplaced("time", "times"));
        }
        if unit.is_some() && kind != FieldKind::Duration {
            return Err(misplaced("unit", "lengths of time"));
        }
        if kind == FieldKind::Time && (values.is_some() || matches!(origin, Origin::Constant(_))) {
            return Err(format!("`{name}` is a time, which only columns can give"));
        }
        if otherwise.is_some() && values.is_none() {
            return Err("`otherwise` is what a text becomes that `values` do not have, and there are none".to_owned());
        }
        let reading = match kind {
            FieldKind::Time => Reading::Time(match time {
                Some(forms) if forms.is_empty() => return Err("`time` is empty".to_owned()),
                Some(forms) => forms.iter().map(|form| form.parse()).collect::<Result<_, String>>()?,
                None => times.to_vec(),
            }),
            FieldKind::Duration => Reading::Length(unit.unwrap_or_default()),
            FieldKind::Boolean => Reading::Boolean,
            FieldKind::Money => Reading::Amount,
            FieldKind::Text => Reading::Text,
            FieldKind::Integer | FieldKind::Uuid => Reading::Word,
        };
        let values = values.map(|values| Values::of(values, otherwise)).transpose()?;
        let rule = Rule { name: name.to_owned(), target, origin, reading, values };
        rule.stated().try_for_each(|text| rule.takes(text, marks))?;
        Ok(rule)
    }

    /// The values that stand in the mapping itself.
    fn stated(&self) -> impl Iterator<Item = &String> {
        let constant = match &self.origin {
            Origin::Constant(text) => Some(text),
            _ => None,
        };
        let of_table = self.values.iter().flat_map(|values| values.by_text.values().chain(&values.otherwise));
        constant.into_iter().chain(of_table)
    }

    /// Checks that the field takes a text that stands in the mapping.
    fn takes(&self, text: &str, marks: Marks) -> Result<(), String> {
        let native = self.native(text, marks).map_err(|fault| fault.detail)?;
        let Target::Column(Column::Call(field)) = &self.target else { return Ok(()) };
        let value = field.kind().read(field.name(), &native).map_err(|error| error.to_string())?;
        field.put(&mut Cdr::default(), value).map_err(|error| error.to_string())
    }

    /// The text in the columns of a row, after `values` were applied; `None` if they have none.
    pub(super) fn text<'a>(&'a self, cells: &'a Cells<'_>) -> Result<Option<Cow<'a, str>>, Fault> {
        let found = match &self.origin {
            Origin::Constant(text) => Some(Cow::Borrowed(text.as_str())),
            Origin::First(columns) => cells.first(columns).map(Cow::Borrowed),
            Origin::Joined(columns) => cells.joined(columns, " ").map(Cow::Owned),
        };
        let Some(values) = &self.values else { return Ok(found) };
        let text = found.as_deref().unwrap_or_default().trim();
        match values.by_text.get(&text.to_lowercase()).or(values.otherwise.as_ref().filter(|_| found.is_some())) {
            Some(value) => Ok(Some(Cow::Borrowed(value))),
            None if text.is_empty() => Ok(None),
            None => {
                let known = values.by_text.keys().map(|known| shown(known)).collect::<Vec<_>>().join(", ");
                Err(Fault::unreadable("field-unreadable", &self.name, text, &format!("one of {known}")))
            }
        }
    }

    /// A text that is not a time, as the native format has it.
    pub(super) fn native<'t>(&self, text: &'t str, marks: Marks) -> Result<Cow<'t, str>, Fault> {
        let (name, word) = (&self.name, text.trim());
        let unreadable = |expected: &str| Fault::unreadable("field-unreadable", name, word, expected);
        match &self.reading {
            Reading::Text | Reading::Time(_) => Ok(Cow::Borrowed(text)),
            Reading::Word => Ok(Cow::Borrowed(word)),
            Reading::Length(unit) => {
                let micros = unit.micros(word, marks).ok_or_else(|| unreadable(unit.expected()))?;
                Ok(Cow::Owned(micros.to_string()))
            }
            Reading::Boolean => match word.to_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "1" | "on" => Ok(Cow::Borrowed("true")),
                "false" | "f" | "no" | "n" | "0" | "off" => Ok(Cow::Borrowed("false")),
                _ => Err(unreadable("true or false")),
            },
            Reading::Amount => {
                let plain = marks.plain(word);
                let amount = || format!("a decimal amount such as 0{}0190", marks.decimal);
                let unread = || Fault::unreadable("amount-unreadable", name, word, &amount());
                // What is no number at all is told with the marks that the mapping has.
                let plain = plain.filter(
                    |plain| !matches!(plain.parse::<Money>(), Err(ref error) if error.reason() == "amount-unreadable"),
                );
                plain.map(Cow::Owned).ok_or_else(unread)
            }
        }
    }
}

impl Values {
    fn of(values: BTreeMap<String, String>, otherwise: Option<String>) -> Result<Values, String> {
        let mut by_text = BTreeMap::new();
        for (text, value) in values {
            if by_text.insert(text.trim().to_lowercase(), value).is_some() {
                return Err(format!("`values` have {} twice; case does not count", shown(&text)));
            }
        }
        Ok(Values { by_text, otherwise })
    }
}
