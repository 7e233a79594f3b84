//! Where the document of a call's details has the value of a field.

use crate::field::CdrField;
use crate::record::Field as _;

/// An object in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Top,
    Sip,
    Rating,
    Xdr,
    Queue,
    Telepresence,
    /// The texts of a video conferencing switch, an object in the one above.
    TelepresenceTexts,
}

impl Section {
    pub(super) const COUNT: usize = 7;

    /// The object of this name within another.
    pub(super) fn named(self, name: &[u8]) -> Option<Section> {
        Some(match (self, name) {
            (Section::Top, b"sip") => Section::Sip,
            (Section::Top, b"rating") => Section::Rating,
            (Section::Top, b"xdr") => Section::Xdr,
            (Section::Top, b"queue") => Section::Queue,
            (Section::Top, b"dma") => Section::Telepresence,
            (Section::Telepresence, b"texts") => Section::TelepresenceTexts,
            _ => return None,
        })
    }
}

/// The object and the member that hold the value of a field; `None` for fields that are not in the details, or follow
/// from several members.
pub(super) fn place(field: CdrField) -> Option<(Section, &'static str)> {
    use CdrField::*;
    use Section::*;
    Some(match field {
        SourceRef => (Top, "source_ref"),
        AccountGiven => (Top, "account_given"),
        Attempt => (Top, "attempt"),
        CallingRouted => (Top, "calling_routed"),
        CalledRouted => (Top, "called_routed"),
        CallUuid => (Top, "call_uuid"),
        Group => (Top, "group"),
        Recorded => (Top, "recorded"),
        Extra => (Top, "extra"),
        CallingName => (Sip, "calling_name"),
        OutCallId => (Sip, "out_call_id"),
        FromHeader => (Sip, "from_header"),
        FromDomain => (Sip, "from_domain"),
        ToDomain => (Sip, "to_domain"),
        RuriDomain => (Sip, "ruri_domain"),
        LocalTag => (Sip, "local_tag"),
        UserAgent => (Sip, "user_agent"),
        Diversion => (Sip, "diversion"),
        PeerIp => (Sip, "peer_ip"),
        PeerPort => (Sip, "peer_port"),
        PeerTransport => (Sip, "peer_transport"),
        Pai => (Sip, "pai"),
        Ppi => (Sip, "ppi"),
        Privacy => (Sip, "privacy"),
        Rpid => (Sip, "rpid"),
        RpidPrivacy => (Sip, "rpid_privacy"),
        ReleaseReason => (Sip, "release_reason"),
        InitialRate => (Rating, "initial_rate"),
        NextRate => (Rating, "next_rate"),
        Fee => (Rating, "fee"),
        PriceNoVat => (Rating, "price_no_vat"),
        Vat => (Rating, "vat"),
        InitialInterval => (Rating, "initial_interval"),
        NextInterval => (Rating, "next_interval"),
        RatePrefix => (Rating, "rate_prefix"),
        ReverseBilling => (Rating, "reverse_billing"),
        RateId => (Rating, "rate_id"),
        XdrBitFlags => (Xdr, "bit_flags"),
        XdrQuantity => (Xdr, "quantity"),
        XdrUsedQuantity => (Xdr, "used_quantity"),
        XdrConfId => (Xdr, "conf_id"),
        XdrIncomingConfId => (Xdr, "incoming_conf_id"),
        XdrRatingPattern => (Xdr, "rating_pattern"),
        XdrHistory => (Xdr, "history"),
        XdrBillStatus => (Xdr, "bill_status"),
        XdrServiceFlags => (Xdr, "service_flags"),
        XdrRecordings => (Xdr, "recordings"),
        QueueGroup => (Queue, "group"),
        QueueAgent => (Queue, "agent"),
        QueueTalk => (Queue, "talk_us"),
        QueueHold => (Queue, "hold_us"),
        other => {
            // The fields of a video conferencing switch have the names of the members, after a prefix.
            let name = other.name().strip_prefix("dma.")?;
            let section = if TYPED.contains(&name) { Telepresence } else { TelepresenceTexts };
            (section, name)
        }
    })
}

/// The members of a video conferencing switch that are not texts of their column.
const TYPED: [&str; 6] =
    ["call_type", "dialin", "conf_requires_chair", "term_conf_after_chair_drops", "chair_join_time", "printed"];
