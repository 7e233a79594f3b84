//! Building a record from names and values.

use cdr_mediation::{CallDraft, ConferenceDraft, Content, Exported};
use cdr_model::{Assumed, Cdr, CdrField, ConferenceField, ConferenceRecord, Direction, Field, FieldKind, RecordKind};

use super::columns::{Column, DIGEST, KEY, SOURCE, required};
use super::directory;
use super::given::{Given, word};
use crate::digest::{Digest, hex, key, unhex};
use crate::fault::Fault;
use crate::feed::{InputSheet, checks};

/// The record of these values.
pub(super) fn content(sheet: InputSheet, mut given: Vec<Given<'_>>) -> Result<Content, Fault> {
    // Of all columns of the file, before those without a value are left out.
    let of_call = if sheet == InputSheet::Calls { exported(&given, call_field)? } else { None };
    let of_conference = if sheet == InputSheet::Conferences { exported(&given, conference_field)? } else { None };
    keep_values(sheet, &mut given)?;
    match sheet {
        InputSheet::Calls => {
            let exported = of_call.map(Box::new);
            Ok(Content::Call(Box::new(CallDraft { exported, ..call(&given, digest(&given))? })))
        }
        InputSheet::Conferences => {
            let exported = of_conference.map(Box::new);
            Ok(Content::Conference(Box::new(ConferenceDraft { exported, ..conference(&given, digest(&given))? })))
        }
        InputSheet::Customers => directory::customer(&given).map(|draft| Content::Customer(Box::new(draft))),
        InputSheet::Accounts => directory::account(&given).map(|draft| Content::Account(Box::new(draft))),
        InputSheet::Services => directory::service(&given).map(Content::Service),
        InputSheet::Products => directory::product(&given).map(Content::Product),
        InputSheet::Destinations => directory::destination(&given).map(|draft| Content::Destination(Box::new(draft))),
    }
}

/// The call of these values, which has the digest of what the switch wrote.
pub(in crate::feed) fn call_of(mut given: Vec<Given<'_>>, digest: [u8; 32]) -> Result<CallDraft, Fault> {
    keep_values(InputSheet::Calls, &mut given)?;
    call(&given, digest)
}

/// Keeps the values that count, in the order of their names.
fn keep_values(sheet: InputSheet, given: &mut Vec<Given<'_>>) -> Result<(), Fault> {
    // Null and ignored values must not affect the digest.
    given.retain(|value| has_value(value) && *value.column != Column::ReadOver && !is_default_kind(value));
    given.sort_unstable_by(|left, right| left.name.cmp(right.name));
    let is_given = |name: &str| given.binary_search_by(|value| value.name.cmp(name)).is_ok();
    if let Some(missing) = required(sheet).iter().find(|name| !is_given(name)) {
        return Err(Fault::new("field-missing", format!("`{missing}` is not given")));
    }
    if let Some(value) = given.iter().find(|value| value.text.contains('\0')) {
        return Err(Fault::new("nul-character", format!("`{}` contains a NUL character", value.name)));
    }
    Ok(())
}

/// The digest of the content. What identifies an exported record is not part of it.
fn digest(given: &[Given<'_>]) -> [u8; 32] {
    let content = given.iter().filter(|value| !is_of_export(value.column));
    Digest::of(content.flat_map(|value| [value.name.as_bytes(), value.text.as_bytes()]))
}

/// The identity that an export of a store gave the record, with the fields of the file and whether the record has a value
/// there. `None` unless the record has a source, a key and a digest.
fn exported<F>(given: &[Given<'_>], field: fn(&Column) -> Option<F>) -> Result<Option<Exported<F>>, Fault> {
    let filled = |name| word(given, name).filter(|text| !text.is_empty());
    let (Some(source), Some(digest), Some(_)) = (filled(SOURCE), filled(DIGEST), filled(KEY)) else {
        return Ok(None);
    };
    let Some(digest) = unhex(&digest) else {
        return Err(Fault::unreadable("field-unreadable", DIGEST, &digest, "64 hexadecimal digits"));
    };
    let mut fields = Vec::with_capacity(given.len());
    fields.extend(given.iter().filter_map(|value| field(value.column).map(|field| (field, has_value(value)))));
    Ok(Some(Exported { source, digest, fields }))
}

fn call_field(column: &Column) -> Option<CdrField> {
    match column {
        Column::Call(field) => Some(*field),
        _ => None,
    }
}

fn conference_field(column: &Column) -> Option<ConferenceField> {
    match column {
        Column::Conference(field) => Some(*field),
        _ => None,
    }
}

fn is_of_export(column: &Column) -> bool {
    matches!(column, Column::Word(SOURCE | DIGEST))
}

fn has_value(value: &Given<'_>) -> bool {
    !value.is_null && (!value.text.is_empty() || takes_empty_text(value.column))
}

/// Whether the value states that the record is a call, which is the default.
fn is_default_kind(value: &Given<'_>) -> bool {
    *value.column == Column::Call(CdrField::Kind) && value.text == RecordKind::Call.name()
}

fn call(given: &[Given<'_>], digest: [u8; 32]) -> Result<CallDraft, Fault> {
    let mut call = Cdr::default();
    // A zero time is the switch's word for none, and part of the content nonetheless.
    for value in given.iter().filter(|value| !is_zero_time(value)) {
        match value.column {
            Column::Call(field) => field.put(&mut call, field.kind().read(field.name(), &value.text)?)?,
            Column::Extra(name) => drop(call.details.extra.insert(name.clone(), value.text.to_string())),
            _ => {}
        }
    }
    let account = word(given, "account");
    let is_of = |value: &Given<'_>, field| *value.column == Column::Call(field);
    assume(&mut call, account.as_ref(), |field| given.iter().any(|value| is_of(value, field) && !is_zero_time(value)));
    if given.iter().any(|value| is_of(value, CdrField::ConnectedAt) && is_zero_time(value)) && call.talk_us.is_none() {
        call.talk_us = Some(0);
        call.assumed.insert(Assumed::TALK);
    }
    checks::call(&call)?;
    let natural = word(given, KEY).or_else(|| call.details.call_uuid.map(|uuid| uuid.to_string()));
    Ok(CallDraft {
        key: key(natural.unwrap_or_else(|| hex(&digest))),
        digest,
        account,
        customer: word(given, "customer"),
        service: word(given, "service"),
        call,
        ..CallDraft::default()
    })
}

/// Derives fields that are not given from the others.
fn assume(call: &mut Cdr, account: Option<&String>, is_given: impl Fn(CdrField) -> bool) {
    if !call.kind.is_of_a_leg() && !is_given(CdrField::ConnectedAt) {
        // The period of a charge starts with the charge, and a charge is not answered.
        call.connected_at = Some(call.started_at);
    }
    if !is_given(CdrField::BilledAt) {
        checks::assume_billed(call);
    }
    if !is_given(CdrField::AccountGiven) {
        call.details.account_given = account.cloned();
    }
    if !call.kind.is_of_a_leg() {
        // A charge has no talk time and no direction.
        call.success = !is_given(CdrField::Success) || call.success;
        return;
    }
    if let (false, Some(connected_at), Some(ended_at)) = (is_given(CdrField::Talk), call.connected_at, call.ended_at) {
        // The talk time is unknown if the end is before the connect.
        call.talk_us = Some(ended_at.micros_since(connected_at)).filter(|micros| *micros >= 0);
        call.assumed.insert(Assumed::TALK);
    }
    if !is_given(CdrField::Direction) {
        let flags = call.details.xdr.as_ref().and_then(|xdr| xdr.bit_flags);
        call.direction = flags.map_or(Direction::Unknown, Direction::from_bit_flags);
        if call.direction == Direction::Unknown {
            call.direction = Direction::Out;
            call.assumed.insert(Assumed::DIRECTION);
        }
    }
    if !is_given(CdrField::Success) {
        call.success = call.connected_at.is_some();
    }
}

/// Whether a value is a time that stands for none. A start has to be a time.
fn is_zero_time(value: &Given<'_>) -> bool {
    let is_time = match value.column {
        Column::Call(field) => field.kind() == FieldKind::Time && *field != CdrField::StartedAt,
        Column::Conference(field) => {
            ConferenceField::kind(*field) == FieldKind::Time && *field != ConferenceField::StartedAt
        }
        _ => false,
    };
    is_time && (checks::is_zero_text(&value.text) || value.text.parse().is_ok_and(checks::is_zero))
}

fn conference(given: &[Given<'_>], digest: [u8; 32]) -> Result<ConferenceDraft, Fault> {
    let mut conference = ConferenceRecord::default();
    for value in given.iter().filter(|value| !is_zero_time(value)) {
        if let Column::Conference(field) = value.column {
            field.put(&mut conference, field.kind().read(field.name(), &value.text)?)?;
        }
    }
    checks::conference(&conference)?;
    let natural = word(given, KEY).or_else(|| conference.uuid.map(|uuid| uuid.to_string()));
    Ok(ConferenceDraft { key: key(natural.unwrap_or_else(|| hex(&digest))), digest, exported: None, conference })
}

/// Whether an empty text in this column is a value and not null.
fn takes_empty_text(column: &Column) -> bool {
    match column {
        Column::Call(CdrField::Kind | CdrField::Direction | CdrField::PeerIp | CdrField::XdrRecordings) => false,
        Column::Call(field) => field.kind() == FieldKind::Text,
        Column::Conference(field) => ConferenceField::kind(*field) == FieldKind::Text,
        Column::Extra(_) => true,
        Column::Word(_) | Column::ReadOver => false,
    }
}
