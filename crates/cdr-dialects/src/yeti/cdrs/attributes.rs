//! The attributes of a call: their names in documents and in files, the fields that hold them, and how they are
//! printed.

use cdr_access::Login;
use cdr_model::{Cdr, CdrField, Directory, Record, Value};

use crate::yeti::to_wire;
use crate::yeti::wire::{Json, Members, Schema};

/// Calls: type, attributes, relationship.
pub(crate) static SCHEMA: Schema =
    Schema { kind: "cdrs", attributes: &NAMES, unsortable: &["rec"], relationships: &[("account", "accounts")] };

/// The columns of calls that a setting can hide from customers, in lists and in files.
pub const CDR_COLUMNS: [&str; 30] = {
    let mut columns = [""; 30];
    let mut at = 0;
    while at < columns.len() {
        columns[at] = ATTRIBUTES[at].column;
        at += 1;
    }
    columns
};

/// An attribute that is a column of a call.
#[derive(Clone, Copy)]
pub(crate) struct Attribute {
    /// Its name in documents.
    pub(crate) name: &'static str,
    /// Its name in files, filters and settings.
    pub(crate) column: &'static str,
    /// The field that holds it.
    pub(crate) field: CdrField,
}

const fn attribute(name: &'static str, column: &'static str, field: CdrField) -> Attribute {
    Attribute { name, column, field }
}

/// All attributes except `rec`, in the order of documents.
const ATTRIBUTES: [Attribute; 30] = [
    attribute("time-start", "time_start", CdrField::StartedAt),
    attribute("time-connect", "time_connect", CdrField::ConnectedAt),
    attribute("time-end", "time_end", CdrField::EndedAt),
    attribute("duration", "duration", CdrField::Talk),
    attribute("success", "success", CdrField::Success),
    attribute("destination-initial-interval", "destination_initial_interval", CdrField::InitialInterval),
    attribute("destination-initial-rate", "destination_initial_rate", CdrField::InitialRate),
    attribute("destination-next-interval", "destination_next_interval", CdrField::NextInterval),
    attribute("destination-next-rate", "destination_next_rate", CdrField::NextRate),
    attribute("destination-fee", "destination_fee", CdrField::Fee),
    attribute("customer-price", "customer_price", CdrField::Price),
    attribute("customer-duration", "customer_duration", CdrField::Billed),
    attribute("src-name-in", "src_name_in", CdrField::CallingName),
    attribute("src-prefix-in", "src_prefix_in", CdrField::Calling),
    attribute("from-domain", "from_domain", CdrField::FromDomain),
    attribute("dst-prefix-in", "dst_prefix_in", CdrField::Called),
    attribute("to-domain", "to_domain", CdrField::ToDomain),
    attribute("ruri-domain", "ruri_domain", CdrField::RuriDomain),
    attribute("diversion-in", "diversion_in", CdrField::Diversion),
    attribute("local-tag", "local_tag", CdrField::LocalTag),
    attribute("lega-disconnect-code", "lega_disconnect_code", CdrField::ReleaseCode),
    attribute("lega-disconnect-reason", "lega_disconnect_reason", CdrField::ReleaseReason),
    attribute("auth-orig-transport-protocol-id", "auth_orig_transport_protocol_id", CdrField::PeerTransport),
    attribute("auth-orig-ip", "auth_orig_ip", CdrField::PeerIp),
    attribute("auth-orig-port", "auth_orig_port", CdrField::PeerPort),
    attribute("src-prefix-routing", "src_prefix_routing", CdrField::CallingRouted),
    attribute("dst-prefix-routing", "dst_prefix_routing", CdrField::CalledRouted),
    attribute("destination-prefix", "destination_prefix", CdrField::RatePrefix),
    attribute("orig-call-id", "orig_call_id", CdrField::CallId),
    attribute("lega-user-agent", "lega_user_agent", CdrField::UserAgent),
];

/// The last attribute, which is not a column: whether there is a recording that the login may listen to.
const RECORDED: &str = "rec";

const NAMES: [&str; 31] = {
    let mut names = [RECORDED; 31];
    let mut at = 0;
    while at < ATTRIBUTES.len() {
        names[at] = ATTRIBUTES[at].name;
        at += 1;
    }
    names
};

/// The attribute of this name in documents.
pub(crate) fn named(name: &str) -> Option<&'static Attribute> {
    static ALL: [Attribute; 30] = ATTRIBUTES;
    ALL.iter().find(|attribute| attribute.name == name)
}

/// The attributes of a call, for a login, without the columns that are hidden.
pub(crate) fn of(call: &Cdr, login: &Login, hidden: &[String]) -> Members {
    let shown = ATTRIBUTES.into_iter().filter(|attribute| !hidden.iter().any(|it| it == attribute.column));
    let mut members: Members = shown.map(|attribute| (attribute.name, printed(call, attribute.field))).collect();
    members.push(RECORDED, login.allow_recordings && is_recorded(call));
    members
}

/// A field as documents print it: instants to the millisecond, durations in whole seconds, amounts as texts. A call
/// without a talk time has the duration 0, as an unanswered one has in the original.
fn printed(call: &Cdr, field: CdrField) -> Json {
    match call.value(field, &Directory::EMPTY) {
        Value::Null if field == CdrField::Talk => 0.into(),
        Value::Null => Json::Null,
        Value::Integer(number) => number.into(),
        Value::Duration(micros) => micros.div_euclid(1_000_000).into(),
        Value::Text(text) => text.into_owned().into(),
        Value::Time(at) => to_wire::time(at).into(),
        Value::Boolean(yes) => yes.into(),
        Value::Money(amount) => to_wire::decimal(amount).into(),
        Value::Uuid(uuid) => uuid.to_string().into(),
    }
}

/// A recording is found by the tag. A call with less than a second of talk has no recording.
fn is_recorded(call: &Cdr) -> bool {
    let tagged = call.details.sip.local_tag.as_ref().is_some_and(|tag| !tag.is_empty());
    call.details.recorded == Some(true) && tagged && call.talk_us.is_some_and(|talk| talk >= 1_000_000)
}
