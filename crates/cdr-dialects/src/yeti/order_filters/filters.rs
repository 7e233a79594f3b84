//! The filters of an order, for customers and administrators: how they are read, and the query that they stand for.

use cdr_model::{Anchor, CdrField, Directory, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, QueryError, SortBy, SortOrder, Test, TextPart, Window};
use serde_json::{Map, Value};

use super::table::Asks::{self, Contains, In, Is, Unknown};
use super::table::{CUSTOMER_KEYS, FILTERS};
use crate::yeti::fault::Problem;
use crate::yeti::from_wire::read_time;
use crate::yeti::from_wire::{ValueType, cast};
use crate::yeti::wire::input::{is_blank, shown};

/// The kind of client that places an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yeti) enum By {
    Customer,
    Administrator,
}

/// The filters of an order, with converted values.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::yeti) struct Filters {
    /// The filters as the API echoes them.
    pub(in crate::yeti) given: Map<String, Value>,
    asked: Vec<(Asks, Value)>,
    /// Whether all filters are blank. `false` is blank too, so a filter by failed calls alone counts as blank.
    blank: bool,
    /// Unknown keys, as received.
    unknown: Vec<String>,
    /// Known keys that this client may not use, or that are not supported here, as received.
    refused: Vec<String>,
}

impl Filters {
    /// Reads the filters of an order.
    ///
    /// # Errors
    /// Code 103 for filters that are not an object, and for an invalid country.
    pub(in crate::yeti) fn read(given: Option<&Value>, by: By) -> Result<Filters, Problem> {
        let mut filters =
            Filters { given: Map::new(), asked: Vec::new(), blank: true, unknown: Vec::new(), refused: Vec::new() };
        let given = match given {
            Some(Value::Object(members)) => members,
            Some(other) if !is_blank(other) => return Err(Problem::invalid_field_value(shown(other), "filters")),
            _ => return Ok(filters),
        };
        for (name, value) in given {
            let known = FILTERS.iter().find(|(known, ..)| known == name);
            // Filters by country code are only supported by the administrators' API.
            let known = known.filter(|(_, kind, _)| by == By::Administrator || *kind != ValueType::Country);
            let Some((_, kind, asks)) = known else {
                filters.unknown.push(name.clone());
                continue;
            };
            let value = cast(*kind, value).map_err(|()| Problem::invalid_field_value(shown(value), name))?;
            filters.blank &= value.as_ref().is_none_or(is_blank);
            let usable = match by {
                By::Customer => CUSTOMER_KEYS.contains(&name.as_str()),
                By::Administrator => *asks != Unknown,
            };
            match value {
                // Customers may not name a filter that they may not use, even if its value is blank.
                value if !usable && (value.is_some() || by == By::Customer) => filters.refused.push(name.clone()),
                None => (),
                Some(value) => {
                    filters.given.insert(name.clone(), value.clone());
                    filters.asked.push((*asks, value));
                }
            }
        }
        Ok(filters)
    }

    /// The problems of the filters themselves. `end` is the key that is named if the end of the window is missing.
    pub(in crate::yeti) fn messages(&self, end: &str) -> Vec<String> {
        let mut messages = Vec::new();
        if self.blank {
            messages.push("can't be blank".to_owned());
        }
        messages.extend(not_allowed(&self.unknown));
        if !self.blank && !self.has(&[Asks::From]) {
            messages.push("requires time_start_gteq".to_owned());
        }
        if !self.blank && !self.has(&[Asks::Upto, Asks::Before]) {
            messages.push(format!("requires {end}"));
        }
        messages
    }

    /// The problem with keys that this client may not use, or that are not supported here.
    pub(in crate::yeti) fn refusal(&self) -> Option<String> {
        not_allowed(&self.refused)
    }

    fn has(&self, wanted: &[Asks]) -> bool {
        self.asked.iter().any(|(asks, _)| wanted.contains(asks))
    }

    /// The query for the calls that the filters select, newest first. `instant` converts the bounds of the window. A
    /// window that ends before it begins is empty. Numbers of external systems are looked up in `directory`.
    ///
    /// # Errors
    /// None that a client can cause.
    pub(in crate::yeti) fn query(
        &self,
        directory: &Directory,
        instant: impl Fn(Timestamp) -> Timestamp,
    ) -> Result<CdrQuery, QueryError> {
        let (mut from, mut until) = (Timestamp::MIN, Timestamp::MAX);
        let mut conditions = Vec::new();
        for (asks, value) in self.asked.iter().filter(|(_, value)| !says_nothing(value)) {
            let time = || value.as_str().and_then(read_time).map(&instant);
            // Durations count in whole seconds: a call of 60.9 seconds lasts 60.
            let seconds = |more: i64| Operand::Duration(integer(value).saturating_add(more).saturating_mul(1_000_000));
            let mut only = |field, test| Condition::new(field, test).map(|condition| conditions.push(condition));
            match *asks {
                Asks::From => from = time().unwrap_or(from),
                Asks::Before => until = time().unwrap_or(until).min(until),
                Asks::Upto => until = time().map_or(until, |at| at.plus_micros(1)).min(until),
                Is(field) => only(field, Test::Eq(operand(value)))?,
                In(field) => only(field, Test::In(operands(value)))?,
                Contains(field) => {
                    let text = shown(value).trim().to_owned();
                    only(field, Test::Text { part: TextPart::Contains, text, fold_case: true })?;
                }
                Asks::Lasts => {
                    only(CdrField::Talk, or_missing(integer(value) == 0, Test::Gte(seconds(0))))?;
                    only(CdrField::Talk, or_missing(integer(value) == 0, Test::Lt(seconds(1))))?;
                }
                Asks::LastsAtLeast => only(CdrField::Talk, or_missing(integer(value) <= 0, Test::Gte(seconds(0))))?,
                Asks::LastsAtMost => only(CdrField::Talk, or_missing(integer(value) >= 0, Test::Lt(seconds(1))))?,
                Asks::ExternalCustomer => {
                    let found = directory.customers.values().filter(|it| is_external(value, it.external_id.as_deref()));
                    only(CdrField::CustomerId, Test::In(found.map(|it| Operand::Integer(it.id)).collect()))?;
                }
                Asks::ExternalAccount => {
                    let found = directory.accounts.values().filter(|it| is_external(value, it.external_id.as_deref()));
                    only(CdrField::AccountId, Test::In(found.map(|it| Operand::Integer(it.id)).collect()))?;
                }
                Unknown => (),
            }
        }
        let window = Window { anchor: Anchor::Start, from, until: until.max(from) };
        let order = SortOrder::new(SortBy::Anchor, true);
        Ok(CdrQuery { conditions, order, ..CdrQuery::over(window) })
    }
}

/// A test of the duration. A call without a talk time has the duration 0, so it passes if 0 does.
fn or_missing(zero_passes: bool, test: Test) -> Test {
    if zero_passes { Test::AnyOf(vec![vec![test], vec![Test::Missing]]) } else { test }
}

fn not_allowed(keys: &[String]) -> Option<String> {
    (!keys.is_empty()).then(|| format!("{} not allowed", keys.join(", ")))
}

/// A blank text is echoed, but filters nothing: spaces around a text are ignored.
fn says_nothing(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn integer(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

fn operand(value: &Value) -> Operand {
    match value {
        Value::Bool(yes) => Operand::Boolean(*yes),
        Value::Number(_) => Operand::Integer(integer(value)),
        other => Operand::Text(shown(other).trim().to_owned()),
    }
}

fn operands(value: &Value) -> Vec<Operand> {
    value.as_array().into_iter().flatten().map(operand).collect()
}

/// Whether an external identifier, which is a text here, is this number.
fn is_external(value: &Value, external: Option<&str>) -> bool {
    external.and_then(|external| external.parse::<i64>().ok()).is_some_and(|external| external == integer(value))
}
