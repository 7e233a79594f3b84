//! Mapping a DMA's row to a call or a conference.

use std::borrow::Cow;

use cdr_mediation::{CallDraft, ConferenceDraft, Content};
use cdr_model::{
    Assumed, Cdr, CdrField, Certainty, ConferenceField, ConferenceRecord, Direction, Field, FieldKind, LocalZone, Value,
};
use cdr_query::grammar::{Rounding, XsDateTime};
use chrono::NaiveDateTime;

use super::profile::{Column, Columns, Profiles, Use, numbers};
use crate::delimited::Fields;
use crate::digest::{Digest, key};
use crate::fault::{Fault, number_of_fields, shown};
use crate::feed::{FeedSettings, Origin, checks};
use crate::rows::Mapping;

/// The index of the first field that is a list in a telepresence row.
const LISTS: usize = 3;

/// The settings for mapping rows, and the number of rows read.
pub(super) struct Map {
    source: String,
    zone: LocalZone,
    extra: Vec<String>,
    profiles: Profiles,
    /// Rows that are calls, readable or not.
    pub(super) calls: u64,
    /// Rows that are conferences, readable or not.
    pub(super) conferences: u64,
}

enum RowKind {
    Call,
    Conference,
}

impl Map {
    pub(super) fn new(origin: &Origin, settings: &FeedSettings, profiles: Profiles) -> Map {
        let (source, extra) = (origin.source.clone(), settings.extra.clone());
        Map { source, zone: settings.zone, extra, profiles, calls: 0, conferences: 0 }
    }

    fn call(&self, fields: &Fields) -> Result<CallDraft, Fault> {
        let columns = fitting(&self.profiles.calls, fields, "CALL")?;
        let row = ProfiledRow::of(columns, fields, self.zone)?;
        let mut call = Cdr { success: true, direction: Direction::Out, ..Cdr::default() };
        call.assumed.insert(Assumed::DIRECTION);
        for (index, Column { heading, does, keeps_blank }) in columns.iter().enumerate() {
            let text = row.text(index);
            if text.is_empty() && !keeps_blank {
                continue;
            }
            match does {
                Use::Field(field) => {
                    let value = row.value(*field, heading, &text, &mut call.assumed)?;
                    field.put(&mut call, value).map_err(|error| Fault::under(heading, error.into()))?;
                }
                Use::Seconds(field) => {
                    let value = seconds(heading, &text)?;
                    field.put(&mut call, value).map_err(|error| Fault::under(heading, error.into()))?;
                }
                Use::Failure => failed(&mut call, &text),
                Use::Constant => {}
            }
            if self.extra.contains(heading) {
                call.details.extra.insert(heading.clone(), text.into_owned());
            }
        }
        if row.is_telepresence {
            let printed = columns.iter().enumerate();
            call.telepresence_mut().printed =
                printed.map(|(index, column)| (column.heading.clone(), fields.text(index).into_owned())).collect();
        }
        row.required(CdrField::StartedAt)?;
        let texts = call.details.telepresence.as_ref().map(|dma| &dma.texts);
        let endpoint = |name: &str| texts.and_then(|texts| texts.get(name)).filter(|text| !text.is_empty()).cloned();
        let (calling, called) =
            (endpoint("orig_endpoint"), endpoint("dial_string").or_else(|| endpoint("dest_endpoint")));
        call.calling = call.calling.or(calling);
        call.called = call.called.or(called);
        let uuid = row.printed(CdrField::CallUuid);
        if !uuid.is_empty() {
            call.details.group = Some(format!("src:{}:{uuid}", self.source));
        }
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        let key = key(format!("CALL/{uuid}/{}", row.printed(CdrField::StartedAt)));
        Ok(CallDraft { key, digest: digest(fields), call, ..CallDraft::default() })
    }

    fn conference(&self, fields: &Fields) -> Result<ConferenceDraft, Fault> {
        let columns = fitting(&self.profiles.conferences, fields, "CONF")?;
        let row = ProfiledRow::of(columns, fields, self.zone)?;
        let mut conference = ConferenceRecord::default();
        for (index, Column { heading, does, .. }) in columns.iter().enumerate() {
            let text = row.text(index);
            let value = match does {
                _ if text.is_empty() => continue,
                Use::Field(field) => (field, row.value(*field, heading, &text, &mut Assumed::default())?),
                Use::Seconds(field) => (field, seconds(heading, &text)?),
                Use::Failure | Use::Constant => continue,
            };
            value.0.put(&mut conference, value.1).map_err(|error| Fault::under(heading, error.into()))?;
        }
        row.required(ConferenceField::StartedAt)?;
        checks::conference(&conference)?;
        let (uuid, start) = (row.printed(ConferenceField::Uuid), row.printed(ConferenceField::StartedAt));
        Ok(ConferenceDraft {
            key: key(format!("CONF/{uuid}/{start}")),
            digest: digest(fields),
            exported: None,
            conference,
        })
    }
}

impl Mapping for Map {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        match kind(fields)? {
            RowKind::Call => fitting(&self.profiles.calls, fields, "CALL").map(drop),
            RowKind::Conference => fitting(&self.profiles.conferences, fields, "CONF").map(drop),
        }
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        match kind(fields)? {
            RowKind::Call => {
                self.calls += 1;
                self.call(fields).map(|draft| Content::Call(Box::new(draft)))
            }
            RowKind::Conference => {
                self.conferences += 1;
                self.conference(fields).map(|draft| Content::Conference(Box::new(draft)))
            }
        }
    }
}

/// A row and its columns.
struct ProfiledRow<'a, F> {
    columns: &'a Columns<F>,
    fields: &'a Fields,
    zone: LocalZone,
    is_telepresence: bool,
}

impl<'a, F: Field> ProfiledRow<'a, F> {
    fn of(columns: &'a Columns<F>, fields: &'a Fields, zone: LocalZone) -> Result<ProfiledRow<'a, F>, Fault> {
        let is_one = |does: &Use<F>| match does {
            Use::Field(field) => matches!(field.kind(), FieldKind::Uuid | FieldKind::Time),
            _ => false,
        };
        let mut once = columns.iter().enumerate().skip(LISTS).filter(|(_, column)| is_one(&column.does));
        let is_telepresence = once.any(|(index, _)| fields.text(index).contains(','));
        Ok(ProfiledRow { columns, fields, zone, is_telepresence })
    }

    /// The text of a field; in a telepresence row the first value of its list.
    fn text(&self, index: usize) -> Cow<'a, str> {
        let text = self.fields.text(index);
        if !self.is_telepresence || index < LISTS {
            return text;
        }
        match text.split_once(',') {
            Some((first, _)) => Cow::Owned(first.trim().to_owned()),
            None => text,
        }
    }

    /// The text of the column of a field; empty if no column has this field.
    fn printed(&self, field: F) -> Cow<'a, str> {
        let index = self.columns.iter().position(|column| column.does == Use::Field(field));
        index.map(|index| self.text(index)).unwrap_or_default()
    }

    fn required(&self, field: F) -> Result<(), Fault> {
        if !self.printed(field).is_empty() {
            return Ok(());
        }
        let column = self.columns.iter().find(|column| column.does == Use::Field(field));
        let heading = column.map_or(field.name(), |column| &column.heading);
        Err(Fault::new("field-missing", format!("{heading} is blank")))
    }

    fn value(&self, field: F, heading: &str, text: &'a str, assumed: &mut Assumed) -> Result<Value<'static>, Fault> {
        match field.kind() {
            FieldKind::Time if checks::is_zero_text(text) => Ok(Value::Null),
            FieldKind::Time => {
                let time = XsDateTime::parse(text)
                    .map_err(|error| Fault::new("time-unreadable", format!("{heading} is {}: {error}", shown(text))))?;
                let resolved = time.resolve(&self.zone, Rounding::Down);
                // A zero time is the word of a switch for none.
                let is_first = self.zone.resolve(NaiveDateTime::default()).at == resolved.at;
                if is_first || checks::is_zero(resolved.at) {
                    return Ok(Value::Null);
                }
                if resolved.certainty != Certainty::Exact {
                    assumed.insert(Assumed::LOCAL_TIME);
                }
                Ok(Value::Time(resolved.at))
            }
            FieldKind::Boolean if text.eq_ignore_ascii_case("true") => Ok(Value::Boolean(true)),
            FieldKind::Boolean if text.eq_ignore_ascii_case("false") => Ok(Value::Boolean(false)),
            FieldKind::Boolean => Err(Fault::unreadable("field-unreadable", heading, text, "TRUE or FALSE")),
            kind => kind.read(field.name(), text).map_err(|error| Fault::under(heading, error.into())),
        }
    }
}

fn kind(fields: &Fields) -> Result<RowKind, Fault> {
    match &*fields.text(1) {
        "CALL" => Ok(RowKind::Call),
        "CONF" => Ok(RowKind::Conference),
        other => Err(Fault::unreadable("record-type", "the second field", other, "CALL or CONF")),
    }
}

/// The columns of the first layout whose number of columns matches the row.
fn fitting<'a, F>(sheets: &'a [Columns<F>], fields: &Fields, kind: &str) -> Result<&'a Columns<F>, Fault> {
    sheets.iter().find(|columns| columns.len() == fields.len()).ok_or_else(|| {
        let detail = format!("{}, the layouts expect {} for {kind}", number_of_fields(fields.len()), numbers(sheets));
        Fault::new("columns", detail)
    })
}

/// Splits a failure code such as `486:BUSY HERE`.
fn failed(call: &mut Cdr, text: &str) {
    let (code, reason) = text.split_once(':').unwrap_or((text, ""));
    call.success = false;
    call.release_code = code.trim().parse().ok();
    call.details.sip.release_reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    call.telepresence_mut().texts.insert("failure_signaling_code".to_owned(), text.to_owned());
}

fn seconds(heading: &str, text: &str) -> Result<Value<'static>, Fault> {
    let micros =
        text.parse::<i64>().ok().filter(|seconds| *seconds >= 0).and_then(|seconds| seconds.checked_mul(1_000_000));
    let micros =
        micros.ok_or_else(|| Fault::unreadable("field-unreadable", heading, text, "whole seconds, zero or more"))?;
    Ok(Value::Duration(micros))
}

fn digest(fields: &Fields) -> [u8; 32] {
    Digest::of(fields.iter())
}
