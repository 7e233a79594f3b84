//! Mapping the values of a row to a call.

use std::borrow::Cow;
use std::cell::RefCell;

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, CdrField, Certainty, LocalZone, RecordKind, Timestamp};

use super::cells::Cells;
use super::mapping::TableMapping;
use super::moment;
use super::rule::{Origin, Reading, Rule, Target};
use crate::digest::{hex, key};
use crate::fault::{Fault, shown};
use crate::feed::native::{Column, Given, call_of};
use crate::feed::ordinals::Ordinals;
use crate::feed::times::{Times, Written, WrittenTimes};
use crate::feed::{self, FeedSettings};
use crate::notes::Note;

/// A time that stands for none, in the form of the native format.
const ZERO: &str = "0000-00-00";

/// The settings for mapping rows, and the counts of equal rows.
pub(super) struct Map {
    pub(super) mapping: TableMapping,
    source: String,
    zone: LocalZone,
    ordinals: RefCell<Ordinals>,
}

/// The times of a row that are resolved together, and what they follow from.
#[derive(Default)]
struct Moments {
    start: Option<Written>,
    answer: Option<Written>,
    end: Option<Written>,
    duration_us: Option<i64>,
}

impl Map {
    pub(super) fn new(mapping: &TableMapping, origin: &feed::Origin, settings: &FeedSettings) -> Map {
        Map {
            mapping: mapping.clone(),
            source: origin.source.clone(),
            zone: settings.zone,
            ordinals: RefCell::default(),
        }
    }

    /// The call of a row, and the time in it that the clocks skipped, if there is one. `extra` are values for the field of
    /// that name.
    pub(super) fn content(
        &self,
        cells: &Cells<'_>,
        extra: Vec<(String, String)>,
    ) -> Result<(Content, Option<Note>), Fault> {
        let mut given = Vec::with_capacity(self.mapping.rules.len());
        let (mut moments, mut is_assumed) = (Moments::default(), false);
        for rule in &self.mapping.rules {
            let Some(text) = rule.text(cells)? else { continue };
            match (&rule.target, &rule.reading) {
                (Target::Column(column), Reading::Time(forms)) => {
                    let written = moment::read(text.trim(), &rule.name, forms, self.mapping.marks, self.zone)?;
                    match (moments.place(&rule.target), written) {
                        (Some(place), Some(written)) => *place = Some(written),
                        (None, Some(written)) => {
                            let (at, is_certain) = self.instant(written);
                            is_assumed |= !is_certain;
                            given.push(Given::of(rule, column, at.to_string()));
                        }
                        (_, None) if rule.target.is(CdrField::StartedAt) && !text.trim().is_empty() => {
                            let detail = format!("started_at is the zero time {}, expected a time", shown(&text));
                            return Err(Fault::new("time-unreadable", detail));
                        }
                        (_, None) => given.push(Given::of(rule, column, ZERO.to_owned())),
                    }
                }
                (Target::Duration, _) => {
                    moments.duration_us = rule.native(&text, self.mapping.marks)?.parse().ok();
                }
                (Target::Column(column), _) => {
                    let native = rule.native(&text, self.mapping.marks)?.into_owned();
                    let native = if rule.target.is(CdrField::Group) { self.group(&native) } else { native };
                    given.push(Given::of(rule, column, native));
                }
            }
        }
        let extra: Vec<(String, Column, String)> =
            extra.into_iter().map(|(name, text)| (format!("extra.{name}"), Column::Extra(name), text)).collect();
        given.retain(|value| extra.iter().all(|(_, column, _)| column != value.column));
        given.extend(extra.iter().map(|(name, column, text)| Given {
            name,
            column,
            text: Cow::Borrowed(text),
            is_null: false,
        }));
        let mut note = None;
        if let Some(start) = moments.start {
            let mut times = moments.resolve(start, self.zone);
            note = times.skipped.take();
            is_assumed |= times.is_assumed;
            self.complete(&mut given, times, moments.duration_us);
        }
        let digest = cells.digest(self.mapping.digested.iter().map(|(name, column)| (name.as_str(), *column)));
        let mut draft = call_of(given, digest)?;
        if is_assumed {
            draft.call.assumed.insert(Assumed::LOCAL_TIME);
        }
        let trunks = self.mapping.trunks.iter().filter_map(|column| cells.text(*column));
        let trunks = trunks.filter(|trunk| !trunk.is_empty()).map(str::to_owned).collect();
        let content = CallDraft { key: self.key(cells, digest), trunks, ..draft };
        Ok((Content::Call(Box::new(content)), note))
    }

    /// Adds the times, and what follows from them if the mapping has no column for it: an end `duration` after the start,
    /// or else `talk` after the answer; an answer `talk` before the end of a call that succeeded; and whether it did.
    fn complete<'a>(&'a self, given: &mut Vec<Given<'a>>, times: Times, duration_us: Option<i64>) {
        let text_of = |field: CdrField| {
            let is_it = |value: &&Given<'_>| *value.column == Column::Call(field);
            given.iter().find(is_it).map(|value| value.text.to_string())
        };
        let is_mapped = |field: CdrField| self.mapping.rules.iter().any(|rule| rule.target.is(field));
        let kind = text_of(CdrField::Kind).and_then(|kind| RecordKind::named(&kind)).unwrap_or(RecordKind::Call);
        let talk_us: Option<i64> = text_of(CdrField::Talk).and_then(|micros| micros.parse().ok());
        let talked_us = talk_us.filter(|micros| *micros > 0);
        let stated = text_of(CdrField::Success).map(|text| text == "true");
        let has_answer = is_mapped(CdrField::ConnectedAt);
        let is_success = stated.unwrap_or(if has_answer { times.answer.is_some() } else { talked_us.is_some() });
        let Times { start, mut answer, mut end, .. } = times;
        if !is_mapped(CdrField::EndedAt) {
            let after = |from: Option<Timestamp>, micros: Option<i64>| Some(from?.plus_micros(micros?));
            end = after(Some(start), duration_us).or_else(|| after(answer, talk_us));
        }
        if !has_answer && is_success && kind.is_of_a_leg() {
            answer = end.zip(talk_us).map(|(end, talk_us)| end.plus_micros(-talk_us));
        }
        let found = [(&STARTED_AT, Some(start)), (&CONNECTED_AT, answer), (&ENDED_AT, end)];
        for ((name, column), at) in found {
            let Some(at) = at else { continue };
            given.push(Given { name, column, text: Cow::Owned(at.to_string()), is_null: false });
        }
        if stated.is_none() && kind.is_of_a_leg() {
            let (name, column) = &SUCCESS;
            given.push(Given { name, column, text: Cow::Owned(is_success.to_string()), is_null: false });
        }
    }

    /// The instant of a time that is resolved by itself, and whether it is certain.
    fn instant(&self, written: Written) -> (Timestamp, bool) {
        match written {
            Written::Exact(at) => (at, true),
            Written::Local(local) => {
                let resolved = self.zone.resolve(local);
                (resolved.at, resolved.certainty == Certainty::Exact)
            }
        }
    }

    /// The group of a call, which another source may use as well.
    fn group(&self, group: &str) -> String {
        if group.is_empty() { String::new() } else { format!("src:{}:{group}", self.source) }
    }

    /// The columns of the key; without a value in them the digest, and the number of the row among equal rows.
    fn key(&self, cells: &Cells<'_>, digest: [u8; 32]) -> String {
        let stated = match &self.mapping.key {
            Some(Origin::First(columns)) => cells.first(columns).map(str::to_owned),
            Some(Origin::Joined(columns)) => {
                let parts: Vec<&str> = columns.iter().map(|column| cells.text(*column).unwrap_or_default()).collect();
                parts.iter().any(|part| !part.is_empty()).then(|| parts.join("/"))
            }
            Some(Origin::Constant(_)) | None => None,
        };
        let stated = stated.filter(|stated| !stated.is_empty());
        key(stated.unwrap_or_else(|| format!("{}/{}", hex(&digest), self.ordinals.borrow_mut().next(digest))))
    }
}

static STARTED_AT: (&str, Column) = ("started_at", Column::Call(CdrField::StartedAt));
static CONNECTED_AT: (&str, Column) = ("connected_at", Column::Call(CdrField::ConnectedAt));
static ENDED_AT: (&str, Column) = ("ended_at", Column::Call(CdrField::EndedAt));
static SUCCESS: (&str, Column) = ("success", Column::Call(CdrField::Success));

impl Moments {
    /// The place of a time that is resolved with the others.
    fn place(&mut self, target: &Target) -> Option<&mut Option<Written>> {
        match target {
            Target::Column(Column::Call(CdrField::StartedAt)) => Some(&mut self.start),
            Target::Column(Column::Call(CdrField::ConnectedAt)) => Some(&mut self.answer),
            Target::Column(Column::Call(CdrField::EndedAt)) => Some(&mut self.end),
            _ => None,
        }
    }

    fn resolve(&self, start: Written, zone: LocalZone) -> Times {
        let Moments { answer, end, duration_us, .. } = *self;
        WrittenTimes { start, answer, end, duration_us, stated: None }.resolve(zone)
    }
}

impl<'a> Given<'a> {
    fn of(rule: &'a Rule, column: &'a Column, text: String) -> Given<'a> {
        Given { name: &rule.name, column, text: Cow::Owned(text), is_null: false }
    }
}
