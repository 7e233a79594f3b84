//! Mapping an xDR to a call or a charge.

use cdr_mediation::{CallDraft, Content};
use cdr_model::{
    Assumed, Cdr, Details, Direction, FieldKind, LocalZone, Money, RecordKind, Recording, Sip, Timestamp, VOICE_CALLS,
    Value, Xdr,
};

use super::services;
use crate::delimited::Fields;
use crate::digest::{Digest, key};
use crate::fault::{Fault, number_of_fields, shown};
use crate::feed::asterisk::seconds;
use crate::feed::named::{NamedRow, Names};
use crate::feed::times::{Written, epoch, written};
use crate::feed::{FeedSettings, Origin, checks};
use crate::json::Members;
use crate::notes::Note;
use crate::rows::{LineMapping, Mapping};
use crate::text::text;

/// The members of an xDR that make its digest, beside its times and its success. Links are not among them, as they may
/// expire, and neither is what an answer has only if it was asked for.
const DIGESTED: [&str; 14] = [
    "account_id",
    "bill_status",
    "bit_flags",
    "call_id",
    "charged_amount",
    "charged_quantity",
    "cld",
    "cli",
    "disconnect_cause",
    "h323_conf_id",
    "h323_incoming_conf_id",
    "i_service",
    "i_xdr",
    "used_quantity",
];
/// The flag of a call with a recording.
const RECORDED: i64 = 64;
/// A member that says whether another one has a value.
const SPECIFIED: &str = "specified";

/// The settings for mapping xDRs.
pub(super) struct Map {
    source: String,
    extra: Vec<String>,
}

/// The rows of a CSV file.
pub(super) struct Table {
    pub(super) map: Map,
    pub(super) names: Names,
}

impl Map {
    pub(super) fn new(origin: &Origin, settings: &FeedSettings) -> Map {
        Map { source: origin.source.clone(), extra: settings.extra.clone() }
    }

    /// The record of a JSON object.
    pub(super) fn object(&self, raw: &[u8]) -> Result<Content, Fault> {
        let line = text(raw);
        let Members(members) = serde_json::from_str(&line)
            .map_err(|error| Fault::new("not-json", format!("{error}; expected an object such as {{\"i_xdr\":…}}")))?;
        let (mut names, mut cells) = (Vec::with_capacity(members.len()), Vec::with_capacity(members.len()));
        for (name, value) in &members {
            if names.contains(&name) {
                return Err(Fault::new("field-twice", format!("the object names {} twice", shown(name))));
            }
            names.push(name);
            cells.push(cell(name, value.get())?);
        }
        self.content(Names::of(&names).row(&cells))
    }

    fn content(&self, row: NamedRow<'_>) -> Result<Content, Fault> {
        let Some(id) = row.given("i_xdr") else { return Err(Fault::new("field-missing", "i_xdr is not given")) };
        let call = self.call(row)?;
        let is_of_customer = match &*row.text("xdr_type") {
            "" => row.first(&["account_id", "i_account"]).is_none() && !call.kind.is_of_a_leg(),
            kind => kind == "customer",
        };
        Ok(Content::Call(Box::new(CallDraft {
            key: key(if is_of_customer { format!("customer/{id}") } else { id }),
            digest: digest(row, &call),
            account: call.details.account_given.clone(),
            service: row.given("service"),
            call,
            ..CallDraft::default()
        })))
    }

    fn call(&self, row: NamedRow<'_>) -> Result<Cdr, Fault> {
        let price = amount(row, "charged_amount")?;
        let number = whole(row, "i_service")?;
        let kind = match services::kind(row.given("service").as_deref(), number, price) {
            RecordKind::Call if row.text("xdr_type") == "customer" => RecordKind::Resale,
            kind => kind,
        };
        let mut call = Cdr {
            kind,
            price,
            service_id: number.unwrap_or(VOICE_CALLS),
            calling: row.given("cli"),
            called: row.given("cld"),
            call_id: row.given("call_id"),
            release_cause: whole(row, "disconnect_cause")?.filter(|cause: &i16| *cause != 0),
            destination_id: whole(row, "i_dest")?.filter(|id| *id != 0),
            details: Details {
                source_ref: row.given("i_xdr"),
                account_given: row.given("account_id"),
                sip: Sip { release_reason: row.given("disconnect_reason"), ..Sip::default() },
                ..Details::default()
            },
            ..Cdr::default()
        };
        if let Some(rate) = whole(row, "i_rate")?.filter(|id| *id != 0) {
            call.rating_mut().rate_id = Some(rate);
        }
        let xdr = xdr(row)?;
        let group = xdr.group().map(str::to_owned).or_else(|| call.call_id.clone());
        call.details.group = group.map(|id| format!("src:{}:{id}", self.source));
        let is_recorded = !xdr.recordings.is_empty() || xdr.bit_flags.is_some_and(|flags| flags & RECORDED != 0);
        call.details.recorded = is_recorded.then_some(true);
        if xdr != Xdr::default() {
            *call.xdr_mut() = xdr;
        }
        times(&mut call, row)?;
        quantities(&mut call, row)?;
        direction(&mut call);
        row.keep_extra(&self.extra, &mut call);
        checks::call(&call)?;
        Ok(call)
    }
}

impl LineMapping for Map {
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        self.object(line).map(|content| (content, None))
    }
}

impl Mapping for Table {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        if fields.len() == self.names.width {
            return Ok(());
        }
        let detail = format!("{}, the heading has {}", number_of_fields(fields.len()), self.names.width);
        Err(Fault::new("columns", detail))
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        self.map.content(self.names.row(fields))
    }
}

/// SHA-256 over the names and values of the members that make it. A time counts as it is, in whichever form it is given.
fn digest(row: NamedRow<'_>, call: &Cdr) -> [u8; 32] {
    let end = call.ended_at.map(|end| end.to_string());
    let own = [
        ("start", call.started_at.to_string()),
        ("end", end.unwrap_or_default()),
        ("bill", call.billed_at.to_string()),
        ("success", call.success.to_string()),
    ];
    let given = DIGESTED.iter().map(|name| (*name, row.text(name).into_owned()));
    let parts: Vec<_> = given.chain(own).filter(|(_, text)| !text.is_empty()).collect();
    Digest::of(parts.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]))
}

/// The text of a JSON value: of a text its content, of anything else its JSON. `null` is no text.
fn cell(name: &str, json: &str) -> Result<String, Fault> {
    let unreadable = |error| Fault::new("not-json", format!("{}: {error}", shown(name)));
    let text = match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map_err(unreadable)?,
        Some(b'n') => String::new(),
        _ => json.to_owned(),
    };
    if text.contains('\0') {
        return Err(Fault::new("nul-character", format!("{} contains a NUL character", shown(name))));
    }
    Ok(text)
}

/// The text of a member, unless its companion says that it has no value.
fn specified(row: NamedRow<'_>, name: &str) -> Option<String> {
    let companion = row.text(&format!("{name}{SPECIFIED}"));
    row.given(name).filter(|_| !companion.eq_ignore_ascii_case("false"))
}

fn amount(row: NamedRow<'_>, name: &str) -> Result<Option<Money>, Fault> {
    let Some(text) = specified(row, name) else { return Ok(None) };
    match FieldKind::Money.read("price", &text).map_err(|error| Fault::under(name, error.into()))? {
        Value::Money(amount) => Ok(Some(amount)),
        _ => Ok(None),
    }
}

fn whole<N: std::str::FromStr>(row: NamedRow<'_>, name: &str) -> Result<Option<N>, Fault> {
    let number = specified(row, name)
        .map(|text| text.parse().map_err(|_| Fault::unreadable("field-unreadable", name, &text, "a whole number")));
    number.transpose()
}

/// Whether a flag is set; `None` if it is not given.
fn flag(row: NamedRow<'_>, name: &str) -> Option<bool> {
    row.given(name).map(|text| !["0", "false", "n"].contains(&text.to_ascii_lowercase().as_str()))
}

fn xdr(row: NamedRow<'_>) -> Result<Xdr, Fault> {
    Ok(Xdr {
        bit_flags: whole(row, "bit_flags")?,
        conf_id: row.given("h323_conf_id"),
        incoming_conf_id: row.given("h323_incoming_conf_id"),
        rating_pattern: row.given("rating_pattern"),
        history: row.given("history"),
        bill_status: row.given("bill_status"),
        service_flags: row.given("service_flags"),
        recordings: recordings(row),
        ..Xdr::default()
    })
}

/// The recordings of a call: one address, or a list of them.
fn recordings(row: NamedRow<'_>) -> Vec<Recording> {
    let links = row.given("cr_download_links");
    let links: Vec<String> =
        links.map(|text| serde_json::from_str(&text).unwrap_or_else(|_| vec![text])).unwrap_or_default();
    let first = row.given("call_recording_url");
    let server_url = row.given("call_recording_server_url");
    let urls = first.clone().into_iter().chain(links.into_iter().filter(|link| Some(link) != first.as_ref()));
    urls.map(|url| Recording { url, server_url: server_url.clone() }).collect()
}

/// Sets the instants. An xDR has no start of signalling, unless it comes from the database.
fn times(call: &mut Cdr, row: NamedRow<'_>) -> Result<(), Fault> {
    let (connect, end) = (time(row, "connect_time")?, time(row, "disconnect_time")?);
    let (setup, bill) = (time(row, "setup_time")?, time(row, "bill_time")?);
    let is_failed = flag(row, "failed").unwrap_or(false);
    call.ended_at = end;
    let Some(start) = setup.or(connect).or(end).or(bill) else {
        let detail = "neither connect_time nor disconnect_time nor bill_time is given, expected a time such as \
                      2026-11-21 10:00:00";
        return Err(Fault::new("time-unreadable", detail));
    };
    call.started_at = start;
    if call.kind.is_of_a_leg() {
        call.connected_at = connect.filter(|_| !is_failed);
        call.success = call.connected_at.is_some();
        if setup.is_none() {
            call.assumed.insert(Assumed::START);
        }
    } else {
        call.connected_at = Some(start);
        call.success = true;
    }
    match bill {
        Some(bill) => call.billed_at = bill,
        None => checks::assume_billed(call),
    }
    Ok(())
}

/// An instant: in seconds since 1970 if it is given so, or as text in UTC, or as .NET writes it in JSON.
fn time(row: NamedRow<'_>, name: &str) -> Result<Option<Timestamp>, Fault> {
    let text = row.text(name);
    if let Some(at) = dotnet(&text) {
        return Ok(Some(at).filter(|at| !checks::is_zero(*at)));
    }
    let unix = format!("unix_{name}");
    if let Some(at) = epoch(&row.text(&unix), &unix)? {
        return Ok(Some(at));
    }
    Ok(written(&text, name, LocalZone::UTC)?.map(|written| match written {
        Written::Exact(at) => at,
        Written::Local(local) => Timestamp::from_micros(local.and_utc().timestamp_micros()),
    }))
}

/// Reads `/Date(1433116800000-0000)/`: milliseconds since 1970 in UTC, and an offset that does not change them.
fn dotnet(text: &str) -> Option<Timestamp> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let end = inner.get(1..)?.find(['+', '-']).map_or(inner.len(), |at| at + 1);
    let millis: i64 = inner.get(..end)?.parse().ok()?;
    millis.checked_mul(1000).map(Timestamp::from_micros)
}

/// Sets what was used and what was charged: seconds of a call, and other units of anything else.
fn quantities(call: &mut Cdr, row: NamedRow<'_>) -> Result<(), Fault> {
    let (used, charged) = (specified(row, "used_quantity"), specified(row, "charged_quantity"));
    if !call.kind.is_of_a_leg() {
        let (quantity, used_quantity) = (amount(row, "charged_quantity")?, amount(row, "used_quantity")?);
        if quantity.is_some() || used_quantity.is_some() {
            let xdr = call.xdr_mut();
            (xdr.quantity, xdr.used_quantity) = (quantity, used_quantity);
        }
        return Ok(());
    }
    call.billed_us = charged.map(|text| seconds("charged_quantity", &text)).transpose()?;
    call.talk_us = match (used, call.connected_at, call.ended_at) {
        (Some(text), ..) => Some(seconds("used_quantity", &text)?),
        (None, None, _) => Some(0),
        (None, Some(connected), Some(ended)) => {
            call.assumed.insert(Assumed::TALK);
            Some(ended.micros_since(connected)).filter(|micros| *micros >= 0)
        }
        (None, Some(_), None) => None,
    };
    Ok(())
}

/// Sets the direction of a call by its flags.
fn direction(call: &mut Cdr) {
    if !call.kind.is_of_a_leg() {
        return;
    }
    let flags = call.details.xdr.as_ref().and_then(|xdr| xdr.bit_flags);
    call.direction = flags.map_or(Direction::Unknown, Direction::from_bit_flags);
    if call.direction == Direction::Unknown {
        call.direction = Direction::Out;
        call.assumed.insert(Assumed::DIRECTION);
    }
}
