//! The filters of an order, of customers and of administrators: how they are read, and what they ask of calls.
//!
//! Source: yeti-web, the filters of `cdr_export.rb`, of which customers may use a few.

mod table;

use cdr_model::{Anchor, CdrField, Directory, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Order, OrderBy, QueryError, Test, TextPart, Window};
use serde_json::{Map, Value};

use super::casts::{Kind, cast};
use super::json_api::Problem;
use super::json_api::input::{is_blank, shown};
use super::values::read_time;
use table::Asks::{self, Contains, In, Is, Unknown};
use table::FILTERS;

pub(super) use table::CUSTOMER_KEYS;

/// Whose order it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Customer,
    Administrator,
}

/// Filters that were asked for, as they were understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filters {
    /// In the words of the API, to be repeated.
    pub(super) said: Map<String, Value>,
    asked: Vec<(Asks, Value)>,
    /// Whether nothing is asked for. To ask for calls without success is to ask for nothing: no is blank.
    blank: bool,
    /// Keys that nobody knows, as they came.
    unknown: Vec<String>,
    /// Keys that are known, and cannot be used by this client or here, as they came.
    refused: Vec<String>,
}

impl Filters {
    /// Reads the filters of an order.
    ///
    /// # Errors
    /// Code 103 for what is no object, and for a country that is none.
    pub(super) fn read(given: Option<&Value>, by: By) -> Result<Filters, Problem> {
        let (said, asked) = (Map::new(), Vec::new());
        let mut filters = Filters { said, asked, blank: true, unknown: Vec::new(), refused: Vec::new() };
        let given = match given {
            Some(Value::Object(members)) => members,
            Some(other) if !is_blank(other) => return Err(Problem::invalid_field_value(shown(other), "filters")),
            _ => return Ok(filters),
        };
        for (name, value) in given {
            let known = FILTERS.iter().find(|(known, ..)| known == name);
            // Codes of countries are a courtesy of the administrators' API.
            let known = known.filter(|(_, kind, _)| by == By::Administrator || *kind != Kind::Country);
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
                // What customers may not use, they may not even name.
                value if !usable && (value.is_some() || by == By::Customer) => filters.refused.push(name.clone()),
                None => (),
                Some(value) => {
                    filters.said.insert(name.clone(), value.clone());
                    filters.asked.push((*asks, value));
                }
            }
        }
        Ok(filters)
    }

    /// What is wrong with them in themselves. One key is named for the end of the window, whichever there are.
    pub(super) fn messages(&self, end: &str) -> Vec<String> {
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

    /// What is wrong with the keys, which are none for this client or cannot be answered here.
    pub(super) fn refusal(&self) -> Option<String> {
        not_allowed(&self.refused)
    }

    fn has(&self, wanted: &[Asks]) -> bool {
        self.asked.iter().any(|(asks, _)| wanted.contains(asks))
    }

    /// The calls they ask for, newest first; `instant` makes of a bound of the window what it means. A window that ends
    /// before it begins has none. Numbers of systems outside are looked up now.
    ///
    /// # Errors
    /// None that a client could cause.
    pub(super) fn query(
        &self,
        directory: &Directory,
        instant: impl Fn(Timestamp) -> Timestamp,
    ) -> Result<CdrQuery, QueryError> {
        let (mut from, mut until) = (Timestamp::MIN, Timestamp::MAX);
        let mut conditions = Vec::new();
        for (asks, value) in self.asked.iter().filter(|(_, value)| !says_nothing(value)) {
            let time = || value.as_str().and_then(read_time).map(&instant);
            // Calls are as long as their whole seconds: one of 60.9 seconds lasts 60.
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
                    only(CdrField::Talk, Test::Gte(seconds(0)))?;
                    only(CdrField::Talk, Test::Lt(seconds(1)))?;
                }
                Asks::LastsAtLeast => only(CdrField::Talk, Test::Gte(seconds(0)))?,
                Asks::LastsAtMost => only(CdrField::Talk, Test::Lt(seconds(1)))?,
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
        let order = Order { by: OrderBy::Anchor, descending: true };
        Ok(CdrQuery { conditions, order, ..CdrQuery::over(window) })
    }
}

fn not_allowed(keys: &[String]) -> Option<String> {
    (!keys.is_empty()).then(|| format!("{} not allowed", keys.join(", ")))
}

/// A text of blanks is repeated, and asks for nothing: blanks around a text do not count.
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
