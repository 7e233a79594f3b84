//! The filters of an administrator's export: which there are, how their values are read, and what they ask of calls.

use cdr_model::{Anchor, CdrField, Directory, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Order, OrderBy, QueryError, Test, TextPart, Window};
use serde_json::{Map, Value};

use super::read::{self, Kind};
use crate::yeti::json_api::Problem;
use crate::yeti::json_api::input::{is_blank, shown};

/// What a filter asks of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// It starts then or later.
    From,
    /// It starts before then.
    Before,
    /// It starts then or before.
    Upto,
    /// Equal.
    Is(CdrField),
    /// One of these.
    In(CdrField),
    /// The text is in it, whatever the case.
    Contains(CdrField),
    /// So many whole seconds; at least; at most.
    Lasts,
    LastsAtLeast,
    LastsAtMost,
    /// The customer with this number in a system outside.
    ExternalCustomer,
    /// The account with this number in a system outside.
    ExternalAccount,
    /// Something that is not kept here.
    Unknown,
}

use Asks::{Contains, In, Is, Unknown};

/// All filters that the original knows (yeti-web, `cdr_export.rb`).
static FILTERS: &[(&str, Kind, Asks)] = &[
    ("time_start_gteq", Kind::Time, Asks::From),
    ("time_start_lteq", Kind::Time, Asks::Upto),
    ("time_start_lt", Kind::Time, Asks::Before),
    ("customer_id_eq", Kind::Integer, Is(CdrField::CustomerId)),
    ("customer_external_id_eq", Kind::Integer, Asks::ExternalCustomer),
    ("customer_acc_id_eq", Kind::Integer, Is(CdrField::AccountId)),
    ("customer_acc_external_id_eq", Kind::Integer, Asks::ExternalAccount),
    ("vendor_id_eq", Kind::Integer, Unknown),
    ("vendor_external_id_eq", Kind::Integer, Unknown),
    ("vendor_acc_id_eq", Kind::Integer, Unknown),
    ("vendor_acc_external_id_eq", Kind::Integer, Unknown),
    ("customer_auth_id_eq", Kind::Integer, Unknown),
    ("customer_auth_external_id_eq", Kind::Integer, Unknown),
    ("failed_resource_type_id_eq", Kind::Integer, Unknown),
    ("src_country_id_eq", Kind::Integer, Unknown),
    ("dst_country_id_eq", Kind::Integer, Unknown),
    ("routing_tag_ids_include", Kind::Integer, Unknown),
    ("routing_tag_ids_exclude", Kind::Integer, Unknown),
    ("orig_gw_id_eq", Kind::Integer, Unknown),
    ("orig_gw_external_id_eq", Kind::Integer, Unknown),
    ("term_gw_id_eq", Kind::Integer, Unknown),
    ("term_gw_external_id_eq", Kind::Integer, Unknown),
    ("duration_eq", Kind::Integer, Asks::Lasts),
    ("duration_gteq", Kind::Integer, Asks::LastsAtLeast),
    ("duration_lteq", Kind::Integer, Asks::LastsAtMost),
    ("is_last_cdr_eq", Kind::Boolean, Is(CdrField::LastAttempt)),
    ("success_eq", Kind::Boolean, Is(CdrField::Success)),
    ("routing_tag_ids_empty", Kind::Boolean, Unknown),
    ("src_prefix_in_contains", Kind::Text, Contains(CdrField::Calling)),
    ("src_prefix_in_eq", Kind::Text, Is(CdrField::Calling)),
    ("src_prefix_in_in", Kind::List, In(CdrField::Calling)),
    ("src_prefix_routing_contains", Kind::Text, Contains(CdrField::CallingRouted)),
    ("src_prefix_routing_eq", Kind::Text, Is(CdrField::CallingRouted)),
    ("src_prefix_routing_in", Kind::List, In(CdrField::CallingRouted)),
    ("src_prefix_out_contains", Kind::Text, Unknown),
    ("src_prefix_out_eq", Kind::Text, Unknown),
    ("src_prefix_out_in", Kind::List, Unknown),
    ("dst_prefix_in_contains", Kind::Text, Contains(CdrField::Called)),
    ("dst_prefix_in_eq", Kind::Text, Is(CdrField::Called)),
    ("dst_prefix_in_in", Kind::List, In(CdrField::Called)),
    ("dst_prefix_routing_contains", Kind::Text, Contains(CdrField::CalledRouted)),
    ("dst_prefix_routing_eq", Kind::Text, Is(CdrField::CalledRouted)),
    ("dst_prefix_routing_in", Kind::List, In(CdrField::CalledRouted)),
    ("dst_prefix_out_contains", Kind::Text, Unknown),
    ("dst_prefix_out_eq", Kind::Text, Unknown),
    ("dst_prefix_out_in", Kind::List, Unknown),
    ("customer_auth_external_type_eq", Kind::Text, Unknown),
    ("customer_auth_external_type_not_eq", Kind::Text, Unknown),
    ("customer_auth_external_id_in", Kind::List, Unknown),
    ("src_country_iso_in", Kind::List, Unknown),
    ("dst_country_iso_in", Kind::List, Unknown),
    ("src_country_iso_eq", Kind::Country, Unknown),
    ("dst_country_iso_eq", Kind::Country, Unknown),
];

/// Filters that were asked for, as they were understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Filters {
    /// In the words of the API, to be repeated.
    pub(super) said: Map<String, Value>,
    asked: Vec<(Asks, Value)>,
}

impl Filters {
    /// Reads the filters of an order, and tells everything that is wrong with them.
    ///
    /// # Errors
    /// Code 103 for a country that is none, code 100 for the rest.
    pub(super) fn read(given: Option<&Value>) -> Result<Filters, Vec<Problem>> {
        let invalid = |message: &str| Problem::invalid("attributes", "filters", message);
        let given = match given {
            Some(Value::Object(members)) => members,
            Some(other) if !is_blank(other) => return Err(vec![Problem::invalid_field_value(shown(other), "filters")]),
            _ => return Err(vec![invalid("can't be blank")]),
        };
        let (mut filters, mut refused, mut unknown) = (Filters::default(), Vec::new(), Vec::new());
        for (name, value) in given {
            let Some((_, kind, asks)) = FILTERS.iter().find(|(known, ..)| known == name) else {
                unknown.push(name.as_str());
                continue;
            };
            match read::cast(*kind, value) {
                Err(()) => return Err(vec![Problem::invalid_field_value(shown(value), name)]),
                Ok(None) => (),
                Ok(Some(_)) if *asks == Unknown => refused.push(name.as_str()),
                Ok(Some(value)) => {
                    filters.said.insert(name.clone(), value.clone());
                    filters.asked.push((*asks, value));
                }
            }
        }
        let mut problems = Vec::new();
        if filters.said.values().all(is_blank) && refused.is_empty() && unknown.is_empty() {
            problems.push(invalid("can't be blank"));
        } else {
            if !filters.has(&[Asks::From]) {
                problems.push(invalid("requires time_start_gteq"));
            }
            if !filters.has(&[Asks::Upto, Asks::Before]) {
                problems.push(invalid("requires time_start_lteq"));
            }
        }
        for names in [unknown, refused] {
            if !names.is_empty() {
                problems.push(invalid(&format!("{} not allowed", names.join(", "))));
            }
        }
        if problems.is_empty() { Ok(filters) } else { Err(problems) }
    }

    fn has(&self, wanted: &[Asks]) -> bool {
        self.asked.iter().any(|(asks, _)| wanted.contains(asks))
    }

    /// The calls they ask for, newest first. Numbers of systems outside are looked up now.
    ///
    /// # Errors
    /// None that a client could cause.
    pub(super) fn query(&self, directory: &Directory) -> Result<CdrQuery, QueryError> {
        let (mut from, mut until) = (Timestamp::MIN, Timestamp::MAX);
        let mut conditions = Vec::new();
        for (asks, value) in &self.asked {
            let time = || value.as_str().and_then(crate::yeti::values::read_time);
            let seconds = |more: i64| Operand::Duration(integer(value).saturating_add(more).saturating_mul(1_000_000));
            let mut only = |field, test| Condition::new(field, test).map(|condition| conditions.push(condition));
            match *asks {
                Asks::From => from = time().unwrap_or(from),
                Asks::Before => until = time().unwrap_or(until).min(until),
                Asks::Upto => until = time().map_or(until, |at| at.plus_micros(1)).min(until),
                Is(field) => only(field, Test::Eq(operand(value)))?,
                In(field) => only(field, Test::In(operands(value)))?,
                Contains(field) => {
                    let text = shown(value);
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

fn integer(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

fn operand(value: &Value) -> Operand {
    match value {
        Value::Bool(yes) => Operand::Boolean(*yes),
        Value::Number(_) => Operand::Integer(integer(value)),
        other => Operand::Text(shown(other)),
    }
}

fn operands(value: &Value) -> Vec<Operand> {
    value.as_array().into_iter().flatten().map(operand).collect()
}

/// Whether an external identifier, which is a text here, is this number.
fn is_external(value: &Value, external: Option<&str>) -> bool {
    external.and_then(|external| external.parse::<i64>().ok()).is_some_and(|external| external == integer(value))
}
