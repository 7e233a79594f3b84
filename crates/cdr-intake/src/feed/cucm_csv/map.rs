//! Mapping a row of a CDR file to a call.

use std::net::{IpAddr, Ipv4Addr};

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, Cdr, Details, Direction, Queue, Sip, Timestamp};

use super::causes::{self, Cause};
use crate::delimited::Fields;
use crate::digest::key;
use crate::fault::{Fault, number_of_fields};
use crate::feed::asterisk::seconds;
use crate::feed::named::{NamedRow, Names};
use crate::feed::times::epoch;
use crate::feed::{FeedSettings, Origin, checks};
use crate::rows::Mapping;

/// The columns without which a file has no calls.
pub(super) const REQUIRED: [&str; 4] = ["cdrrecordtype", "globalcallid_callid", "datetimeorigination", "pkid"];
/// The record type of a call.
const CALL: &str = "1";
/// A session identifier that is none (RFC 7989, 3).
const NO_SESSION: &str = "00000000000000000000000000000000";

/// The columns of the last heading, and the settings for mapping rows.
pub(super) struct Map {
    names: Names,
    source: String,
    extra: Vec<String>,
}

impl Map {
    pub(super) fn new(names: Names, origin: &Origin, settings: &FeedSettings) -> Map {
        Map { names, source: origin.source.clone(), extra: settings.extra.clone() }
    }

    fn call(&self, row: NamedRow<'_>) -> Result<Cdr, Fault> {
        let Some(started_at) = time(row, "datetimeorigination", "dateTimeOrigination")? else {
            let found = row.given("datetimeorigination").unwrap_or_else(|| "empty".to_owned());
            let detail = format!("dateTimeOrigination is {found}, expected seconds since 1970");
            return Err(Fault::new("time-unreadable", detail));
        };
        let connected_at = time(row, "datetimeconnect", "dateTimeConnect")?;
        let cause = cause(row)?;
        let called = row.first(&["originalcalledpartynumber", "finalcalledpartynumber"]);
        let calling = row.given("callingpartynumber");
        let session = |name| row.given(name).filter(|id| id != NO_SESSION);
        let mut assumed = Assumed::DIRECTION;
        assumed.insert(Assumed::BILL);
        let mut call = Cdr {
            started_at,
            connected_at,
            ended_at: time(row, "datetimedisconnect", "dateTimeDisconnect")?,
            talk_us: Some(seconds("duration", &row.text("duration"))?),
            success: connected_at.is_some(),
            direction: Direction::Out,
            assumed,
            call_id: session("origdevicesessionid"),
            release_cause: cause.q850,
            release_code: cause.sip,
            details: Details {
                account_given: row.first(&["clientmattercode", "authcodedescription"]),
                call_uuid: row.text("pkid").parse().ok(),
                group: Some(self.group(row)),
                calling_routed: changed(row, "outpulsedcallingpartynumber", calling.as_ref()),
                called_routed: changed(row, "finalcalledpartynumber", called.as_ref()),
                sip: Sip {
                    out_call_id: session("destdevicesessionid"),
                    release_reason: cause.reason,
                    peer_ip: peer(row)?,
                    ..Sip::default()
                },
                queue: queue(row)?.map(Box::new),
                ..Details::default()
            },
            calling,
            called,
            ..Cdr::default()
        };
        row.keep_extra(&self.extra, &mut call);
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        Ok(call)
    }

    /// What the rows of one call share. The number of a call is used again after the nodes of a cluster are restarted, and
    /// differs by node.
    fn group(&self, row: NamedRow<'_>) -> String {
        let [cluster, node, call] =
            ["globalcallid_clusterid", "globalcallid_callmanagerid", "globalcallid_callid"].map(|name| row.text(name));
        format!("src:{}:{cluster}/{node}/{call}", self.source)
    }
}

impl Mapping for Map {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        if fields.len() == self.names.width || is_heading(fields) {
            return Ok(());
        }
        let detail = format!("{}, the heading has {}", number_of_fields(fields.len()), self.names.width);
        Err(Fault::new("columns", detail))
    }

    /// A heading in the middle, of files that were put together, holds for the rows after it.
    fn skips(&mut self, fields: &Fields) -> bool {
        if is_heading(fields) {
            let headings: Vec<_> = (0..fields.len()).map(|place| fields.text(place)).collect();
            self.names = Names::of(&headings);
            return true;
        }
        self.names.row(fields).text("cdrrecordtype").eq_ignore_ascii_case("INTEGER")
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        let row = self.names.row(fields);
        let kind = row.text("cdrrecordtype");
        if kind != CALL {
            return Err(Fault::unreadable("field-unreadable", "cdrRecordType", &kind, "1, the type of calls"));
        }
        let pkid = row.given("pkid").ok_or_else(|| Fault::new("field-missing", "pkid is empty"))?;
        let call = self.call(row)?;
        Ok(Content::Call(Box::new(CallDraft {
            key: key(pkid),
            digest: row.digest(),
            account: call.details.account_given.clone(),
            trunks: ["origdevicename", "destdevicename"].into_iter().filter_map(|name| row.given(name)).collect(),
            call,
            ..CallDraft::default()
        })))
    }
}

/// Whether a row names the columns of calls, in any order and case.
fn is_heading(fields: &Fields) -> bool {
    let is_name = |name: &str| fields.iter().any(|field| field.trim_ascii().eq_ignore_ascii_case(name.as_bytes()));
    fields.len() >= REQUIRED.len() && REQUIRED.into_iter().all(is_name)
}

/// The instant in a column of seconds since 1970.
fn time(row: NamedRow<'_>, column: &str, name: &str) -> Result<Option<Timestamp>, Fault> {
    epoch(&row.text(column), name)
}

/// Why the call ended: the side that cleared it has a cause, and the other one 0. If both have one, that of the
/// originating side counts.
fn cause(row: NamedRow<'_>) -> Result<Cause, Fault> {
    let read = |column: &str, name: &str| match &*row.text(column) {
        "" => Ok(0),
        text => text.parse().map_err(|_| Fault::unreadable("field-unreadable", name, text, "a whole number")),
    };
    let causes = [read("origcause_value", "origCause_value")?, read("destcause_value", "destCause_value")?];
    Ok(causes.into_iter().find(|cause| *cause != 0).map(causes::of).unwrap_or_default())
}

/// The address of the originating device: the text if it is given, else the number.
fn peer(row: NamedRow<'_>) -> Result<Option<IpAddr>, Fault> {
    let text = row.text("origipv4v6addr");
    if !text.is_empty() {
        let address: Result<IpAddr, _> = text.parse();
        let unreadable = || Fault::unreadable("field-unreadable", "origIpv4v6Addr", &text, "an IP address");
        return address
            .map(|address| Some(address).filter(|address| !address.is_unspecified()))
            .map_err(|_| unreadable());
    }
    let text = row.text("origipaddr");
    if text.is_empty() {
        return Ok(None);
    }
    let expected = "a signed number of 32 bits, whose octets are in reverse order";
    let unreadable = || Fault::unreadable("field-unreadable", "origIpAddr", &text, expected);
    let number: i32 = text.parse().map_err(|_| unreadable())?;
    Ok((number != 0).then(|| Ipv4Addr::from(number.to_le_bytes()).into()))
}

/// How a hunt pilot handled the call, if one did.
fn queue(row: NamedRow<'_>) -> Result<Option<Queue>, Fault> {
    let Some(group) = row.given("huntpilotdn") else { return Ok(None) };
    let is_queued = row.text("wascallqueued") == "1";
    let hold = is_queued.then(|| row.given("totalwaittimeinqueue")).flatten();
    Ok(Some(Queue {
        group: Some(group),
        agent: row.given("finalcalledpartynumber"),
        hold_us: hold.map(|text| seconds("totalWaitTimeInQueue", &text)).transpose()?,
        ..Queue::default()
    }))
}

/// A number after the rules of the switch, if they changed it.
fn changed(row: NamedRow<'_>, column: &str, received: Option<&String>) -> Option<String> {
    row.given(column).filter(|number| Some(number) != received)
}
