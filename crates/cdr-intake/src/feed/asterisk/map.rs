//! Mapping a row of named columns to a call.

use std::borrow::Cow;

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, Cdr, Details, Direction, LocalZone, Sip};

use super::clid::name_and_number;
use super::columns::{Columns, stated_second};
use super::values::Values;
use crate::clock::ClockCheck;
use crate::digest::{Digest, hex, key};
use crate::fault::Fault;
use crate::feed::ordinals::Ordinals;
use crate::feed::times::{Times, Written, WrittenTimes, since_1970, written};
use crate::feed::{FeedSettings, Origin, checks};
use crate::notes::Note;

const SECOND_US: i64 = 1_000_000;

/// The settings for mapping rows, the counts of equal rows, and what was seen.
pub(in crate::feed) struct Map {
    source: String,
    zone: LocalZone,
    /// What stands for an absent value, beside an empty text.
    null: Option<&'static str>,
    ordinals: Ordinals,
    clock: ClockCheck,
    notes: Vec<Note>,
}

impl Map {
    pub(in crate::feed) fn new(origin: &Origin, settings: &FeedSettings, null: Option<&'static str>) -> Map {
        Map {
            source: origin.source.clone(),
            zone: settings.zone,
            null,
            ordinals: Ordinals::default(),
            clock: ClockCheck::default(),
            notes: Vec::new(),
        }
    }

    /// What the rows say about the clock.
    pub(in crate::feed) fn clock(&self) -> &ClockCheck {
        &self.clock
    }

    /// The notes about the last row.
    pub(in crate::feed) fn notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// The call of a row.
    pub(in crate::feed) fn content(&mut self, values: &dyn Values, columns: &Columns) -> Result<Content, Fault> {
        self.notes.clear();
        let row = Row { values, columns, null: self.null };
        let call = self.call(&row)?;
        let digest = row.digest();
        let key = self.key(&row, digest)?;
        let account = call.details.account_given.clone();
        Ok(Content::Call(Box::new(CallDraft {
            key,
            digest,
            account,
            trunks: [columns.channel, columns.dstchannel].into_iter().filter_map(|at| trunk(&row.text(at))).collect(),
            call,
            ..CallDraft::default()
        })))
    }

    fn call(&mut self, row: &Row<'_>) -> Result<Cdr, Fault> {
        let columns = row.columns;
        let disposition = row.given(columns.disposition);
        let is_answered = disposition.as_deref() == Some("ANSWERED");
        let talk_us = seconds("billsec", &row.text(columns.billsec))?;
        let times = self.times(row, talk_us, is_answered)?;
        let clid = row.text(columns.clid);
        let (name, number) = name_and_number(&clid);
        let call_id = row.given(columns.uniqueid);
        let group = row.given(columns.linkedid).or_else(|| call_id.clone());
        let mut assumed = Assumed::DIRECTION;
        if times.is_assumed {
            assumed.insert(Assumed::LOCAL_TIME);
        }
        let mut call = Cdr {
            started_at: times.start,
            connected_at: times.answer,
            ended_at: times.end,
            talk_us: Some(talk_us),
            success: is_answered,
            direction: Direction::Out,
            assumed,
            calling: row.given(columns.src).or_else(|| number.map(str::to_owned)),
            called: row.given(columns.dst),
            call_id,
            details: Details {
                account_given: row.given(columns.accountcode),
                group: group.map(|id| format!("src:{}:{id}", self.source)),
                sip: Sip { calling_name: name.map(str::to_owned), release_reason: disposition, ..Sip::default() },
                ..Details::default()
            },
            ..Cdr::default()
        };
        for (name, place) in &columns.extra {
            if let Some(text) = row.given(Some(*place)) {
                call.details.extra.insert(name.clone(), text);
            }
        }
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        Ok(call)
    }

    /// The instants of the call. Without columns for the answer and the end, they follow from the durations.
    fn times(&mut self, row: &Row<'_>, talk_us: i64, is_answered: bool) -> Result<Times, Fault> {
        let columns = row.columns;
        let time = |column, name| {
            let text = row.text(column);
            since_1970(&text).map_or_else(|| written(&text, name, self.zone), Ok)
        };
        let Some(start) = time(columns.start, "start")? else {
            let found = row.text(columns.start);
            let found = if found.is_empty() { "empty".to_owned() } else { format!("the zero time {found}") };
            let expected = "expected a time such as 2026-11-21 10:00:00";
            return Err(Fault::new("time-unreadable", format!("start is {found}, {expected}")));
        };
        let (answer, end) = (time(columns.answer, "answer")?, time(columns.end, "end")?);
        let duration_us = columns.duration.and_then(|place| seconds("duration", &row.text(Some(place))).ok());
        let stated = columns.uniqueid.and_then(|place| stated_second(&row.text(Some(place))));
        let mut times = WrittenTimes { start, answer, end, duration_us, stated }.resolve(self.zone);
        self.notes.extend(times.skipped.take());
        if let (None, Some(duration_us)) = (columns.end, duration_us) {
            times.end = Some(times.start.plus_micros(duration_us));
            if columns.answer.is_none() && is_answered {
                times.answer = times.end.map(|end| end.plus_micros(-talk_us));
            }
        }
        // The other times of a row with a zero time are not trusted, so it does not count in the clock check.
        let is_zero = |column, time: Option<Written>| time.is_none() && !row.text(column).is_empty();
        let has_zero = is_zero(columns.answer, answer) || is_zero(columns.end, end);
        let is_witness = matches!(start, Written::Local(_)) && !has_zero && !times.is_assumed;
        if let Some(stated) = stated.filter(|_| is_witness) {
            self.clock.add(times.start, self.zone.offset_at(times.start), stated);
        }
        self.notes.extend(inconsistency(&times, duration_us, talk_us));
        Ok(times)
    }

    fn key(&mut self, row: &Row<'_>, digest: [u8; 32]) -> Result<String, Fault> {
        let columns = row.columns;
        let start = row.text(columns.start);
        let uniqueid = row.text(columns.uniqueid);
        Ok(key(match (&*uniqueid, columns.sequence) {
            ("", _) => format!("{COUNTED}{start}/{}/{}", hex(&digest), self.ordinals.next(digest)),
            (uniqueid, Some(place)) => format!("{uniqueid}/{}/{start}", sequence(&row.text(Some(place)))?),
            (uniqueid, None) => format!("{uniqueid}/{start}/{}", hex(&digest)),
        }))
    }
}

/// How the key of a row without an identifier begins.
const COUNTED: &str = "-/";

/// Whether a key has the ordinal of the row among the equal rows of its file.
pub(in crate::feed) fn counts_rows(key: &str) -> bool {
    key.starts_with(COUNTED)
}

/// The values of a row and their columns.
struct Row<'a> {
    values: &'a dyn Values,
    columns: &'a Columns,
    null: Option<&'static str>,
}

impl<'a> Row<'a> {
    /// The text in a column; empty if the row has no such column, or no value in it.
    fn text(&self, column: Option<usize>) -> Cow<'a, str> {
        let Some(place) = column else { return Cow::Borrowed("") };
        let surplus = self.columns.surplus(self.values.count());
        if surplus > 0 && self.columns.lastdata == Some(place) {
            let parts = (place..=place + surplus).map(|at| self.values.text(at)).collect::<Vec<_>>();
            return Cow::Owned(parts.join(","));
        }
        let text = self.values.text(self.columns.place_in(self.values.count(), place));
        if self.null == Some(&*text) { Cow::Borrowed("") } else { text }
    }

    /// SHA-256 over all values, or over the names and values of the columns that the family has.
    fn digest(&self) -> [u8; 32] {
        if self.columns.digested.is_empty() {
            return Digest::of((0..self.values.count()).map(|place| self.values.bytes(place)));
        }
        let given = self.columns.digested.iter().map(|(name, place)| (name, self.text(Some(*place))));
        let given: Vec<_> = given.filter(|(_, text)| !text.is_empty()).collect();
        Digest::of(given.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]))
    }

    fn given(&self, column: Option<usize>) -> Option<String> {
        Some(self.text(column).into_owned()).filter(|text| !text.is_empty())
    }
}

/// The name of a channel without its technology and its number: `trunk-a` of `PJSIP/trunk-a-0000001f`.
fn trunk(channel: &str) -> Option<String> {
    let (_, name) = channel.split_once('/')?;
    let name = name.rsplit_once('-').map_or(name, |(name, _)| name);
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// What durations say that times do not.
fn inconsistency(times: &Times, duration_us: Option<i64>, talk_us: i64) -> Option<Note> {
    let between = times.end?.micros_since(times.start);
    let is_other = |duration: &i64| between.saturating_sub(*duration).saturating_abs() > SECOND_US;
    let (name, micros) = match duration_us.filter(is_other) {
        Some(duration) => ("duration", duration),
        None if talk_us > between.saturating_add(SECOND_US) => ("billsec", talk_us),
        None => return None,
    };
    let (micros, between) = (micros / SECOND_US, between / SECOND_US);
    let detail = format!("{name} is {micros} s, and from start to end it is {between} s: both are stored as they are");
    Some(Note { kind: "durations", detail })
}

/// Seconds as microseconds.
pub(in crate::feed) fn seconds(name: &str, text: &str) -> Result<i64, Fault> {
    let expected = "seconds, zero or more";
    let unreadable = || Fault::unreadable("billsec-unreadable", name, text, expected);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = whole.parse::<i64>().map_err(|_| unreadable())?;
    if text.starts_with('-') {
        return Err(Fault::unreadable("billsec-negative", name, text, expected));
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unreadable());
    }
    let micros = match fraction {
        "" => 0,
        fraction => format!("{fraction:0<6.6}").parse::<i64>().map_err(|_| unreadable())?,
    };
    seconds.checked_mul(SECOND_US).and_then(|whole| whole.checked_add(micros)).ok_or_else(unreadable)
}

fn sequence(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| Fault::unreadable("sequence-unreadable", "sequence", text, "a whole number"))
}
