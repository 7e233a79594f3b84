//! All filters: their names, the types of their values, and their conditions on calls.

use cdr_model::CdrField;

use crate::yeti::from_wire::ValueType;

/// The condition of a filter on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// It starts at the instant or later.
    From,
    /// It starts before the instant.
    Before,
    /// It starts at the instant or earlier.
    Upto,
    /// Equal.
    Is(CdrField),
    /// One of these.
    In(CdrField),
    /// The field contains the text, in any case.
    Contains(CdrField),
    /// Its duration in whole seconds: equal to, at least, at most.
    Lasts,
    LastsAtLeast,
    LastsAtMost,
    /// The customer with this number in an external system.
    ExternalCustomer,
    /// The account with this number in an external system.
    ExternalAccount,
    /// A condition on something that is not stored here.
    Unknown,
}

use Asks::{Contains, In, Is, Unknown};

/// All filters of the original (yeti-web, `cdr_export.rb`).
pub(super) static FILTERS: &[(&str, ValueType, Asks)] = &[
    ("time_start_gteq", ValueType::Time, Asks::From),
    ("time_start_lteq", ValueType::Time, Asks::Upto),
    ("time_start_lt", ValueType::Time, Asks::Before),
    ("customer_id_eq", ValueType::Integer, Is(CdrField::CustomerId)),
    ("customer_external_id_eq", ValueType::Integer, Asks::ExternalCustomer),
    ("customer_acc_id_eq", ValueType::Integer, Is(CdrField::AccountId)),
    ("customer_acc_external_id_eq", ValueType::Integer, Asks::ExternalAccount),
    ("vendor_id_eq", ValueType::Integer, Unknown),
    ("vendor_external_id_eq", ValueType::Integer, Unknown),
    ("vendor_acc_id_eq", ValueType::Integer, Unknown),
    ("vendor_acc_external_id_eq", ValueType::Integer, Unknown),
    ("customer_auth_id_eq", ValueType::Integer, Unknown),
    ("customer_auth_external_id_eq", ValueType::Integer, Unknown),
    ("failed_resource_type_id_eq", ValueType::Integer, Unknown),
    ("src_country_id_eq", ValueType::Integer, Unknown),
    ("dst_country_id_eq", ValueType::Integer, Unknown),
    ("routing_tag_ids_include", ValueType::Integer, Unknown),
    ("routing_tag_ids_exclude", ValueType::Integer, Unknown),
    ("orig_gw_id_eq", ValueType::Integer, Unknown),
    ("orig_gw_external_id_eq", ValueType::Integer, Unknown),
    ("term_gw_id_eq", ValueType::Integer, Unknown),
    ("term_gw_external_id_eq", ValueType::Integer, Unknown),
    ("duration_eq", ValueType::Integer, Asks::Lasts),
    ("duration_gteq", ValueType::Integer, Asks::LastsAtLeast),
    ("duration_lteq", ValueType::Integer, Asks::LastsAtMost),
    ("is_last_cdr_eq", ValueType::Boolean, Is(CdrField::LastAttempt)),
    ("success_eq", ValueType::Boolean, Is(CdrField::Success)),
    ("routing_tag_ids_empty", ValueType::Boolean, Unknown),
    ("src_prefix_in_contains", ValueType::Text, Contains(CdrField::Calling)),
    ("src_prefix_in_eq", ValueType::Text, Is(CdrField::Calling)),
    ("src_prefix_in_in", ValueType::List, In(CdrField::Calling)),
    ("src_prefix_routing_contains", ValueType::Text, Contains(CdrField::CallingRouted)),
    ("src_prefix_routing_eq", ValueType::Text, Is(CdrField::CallingRouted)),
    ("src_prefix_routing_in", ValueType::List, In(CdrField::CallingRouted)),
    ("src_prefix_out_contains", ValueType::Text, Unknown),
    ("src_prefix_out_eq", ValueType::Text, Unknown),
    ("src_prefix_out_in", ValueType::List, Unknown),
    ("dst_prefix_in_contains", ValueType::Text, Contains(CdrField::Called)),
    ("dst_prefix_in_eq", ValueType::Text, Is(CdrField::Called)),
    ("dst_prefix_in_in", ValueType::List, In(CdrField::Called)),
    ("dst_prefix_routing_contains", ValueType::Text, Contains(CdrField::CalledRouted)),
    ("dst_prefix_routing_eq", ValueType::Text, Is(CdrField::CalledRouted)),
    ("dst_prefix_routing_in", ValueType::List, In(CdrField::CalledRouted)),
    ("dst_prefix_out_contains", ValueType::Text, Unknown),
    ("dst_prefix_out_eq", ValueType::Text, Unknown),
    ("dst_prefix_out_in", ValueType::List, Unknown),
    ("customer_auth_external_type_eq", ValueType::Text, Unknown),
    ("customer_auth_external_type_not_eq", ValueType::Text, Unknown),
    ("customer_auth_external_id_in", ValueType::List, Unknown),
    ("src_country_iso_in", ValueType::List, Unknown),
    ("dst_country_iso_in", ValueType::List, Unknown),
    ("src_country_iso_eq", ValueType::Country, Unknown),
    ("dst_country_iso_eq", ValueType::Country, Unknown),
];

/// Those that customers may use, in the order in which they are echoed (yeti-web, `customer_api/cdr_export_form.rb`).
pub(in crate::yeti) const CUSTOMER_KEYS: [&str; 8] = [
    "time_start_gteq",
    "time_start_lt",
    "success_eq",
    "duration_eq",
    "duration_gteq",
    "duration_lteq",
    "src_prefix_routing_eq",
    "dst_prefix_routing_eq",
];
