//! The filters of an order: which there are, how they are read, and what they ask of calls.

use cdr_model::{CdrField, Timestamp};
use cdr_query::{Condition, Operand, QueryError, Test};
use serde_json::{Map, Value};

use crate::yeti::json_api::input::is_blank;
use crate::yeti::{casts, values};

/// What customers may filter by, in the order in which it is repeated.
pub(super) const KEYS: [&str; 8] = [
    "time_start_gteq",
    "time_start_lt",
    "success_eq",
    "duration_eq",
    "duration_gteq",
    "duration_lteq",
    "src_prefix_routing_eq",
    "dst_prefix_routing_eq",
];

/// What administrators may filter by, and customers may not (yeti-web, `cdr_export.rb`).
const OTHERS: [&str; 43] = [
    "time_start_lteq",
    "customer_id_eq",
    "customer_external_id_eq",
    "customer_acc_id_eq",
    "customer_acc_external_id_eq",
    "vendor_id_eq",
    "vendor_external_id_eq",
    "vendor_acc_id_eq",
    "vendor_acc_external_id_eq",
    "customer_auth_id_eq",
    "customer_auth_external_id_eq",
    "failed_resource_type_id_eq",
    "src_country_id_eq",
    "dst_country_id_eq",
    "routing_tag_ids_include",
    "routing_tag_ids_exclude",
    "orig_gw_id_eq",
    "orig_gw_external_id_eq",
    "term_gw_id_eq",
    "term_gw_external_id_eq",
    "is_last_cdr_eq",
    "routing_tag_ids_empty",
    "src_prefix_in_contains",
    "src_prefix_in_eq",
    "src_prefix_in_in",
    "src_prefix_routing_contains",
    "src_prefix_routing_in",
    "src_prefix_out_contains",
    "src_prefix_out_eq",
    "src_prefix_out_in",
    "dst_prefix_in_contains",
    "dst_prefix_in_eq",
    "dst_prefix_in_in",
    "dst_prefix_routing_contains",
    "dst_prefix_routing_in",
    "dst_prefix_out_contains",
    "dst_prefix_out_eq",
    "dst_prefix_out_in",
    "customer_auth_external_type_eq",
    "customer_auth_external_type_not_eq",
    "customer_auth_external_id_in",
    "src_country_iso_in",
    "dst_country_iso_in",
];

/// The filters of an order, as they were understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters {
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
    success: Option<bool>,
    lasts: Option<i64>,
    lasts_at_least: Option<i64>,
    lasts_at_most: Option<i64>,
    calling: Option<String>,
    called: Option<String>,
    /// Keys that nobody knows, as they came.
    pub(super) unknown: Vec<String>,
    /// Keys that are not for customers, as they came.
    pub(super) not_allowed: Vec<String>,
    /// Whether one of these says something.
    other_than_blank: bool,
}

impl Filters {
    /// Reads what a client sent.
    pub(super) fn read(sent: &Map<String, Value>) -> Filters {
        let value = |key: &str| sent.get(key).unwrap_or(&Value::Null);
        let integer = |key| casts::integer(value(key));
        let mut filters = Filters {
            from: casts::time(value("time_start_gteq")),
            until: casts::time(value("time_start_lt")),
            success: casts::boolean(value("success_eq")),
            lasts: integer("duration_eq"),
            lasts_at_least: integer("duration_gteq"),
            lasts_at_most: integer("duration_lteq"),
            calling: casts::text(value("src_prefix_routing_eq")),
            called: casts::text(value("dst_prefix_routing_eq")),
            ..Filters::default()
        };
        for (key, value) in sent.iter().filter(|(key, _)| !KEYS.contains(&key.as_str())) {
            if OTHERS.contains(&key.as_str()) {
                filters.not_allowed.push(key.clone());
                filters.other_than_blank |= !is_blank(value);
            } else {
                filters.unknown.push(key.clone());
            }
        }
        filters
    }

    /// Whether nothing is asked for. To ask for calls without success is to ask for nothing: no is blank.
    pub(super) fn is_blank(&self) -> bool {
        !self.other_than_blank && self.said().values().all(is_blank)
    }

    /// What was understood, in the words of the API.
    pub(super) fn said(&self) -> Map<String, Value> {
        let time = |at: Option<Timestamp>| at.map(values::time).map(Value::from);
        let integer = |number: Option<i64>| number.map(Value::from);
        let text = |text: &Option<String>| text.clone().map(Value::from);
        let said = [
            time(self.from),
            time(self.until),
            self.success.map(Value::from),
            integer(self.lasts),
            integer(self.lasts_at_least),
            integer(self.lasts_at_most),
            text(&self.calling),
            text(&self.called),
        ];
        KEYS.into_iter().zip(said).filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }

    /// What they ask of calls, but for the window.
    ///
    /// # Errors
    /// None that a client could cause.
    pub(super) fn conditions(&self) -> Result<Vec<Condition>, QueryError> {
        // Calls are as long as their whole seconds: one of 60.9 seconds lasts 60.
        let seconds = |n: i64| Operand::Duration(n.saturating_mul(1_000_000));
        let at_least = |n: i64| Condition::new(CdrField::Talk, Test::Gte(seconds(n)));
        let at_most = |n: i64| Condition::new(CdrField::Talk, Test::Lt(seconds(n.saturating_add(1))));
        // Blanks around a number do not count.
        let number = |field, text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            text.map(|text| Condition::new(field, Test::Eq(text.into())))
        };
        let conditions = [
            self.success.map(|yes| Condition::new(CdrField::Success, Test::Eq(yes.into()))),
            self.lasts.map(at_least),
            self.lasts.map(at_most),
            self.lasts_at_least.map(at_least),
            self.lasts_at_most.map(at_most),
            number(CdrField::CallingRouted, &self.calling),
            number(CdrField::CalledRouted, &self.called),
        ];
        conditions.into_iter().flatten().collect()
    }
}
