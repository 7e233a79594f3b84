//! What only some switches write down, kept in one document beside the typed fields.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Money;
use crate::time::Timestamp;

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
    /// The calling party after the switch's number rules, if they changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calling_routed: Option<String>,
    /// The called party after the switch's number rules, if they changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub called_routed: Option<String>,
    /// Whether the call was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<bool>,
    /// What came with the signalling.
    #[serde(skip_serializing_if = "Sip::is_empty")]
    pub sip: Sip,
    /// How the price came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Box<Rating>>,
    /// What only a billing system tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xdr: Option<Box<Xdr>>,
    /// What became of the call in a hunt group or queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<Box<Queue>>,
    /// What only a switch for video conferences tells.
    #[serde(rename = "dma", skip_serializing_if = "Option::is_none")]
    pub telepresence: Option<Box<Telepresence>>,
    /// Fields of the feed without a home here that the configuration names.
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
    /// The address that signalling came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_ip: Option<IpAddr>,
    /// The port that signalling came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_port: Option<u16>,
    /// The transport that signalling came over, by the number its switch gives it.
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

/// How the price of a call came about. Amounts are in the payer's currency, and keep the digits they were printed with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rating {
    /// The price of a minute in the first interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_rate: Option<Money>,
    /// The price of a minute in the intervals after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rate: Option<Money>,
    /// What is charged once, when the call is answered.
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
    /// The prefix in the tariff that the called number met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_prefix: Option<String>,
    /// Whether the called party pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverse_billing: Option<bool>,
    /// The number of the rate in the tariff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_id: Option<i64>,
}

/// What only a billing system tells about a record, by the fields of an xDR (PortaBilling, "Description of xDR record
/// fields").
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Xdr {
    /// Flags: of the lowest bits 4 is outgoing, 8 incoming, both forwarded; 64 is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bit_flags: Option<i64>,
    /// How much was charged of what is not counted in seconds: messages, megabytes, periods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Money>,
    /// How much was used of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_quantity: Option<Money>,
    /// What all legs of one call share (`h323-conf-id`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conf_id: Option<String>,
    /// The same of the incoming leg that this one continues, as in a transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incoming_conf_id: Option<String>,
    /// The steps it was rated in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating_pattern: Option<String>,
    /// What happened to it while it was rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// The billing system's word for its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_status: Option<String>,
    /// Flags of its service at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_flags: Option<String>,
    /// Where it can be listened to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
}

/// A recording of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Where it can be downloaded.
    pub url: String,
    /// The server that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
}

/// What became of a call in a hunt group or queue.
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

/// What only a switch for video conferences tells about a call, by the columns of a RealPresence DMA's call CDR (DMA 7000
/// Operations Guide, "Call Record Layouts"). Those that have a home in [`crate::Cdr`] are kept there.
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
    /// The other columns that are text, by their names here (`orig_endpoint`, `user_data_a`).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, String>,
    /// A telepresence room comes as one row whose fields are lists, one value per codec: the fields as printed, by
    /// heading, to be printed so again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub printed: BTreeMap<String, String>,
}
