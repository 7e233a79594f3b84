//! Members that only some feeds provide, stored as one document beside the typed fields.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Money;
use crate::time::Timestamp;

/// Members of a CDR that only some feeds provide. Absent members are omitted on writing and unknown members are ignored
/// on reading, so that an older program can read a newer record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The call's identifier for clients: the switch's own, or one derived from the source's name and the natural key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_uuid: Option<Uuid>,
    /// The record's number in the source's own system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ref: Option<String>,
    /// The identifier that the legs of one call share, prefixed by its kind (`src7:1700000000.12`,
    /// `sip:a84b4c76e66710`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Which attempt of a rerouted call this is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u16>,
    /// The account code as the switch wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_given: Option<String>,
    /// The calling party after the switch's number rules, if they changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling_routed: Option<String>,
    /// The called party after the switch's number rules, if they changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called_routed: Option<String>,
    /// Whether the call was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<bool>,
    /// Members from the signalling.
    #[serde(skip_serializing_if = "Sip::is_empty")]
    pub sip: Sip,
    /// Details of the rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Box<Rating>>,
    /// Members that only a billing system provides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xdr: Option<Box<Xdr>>,
    /// How a hunt group or queue handled the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Box<Queue>>,
    /// Members that only a video conferencing switch provides.
    #[serde(rename = "dma", skip_serializing_if = "Option::is_none")]
    pub telepresence: Option<Box<Telepresence>>,
    /// Further fields of the feed that the configuration selects, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
}

/// Members from the signalling of a call.
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
    /// The release reason, as text from the switch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_reason: Option<String>,
    /// The domain of the From header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_domain: Option<String>,
    /// The domain of the To header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_domain: Option<String>,
    /// The domain of the request URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ruri_domain: Option<String>,
    /// The switch's own tag of the dialogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_tag: Option<String>,
    /// The User-Agent header as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The Diversion header as received (RFC 5806).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diversion: Option<String>,
    /// The address of the signalling peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_ip: Option<IpAddr>,
    /// The port of the signalling peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_port: Option<u16>,
    /// The signalling transport, by the switch's own numbering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_transport: Option<i16>,
    /// The P-Asserted-Identity header as received (RFC 3325).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pai: Option<String>,
    /// The P-Preferred-Identity header as received (RFC 3325).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ppi: Option<String>,
    /// The Privacy header as received (RFC 3323).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy: Option<String>,
    /// The Remote-Party-ID header as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpid: Option<String>,
    /// The RPID-Privacy header as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpid_privacy: Option<String>,
}

impl Sip {
    fn is_empty(&self) -> bool {
        *self == Sip::default()
    }
}

/// How the price of a call was computed. Amounts are in the payer's currency and keep the digits they were printed
/// with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rating {
    /// The price of a minute in the first interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_rate: Option<Money>,
    /// The price of a minute in the intervals after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rate: Option<Money>,
    /// The connection fee, charged once when the call is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// The price without VAT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_no_vat: Option<Money>,
    /// VAT in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat: Option<Money>,
    /// Seconds of the first interval, which is charged whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_interval: Option<i32>,
    /// Seconds of each interval after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_interval: Option<i32>,
    /// The prefix in the tariff that the called number matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_prefix: Option<String>,
    /// Whether the called party pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse_billing: Option<bool>,
    /// The number of the rate in the tariff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_id: Option<i64>,
}

/// Members of a record that only a billing system provides, as in the fields of an xDR (PortaBilling, "Description of
/// xDR record fields").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Xdr {
    /// Flags, among them 4 for outgoing, 8 for incoming, both for forwarded, and 64 for recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_flags: Option<i64>,
    /// The charged quantity, where it is not counted in seconds: messages, megabytes, periods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Money>,
    /// The used quantity, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_quantity: Option<Money>,
    /// The identifier that all legs of one call share (`h323-conf-id`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conf_id: Option<String>,
    /// The `h323-conf-id` of the incoming leg that this leg continues, as in a transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming_conf_id: Option<String>,
    /// The steps it was rated in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating_pattern: Option<String>,
    /// The history of its rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// Its status in the billing system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_status: Option<String>,
    /// Flags of its service at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_flags: Option<String>,
    /// Links to its recordings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
}

impl Xdr {
    /// What the legs of one call share: the `h323-conf-id` of the incoming leg that this one continues, or else its own.
    /// An empty identifier counts as missing.
    pub fn group(&self) -> Option<&str> {
        [&self.incoming_conf_id, &self.conf_id].into_iter().filter_map(|id| id.as_deref()).find(|id| !id.is_empty())
    }
}

/// A recording of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// The download address.
    pub url: String,
    /// The server that stores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
}

/// How a hunt group or queue handled a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Queue {
    /// The group that took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The extension that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Microseconds the agent talked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_us: Option<i64>,
    /// Microseconds the caller waited for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_us: Option<i64>,
}

/// Members of a call that only a video conferencing switch provides: the columns of its call CDR (DMA
/// 7000 Operations Guide, "Call Record Layouts") that have no field in [`crate::Cdr`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Telepresence {
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
    /// The other text columns, by their field names without prefix (`orig_endpoint`, `user_data_a`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// The fields of a telepresence room as printed, by heading. A telepresence room is one row whose fields are lists
    /// with one value per codec; an export prints them unchanged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, String>,
}
