//! The codes of fields in documents.

use std::sync::LazyLock;

use super::UUID;
use crate::field::CdrField;
use crate::record::Field as _;

/// The names of the fields that are members of documents. The place of a name is its code, so names are only added at the
/// end.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "source_ref", "account_given", "attempt", "calling_name", "calling_routed", "called_routed", "out_call_id",
    "call_uuid", "group", "from_header", "from_domain", "to_domain", "ruri_domain", "local_tag", "user_agent",
    "diversion", "peer_ip", "peer_port", "peer_transport", "pai", "ppi", "privacy", "rpid", "rpid_privacy",
    "release_reason", "initial_rate", "next_rate", "fee", "price_no_vat", "vat", "initial_interval", "next_interval",
    "rate_prefix", "reverse_billing", "rate_id", "recorded", "xdr.bit_flags", "xdr.quantity", "xdr.used_quantity",
    "xdr.conf_id", "xdr.incoming_conf_id", "xdr.rating_pattern", "xdr.history", "xdr.bill_status",
    "xdr.service_flags", "xdr.recordings", "queue.group", "queue.agent", "queue.talk", "queue.hold", "dma.dialin",
    "extra", "dma.printed", "dma.call_type", "dma.dial_string", "dma.orig_endpoint", "dma.dest_endpoint",
    "dma.orig_signal_type", "dma.dest_signal_type", "dma.ref_conf_uuid", "dma.last_forward_endpoint", "dma.cause",
    "dma.cause_source", "dma.bit_rate", "dma.class_of_service", "dma.ingress_cluster", "dma.egress_cluster",
    "dma.vmr_cluster", "dma.veq_cluster", "dma.user_role", "dma.user_data_a", "dma.user_data_b", "dma.user_data_c",
    "dma.user_data_d", "dma.user_data_e", "dma.failure_signaling_code", "dma.orig_model", "dma.orig_version",
    "dma.dest_model", "dma.dest_version", "dma.displays", "dma.min_video_resolution", "dma.max_video_resolution",
    "dma.chair_passcode", "dma.conf_requires_chair", "dma.term_conf_after_chair_drops", "dma.chair_join_time",
];

const _: () = assert!(NAMES.len() < UUID as usize, "the two highest codes mark texts");

/// The fields of these names.
static FIELDS: LazyLock<Vec<Option<CdrField>>> =
    LazyLock::new(|| NAMES.iter().map(|name| CdrField::named(name).ok()).collect());

/// The code of a field; `None` if it is not in documents.
pub(crate) fn code(field: CdrField) -> Option<u8> {
    let at = FIELDS.iter().position(|known| *known == Some(field))?;
    u8::try_from(at).ok()
}

/// The field of a code; `None` for a code of a later program.
pub(crate) fn field(code: u8) -> Option<CdrField> {
    FIELDS.get(usize::from(code)).copied().flatten()
}

/// The members of the details that are there together or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Members that may be there without others.
    Single,
    Xdr,
    Queue,
    Telepresence,
}

/// The groups of the codes.
static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let group = |name: &&str| match name.split_once('.') {
        Some(("xdr", _)) => Group::Xdr,
        Some(("queue", _)) => Group::Queue,
        Some(("dma", _)) => Group::Telepresence,
        _ => Group::Single,
    };
    NAMES.iter().map(group).collect()
});

/// The fields of the groups that are wanted with their codes, in the order of the codes.
pub(super) fn of_groups(wants: impl Fn(Group) -> bool) -> impl Iterator<Item = (u8, CdrField)> {
    all().filter(move |(code, _)| GROUPS.get(usize::from(*code)).is_some_and(|group| wants(*group)))
}

/// All fields with their codes, in the order of the codes.
pub(super) fn all() -> impl Iterator<Item = (u8, CdrField)> {
    (0..=u8::MAX).zip(FIELDS.iter()).filter_map(|(code, field)| Some((code, (*field)?)))
}
