//! Mapping a line of `mod_cdr_csv` to a call.

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, Cdr, Details, Direction, LocalZone, Sip};
use uuid::Uuid;

use super::templates::{self, Columns};
use crate::digest::{Digest, key};
use crate::fault::Fault;
use crate::feed::asterisk::seconds;
use crate::feed::freeswitch::{causes, trunk};
use crate::feed::times::{WrittenTimes, written};
use crate::feed::{FeedSettings, Origin, checks};
use crate::input::split;
use crate::notes::Note;
use crate::rows::LineMapping;
use crate::text::text;

/// The settings for mapping lines.
pub(super) struct Map {
    source: String,
    zone: LocalZone,
    extra: Vec<String>,
}

impl Map {
    pub(super) fn new(origin: &Origin, settings: &FeedSettings) -> Map {
        Map { source: origin.source.clone(), zone: settings.zone, extra: settings.extra.clone() }
    }

    /// The call of a line, and the time in it that the clocks skipped, if there is one.
    fn draft(&self, line: &[u8]) -> Result<(CallDraft, Option<Note>), Fault> {
        if line.contains(&0) {
            return Err(Fault::new("nul-character", "a NUL character, which text cannot contain"));
        }
        let line = text(line);
        let fields = split(templates::values(&line), ',');
        let row = Row { columns: templates::of(fields.len())?, fields: &fields };
        let (call, note) = self.call(&row)?;
        let digest = Digest::of(fields.iter().map(String::as_bytes));
        let account = call.details.account_given.clone();
        let key = key(row.text("uuid").to_owned());
        let draft = CallDraft { key, digest, account, trunks: row.trunks(), call, ..CallDraft::default() };
        Ok((draft, note))
    }

    fn call(&self, row: &Row<'_>) -> Result<(Cdr, Option<Note>), Fault> {
        let uuid = row.text("uuid");
        let uuid: Uuid =
            uuid.parse().map_err(|_| Fault::unreadable("uuid-unreadable", "uuid", uuid, "the UUID of a channel"))?;
        let time = |column| written(row.text(column), column, self.zone);
        let Some(start) = time("start_stamp")? else {
            return Err(Fault::new(
                "time-unreadable",
                "start_stamp is empty, expected a time such as 2026-11-21 10:00:00",
            ));
        };
        let (answer, end) = (time("answer_stamp")?, time("end_stamp")?);
        let duration_us = seconds("duration", row.text("duration")).ok();
        let talk_us = seconds("billsec", row.text("billsec"))?;
        let mut times = WrittenTimes { start, answer, end, duration_us, stated: None }.resolve(self.zone);
        let note = times.skipped.take();
        let mut assumed = Assumed::DIRECTION;
        if times.is_assumed {
            assumed.insert(Assumed::LOCAL_TIME);
        }
        let cause = row.given("hangup_cause");
        // The legs of a bridged call name each other.
        let other: Option<Uuid> = row.text("bleg_uuid").parse().ok();
        let group = other.map_or(uuid, |other| other.min(uuid));
        let mut call = Cdr {
            started_at: times.start,
            connected_at: times.answer,
            ended_at: times.end,
            talk_us: Some(talk_us),
            success: times.answer.is_some(),
            direction: Direction::Out,
            assumed,
            calling: row.given("caller_id_number"),
            called: row.given("destination_number"),
            call_id: Some(uuid.to_string()),
            release_cause: cause.as_deref().and_then(causes::number),
            details: Details {
                account_given: row.given("accountcode"),
                call_uuid: Some(uuid),
                group: Some(format!("src:{}:{group}", self.source)),
                sip: Sip { calling_name: row.calling_name(), release_reason: cause, ..Sip::default() },
                ..Details::default()
            },
            ..Cdr::default()
        };
        for name in &self.extra {
            if let Some(text) = row.given(name) {
                call.details.extra.insert(name.clone(), text);
            }
        }
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        Ok((call, note))
    }
}

impl LineMapping for Map {
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        self.draft(line).map(|(draft, note)| (Content::Call(Box::new(draft)), note))
    }
}

/// The fields of a line by their columns.
struct Row<'a> {
    columns: Columns,
    fields: &'a [String],
}

impl Row<'_> {
    /// The text in a column; empty if the template has no such column.
    fn text(&self, column: &str) -> &str {
        let place = self.columns.iter().position(|known| *known == column);
        place.and_then(|place| self.fields.get(place)).map_or("", String::as_str)
    }

    fn given(&self, column: &str) -> Option<String> {
        Some(self.text(column).to_owned()).filter(|text| !text.is_empty())
    }

    /// The name of the caller, which the template `asterisk` has before the number.
    fn calling_name(&self) -> Option<String> {
        let name = self.given("caller_id_name").or_else(|| {
            let (name, _) = self.text("caller_id").rsplit_once('<')?;
            Some(name.trim().trim_matches('"').to_owned())
        });
        name.filter(|name| !name.is_empty())
    }

    /// The gateways in the names of channels.
    fn trunks(&self) -> Vec<String> {
        ["channel_name", "bridge_channel"].into_iter().filter_map(|column| trunk(self.text(column))).collect()
    }
}

/// Whether a line has the values of FreeSWITCH in its columns.
pub(super) fn is_line(line: &str) -> bool {
    let fields = split(templates::values(line), ',');
    let Ok(columns) = templates::of(fields.len()) else { return false };
    let row = Row { columns, fields: &fields };
    causes::is_cause(row.text("hangup_cause")) && row.text("uuid").parse::<Uuid>().is_ok()
}
