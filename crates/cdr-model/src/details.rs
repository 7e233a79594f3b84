//! What only some switches write down, kept in one document beside the typed fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::timestamp::Timestamp;

/// The rarer part of a CDR. Absent members are left out when it is written, and unknown ones ignored when it is read, so
/// that an older program reads a newer record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The call's identifier for clients: the switch's own, or one made of the source's name and the natural key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_uuid: Option<Uuid>,
    /// The record's number in its own system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<String>,
    /// What the legs of one call share, prefixed by its kind (`src7:1700000000.12`, `sip:a84b4c76e66710`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Which attempt of a rerouted call this is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u16>,
    /// The account code as the switch wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_given: Option<String>,
    /// What came with the signalling.
    #[serde(skip_serializing_if = "Sip::is_empty")]
    pub sip: Sip,
    /// What only a RealPresence DMA tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dma: Option<Box<Dma>>,
    /// Fields of the feed without a home here that the operator named in the configuration.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

/// What came with the signalling of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sip {
    /// The caller's name as displayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling_name: Option<String>,
    /// The call id of the outgoing leg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_call_id: Option<String>,
    /// The From header as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_header: Option<String>,
    /// The reason for the release in the switch's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_reason: Option<String>,
}

impl Sip {
    fn is_empty(&self) -> bool {
        *self == Sip::default()
    }
}

/// What only a RealPresence DMA tells about a call, by the columns of its call CDR (DMA 7000 Operations Guide, "Call
/// Record Layouts"). Those that have a home in [`crate::Cdr`] are kept there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dma {
    /// `callType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_type: Option<String>,
    /// `dialin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialin: Option<bool>,
    /// `confRequiresChair`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conf_requires_chair: Option<bool>,
    /// `termConfAfterChairDrops`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_conf_after_chair_drops: Option<bool>,
    /// `charJoinTime`: when the first chairperson joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chair_join_time: Option<Timestamp>,
    /// The other columns that are text, by their names here (`orig_endpoint`, `user_data_a`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// A telepresence room comes as one row whose fields are lists, one value per codec: the fields as printed, by
    /// heading, to be printed so again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, String>,
}
