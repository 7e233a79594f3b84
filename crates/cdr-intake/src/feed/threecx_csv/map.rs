//! Mapping a line of a 3CX's log to a call.

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, Cdr, CdrField, Details, Direction, Field, LocalZone, Queue, Sip};

use super::columns::{Fitted, Layouts, fields};
use super::length::length;
use crate::digest::{hex, key};
use crate::fault::{Fault, shown};
use crate::feed::named::NamedRow;
use crate::feed::times::{Times, Written, WrittenTimes, written};
use crate::feed::{FeedSettings, Origin, checks};
use crate::notes::Note;
use crate::rows::LineMapping;
use crate::text::text;

/// What is before the number of an extension.
const EXTENSION: &str = "Ext.";

/// The settings for mapping lines.
pub(super) struct Map {
    layouts: Layouts,
    source: String,
    zone: LocalZone,
    extra: Vec<String>,
}

impl Map {
    pub(super) fn new(layouts: Layouts, origin: &Origin, settings: &FeedSettings) -> Map {
        Map { layouts, source: origin.source.clone(), zone: settings.zone, extra: settings.extra.clone() }
    }

    fn call(&self, row: NamedRow<'_>) -> Result<(Cdr, Option<Note>), Fault> {
        let (mut times, talk_us, mut assumed) = self.times(row)?;
        let direction = direction(row).unwrap_or_else(|| {
            assumed.insert(Assumed::DIRECTION);
            Direction::Out
        });
        let call_id = row.first(&["callid", "historyid"]);
        let to = row.given("to-no").map(number);
        let called = row.given("dial-no").map(number).or_else(|| to.clone());
        let routed = row.given("final-number").map(number).or(to);
        let mut call = Cdr {
            started_at: times.start,
            connected_at: times.answer,
            ended_at: times.end,
            talk_us: Some(talk_us),
            success: times.answer.is_some(),
            direction,
            assumed,
            calling: row.given("from-no").map(number),
            details: Details {
                source_ref: row.given("historyid").map(|id| id.trim_start_matches("Call ").to_owned()),
                account_given: row.given("bill-code"),
                group: call_id.as_ref().map(|id| format!("src:{}:{id}", self.source)),
                called_routed: routed.filter(|routed| Some(routed) != called.as_ref()),
                sip: Sip {
                    calling_name: row.given("from-dispname"),
                    release_reason: row.given("reason-terminated"),
                    ..Sip::default()
                },
                queue: queue(row, times.answer.is_some()).map(Box::new),
                ..Details::default()
            },
            called,
            call_id,
            ..Cdr::default()
        };
        rate(&mut call, row)?;
        row.keep_extra(&self.extra, &mut call);
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        Ok((call, times.skipped.take()))
    }

    /// The instants of the call, how long the parties talked, and what of them was assumed.
    fn times(&self, row: NamedRow<'_>) -> Result<(Times, i64, Assumed), Fault> {
        let time = |column: &str| {
            let text = row.text(column);
            let expected = "a time such as 2026/11/21 10:00:00";
            written(&text.replace('/', "-"), column, self.zone)
                .map_err(|fault| Fault::unreadable(fault.reason, column, &text, expected))
        };
        let Some(start) = time("time-start")? else {
            let detail = "time-start is empty, expected a time such as 2026/11/21 10:00:00";
            return Err(Fault::new("time-unreadable", detail));
        };
        let (answer, end) = (time("time-answered")?, time("time-end")?);
        let duration_us = match &*row.text("duration") {
            "" => None,
            text => Some(length(text).ok_or_else(|| {
                Fault::unreadable("billsec-unreadable", "duration", text, "hours, minutes and seconds such as 00:01:05")
            })?),
        };
        let whole_us = duration_us.and_then(|talk| Some(talk + between(start, answer?)?));
        let times = WrittenTimes { start, answer, end, duration_us: whole_us, stated: None }.resolve(self.zone);
        let mut assumed = Assumed::default();
        if times.is_assumed {
            assumed.insert(Assumed::LOCAL_TIME);
        }
        let talk_us = match (times.answer, times.end, duration_us) {
            (None, _, _) => 0,
            (Some(_), _, Some(talk)) => talk,
            (Some(answer), end, None) => {
                assumed.insert(Assumed::TALK);
                end.map_or(0, |end| end.micros_since(answer).max(0))
            }
        };
        Ok((times, talk_us, assumed))
    }
}

impl LineMapping for Map {
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        if line.contains(&0) {
            return Err(Fault::new("nul-character", "a NUL character, which text cannot contain"));
        }
        let Fitted { names, fields, mended } = self.layouts.fit(fields(&text(line)))?;
        let row = names.row(&fields);
        let (call, skipped) = self.call(row)?;
        let digest = row.digest();
        let natural = [row.text("historyid"), row.text("callid"), row.text("time-start")].join("/");
        let draft = CallDraft {
            key: key(format!("{natural}/{}", hex(&digest))),
            digest,
            account: call.details.account_given.clone(),
            trunks: ["from-dn", "to-dn", "final-dn"].into_iter().filter_map(|name| row.given(name)).collect(),
            call,
            ..CallDraft::default()
        };
        let comma = || {
            let detail =
                format!("the name {} has a comma: the fields that it separates are read as one", shown(&mended?));
            Some(Note { kind: "name-with-comma", detail })
        };
        Ok((Content::Call(Box::new(draft)), skipped.or_else(comma)))
    }
}

/// The time from one clock reading to another.
fn between(from: Written, to: Written) -> Option<i64> {
    match (from, to) {
        (Written::Local(from), Written::Local(to)) => (to - from).num_microseconds(),
        (Written::Exact(from), Written::Exact(to)) => Some(to.micros_since(from)),
        _ => None,
    }
}

/// A party without the mark of extensions.
fn number(party: String) -> String {
    party.strip_prefix(EXTENSION).map(str::to_owned).unwrap_or(party)
}

/// The direction, if the parties show it: a call of an extension goes out, and one to an extension comes in.
fn direction(row: NamedRow<'_>) -> Option<Direction> {
    let [from, to] = ["from-no", "to-no"].map(|name| row.text(name));
    if from.starts_with(EXTENSION) {
        return Some(Direction::Out);
    }
    to.starts_with(EXTENSION).then_some(Direction::In)
}

/// How a queue or a ring group handled the call, if it was called.
fn queue(row: NamedRow<'_>, is_answered: bool) -> Option<Queue> {
    let kind = row.text("to-type").to_ascii_lowercase().replace('_', "");
    if !["queue", "ringgroup"].contains(&kind.as_str()) {
        return None;
    }
    let agent = row.given("final-number").filter(|_| is_answered).map(number);
    Some(Queue { group: row.given("to-no").map(number), agent, ..Queue::default() })
}

/// Sets what the call costs. 3CX charges the same rate in every interval.
fn rate(call: &mut Cdr, row: NamedRow<'_>) -> Result<(), Fault> {
    let columns =
        [("bill-cost", CdrField::Price), ("bill-rate", CdrField::InitialRate), ("bill-rate", CdrField::NextRate)];
    for (column, field) in columns {
        let text = row.text(column);
        if !text.is_empty() {
            let amount = field.kind().read(field.name(), &text).map_err(Fault::from);
            let put = amount.and_then(|amount| Ok(field.put(call, amount)?));
            put.map_err(|fault| Fault::under(column, fault))?;
        }
    }
    Ok(())
}
