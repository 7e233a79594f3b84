//! The codes of fields in documents.

use crate::field::CdrField;

/// The fields that are members of documents. The place of a field is its code, so fields are only added at the end.
#[rustfmt::skip]
const FIELDS: &[CdrField] = &[
    CdrField::SourceRef, CdrField::AccountGiven, CdrField::Attempt, CdrField::CallingName,
    CdrField::CallingRouted, CdrField::CalledRouted, CdrField::OutCallId, CdrField::CallUuid, CdrField::Group,
    CdrField::FromHeader, CdrField::FromDomain, CdrField::ToDomain, CdrField::RuriDomain, CdrField::LocalTag,
    CdrField::UserAgent, CdrField::Diversion, CdrField::PeerIp, CdrField::PeerPort, CdrField::PeerTransport,
    CdrField::Pai, CdrField::Ppi, CdrField::Privacy, CdrField::Rpid, CdrField::RpidPrivacy, CdrField::ReleaseReason,
    CdrField::InitialRate, CdrField::NextRate, CdrField::Fee, CdrField::PriceNoVat, CdrField::Vat,
    CdrField::InitialInterval, CdrField::NextInterval, CdrField::RatePrefix, CdrField::ReverseBilling,
    CdrField::RateId, CdrField::Recorded, CdrField::XdrBitFlags, CdrField::XdrQuantity, CdrField::XdrUsedQuantity,
    CdrField::XdrConfId, CdrField::XdrIncomingConfId, CdrField::XdrRatingPattern, CdrField::XdrHistory,
    CdrField::XdrBillStatus, CdrField::XdrServiceFlags, CdrField::XdrRecordings, CdrField::QueueGroup,
    CdrField::QueueAgent, CdrField::QueueTalk, CdrField::QueueHold, CdrField::DmaDialin, CdrField::Extra,
    CdrField::DmaPrinted, CdrField::DmaCallType, CdrField::DmaDialString, CdrField::DmaOrigEndpoint,
    CdrField::DmaDestEndpoint, CdrField::DmaOrigSignalType, CdrField::DmaDestSignalType, CdrField::DmaRefConfUuid,
    CdrField::DmaLastForwardEndpoint, CdrField::DmaCause, CdrField::DmaCauseSource, CdrField::DmaBitRate,
    CdrField::DmaClassOfService, CdrField::DmaIngressCluster, CdrField::DmaEgressCluster, CdrField::DmaVmrCluster,
    CdrField::DmaVeqCluster, CdrField::DmaUserRole, CdrField::DmaUserDataA, CdrField::DmaUserDataB,
    CdrField::DmaUserDataC, CdrField::DmaUserDataD, CdrField::DmaUserDataE, CdrField::DmaFailureSignalingCode,
    CdrField::DmaOrigModel, CdrField::DmaOrigVersion, CdrField::DmaDestModel, CdrField::DmaDestVersion,
    CdrField::DmaDisplays, CdrField::DmaMinVideoResolution, CdrField::DmaMaxVideoResolution,
    CdrField::DmaChairPasscode, CdrField::DmaConfRequiresChair, CdrField::DmaTermConfAfterChairDrops,
    CdrField::DmaChairJoinTime,
];

/// The code of a field; `None` if it is not in documents.
pub(crate) fn code(field: CdrField) -> Option<u8> {
    let at = FIELDS.iter().position(|known| *known == field)?;
    u8::try_from(at).ok()
}

/// The field of a code; `None` for a code of a later program.
pub(crate) fn field(code: u8) -> Option<CdrField> {
    FIELDS.get(usize::from(code)).copied()
}

/// All fields with their codes, in the order of the codes.
pub(super) fn all() -> impl Iterator<Item = (u8, CdrField)> {
    (0..=u8::MAX).zip(FIELDS.iter().copied())
}
