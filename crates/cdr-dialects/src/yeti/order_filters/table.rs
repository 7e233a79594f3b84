//! Which filters there are, what their values are, and what they ask of calls.

use cdr_model::CdrField;

use crate::yeti::casts::Kind;

/// What a filter asks of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
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
pub(super) static FILTERS: &[(&str, Kind, Asks)] = &[
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

/// Those that customers may use, in the order in which they are repeated (yeti-web, `customer_api/cdr_export_form.rb`).
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
