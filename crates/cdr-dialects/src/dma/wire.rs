//! The messages on the wire: `plcm-billing-status` and `plcm-error`, field by field, in XML and in JSON.
//!
//! Source: Poly RealPresence Platform API reference, representations `plcm-billing-status.xsd` and `.json`.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde::Serialize;

/// The path of the resource.
pub(super) const PATH: &str = "/api/rest/billing";
const ATOM: &str = "http://www.w3.org/2005/Atom";

/// The encoding of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Xml,
    Json,
}

/// A message of the API.
pub(super) trait Message: Serialize {
    /// The name of its root element, which is also part of its media types.
    const ROOT: &'static str;

    /// Links, which come first.
    fn links(&self) -> &[Link] {
        &[]
    }

    /// Its elements in the order of the schema; those without a value are left out.
    fn elements(&self) -> Vec<(&'static str, Option<String>)>;
}

/// An Atom link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) rel: &'static str,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: &'static str,
}

/// The current status of CDR creation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BillingStatus {
    pub(super) atom_link_list: Vec<Link>,
    pub(super) total_number_cdr_records: u64,
    pub(super) number_cdr_records_processed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) estimated_time_remaining_seconds: Option<u64>,
    pub(super) action_type: ActionType,
    pub(super) status_type: StatusType,
    pub(super) download_ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) download_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entity_tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) creation_time: Option<String>,
}

/// The current action. Documented values that do not occur here are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ActionType {
    NotStarted,
    RetrievingCdrNumCallRecords,
    RetrievingCdrCallRecords,
    RetrievingCdrConfRecords,
    CreatingCdrFile,
}

/// The state of the generation. Documented values that do not occur here are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum StatusType {
    NotStarted,
    Running,
    ErrorUnknownCreate,
    GenerationComplete,
}

/// Why a request is rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PlcmError {
    pub(super) status_code: u16,
    pub(super) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) technical_details: Option<String>,
}

impl Message for BillingStatus {
    const ROOT: &'static str = "plcm-billing-status";

    fn links(&self) -> &[Link] {
        &self.atom_link_list
    }

    fn elements(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("total-number-cdr-records", Some(self.total_number_cdr_records.to_string())),
            ("number-cdr-records-processed", Some(self.number_cdr_records_processed.to_string())),
            ("estimated-time-remaining-seconds", self.estimated_time_remaining_seconds.map(|it| it.to_string())),
            ("action-type", Some(self.action_type.name().to_owned())),
            ("status-type", Some(self.status_type.name().to_owned())),
            ("download-ready", Some(self.download_ready.to_string())),
            ("download-url", self.download_url.clone()),
            ("status-message", self.status_message.clone()),
            ("entity-tag", self.entity_tag.clone()),
            ("from-date", self.from_date.clone()),
            ("to-date", self.to_date.clone()),
            ("creation-time", self.creation_time.clone()),
        ]
    }
}

impl Message for PlcmError {
    const ROOT: &'static str = "plcm-error";

    fn elements(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("status-code", Some(self.status_code.to_string())),
            ("description", Some(self.description.clone())),
            ("technical-details", self.technical_details.clone()),
        ]
    }
}

impl ActionType {
    const fn name(self) -> &'static str {
        match self {
            ActionType::NotStarted => "NOT_STARTED",
            ActionType::RetrievingCdrNumCallRecords => "RETRIEVING_CDR_NUM_CALL_RECORDS",
            ActionType::RetrievingCdrCallRecords => "RETRIEVING_CDR_CALL_RECORDS",
            ActionType::RetrievingCdrConfRecords => "RETRIEVING_CDR_CONF_RECORDS",
            ActionType::CreatingCdrFile => "CREATING_CDR_FILE",
        }
    }
}

impl StatusType {
    const fn name(self) -> &'static str {
        match self {
            StatusType::NotStarted => "NOT_STARTED",
            StatusType::Running => "RUNNING",
            StatusType::ErrorUnknownCreate => "ERROR_UNKNOWN_CREATE",
            StatusType::GenerationComplete => "GENERATION_COMPLETE",
        }
    }
}

impl Encoding {
    /// The media type of a message.
    pub(super) fn media_type<M: Message>(self) -> String {
        let suffix = match self {
            Encoding::Xml => "xml",
            Encoding::Json => "json",
        };
        format!("application/vnd.plcm.{}+{suffix}", M::ROOT)
    }

    /// The text of a message.
    pub(super) fn write<M: Message>(self, message: &M) -> Vec<u8> {
        match self {
            Encoding::Xml => xml(message),
            // Serializing texts, numbers and lists of them cannot fail.
            Encoding::Json => serde_json::to_vec(message).unwrap_or_default(),
        }
    }
}

/// As the original writes it: without line breaks, Atom as the default namespace, `ns2` for everything else.
fn xml<M: Message>(message: &M) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    let mut put = |event: Event<'_>| {
        // Writing to memory cannot fail.
        let _ = writer.write_event(event);
    };
    let root = format!("ns2:{}", M::ROOT);
    let namespace = format!("urn:com:polycom:api:rest:{}", M::ROOT);
    put(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), Some("yes"))));
    put(Event::Start(BytesStart::new(&*root).with_attributes([("xmlns", ATOM), ("xmlns:ns2", &namespace)])));
    for link in message.links() {
        let href = legal(&link.href);
        put(Event::Empty(BytesStart::new("link").with_attributes([
            ("href", &*href),
            ("rel", link.rel),
            ("type", link.kind),
            ("title", link.title),
        ])));
    }
    for (name, value) in message.elements() {
        let Some(value) = value else { continue };
        let name = format!("ns2:{name}");
        put(Event::Start(BytesStart::new(&*name)));
        put(Event::Text(BytesText::new(&legal(&value))));
        put(Event::End(BytesEnd::new(&*name)));
    }
    put(Event::End(BytesEnd::new(&*root)));
    writer.into_inner()
}

/// The text without the characters that XML 1.0 cannot represent (section 2.2, `Char`).
fn legal(text: &str) -> String {
    let is_legal = |it: &char| matches!(it, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(is_legal).collect()
}
