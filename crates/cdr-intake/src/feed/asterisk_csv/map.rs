//! Mapping a row of `Master.csv` to a call.

use cdr_mediation::{CallDraft, Content};
use cdr_model::{Assumed, Cdr, Certainty, Details, Direction, LocalZone, Sip, Timestamp};
use chrono::NaiveDateTime;

use super::clid::name_and_number;
use super::columns::{self, Optional};
use super::ordinals::Ordinals;
use crate::delimited::Fields;
use crate::digest::{Digest, hex, key};
use crate::fault::Fault;
use crate::feed::{FeedSettings, Origin, checks};
use crate::rows::Mapping;

/// The time format of `cdr_csv`.
const TIME: &str = "%Y-%m-%d %H:%M:%S";

/// The settings for mapping rows, and the counts of equal rows.
pub(super) struct Map {
    source: String,
    zone: LocalZone,
    extra: Vec<String>,
    ordinals: Ordinals,
}

impl Map {
    pub(super) fn new(origin: &Origin, settings: &FeedSettings) -> Map {
        let extra = settings.extra.clone();
        Map { source: origin.source.clone(), zone: settings.zone, extra, ordinals: Ordinals::default() }
    }

    fn call(&self, fields: &Fields, optional: &Optional) -> Result<Cdr, Fault> {
        let mut assumed = Assumed::DIRECTION;
        let mut time = |index: usize, name: &str| -> Result<Option<Timestamp>, Fault> {
            let text = fields.text(index);
            if text.is_empty() {
                return Ok(None);
            }
            let (at, is_doubtful) = self.instant(&text, name)?;
            if is_doubtful {
                assumed.insert(Assumed::LOCAL_TIME);
            }
            Ok(Some(at))
        };
        let Some(started_at) = time(columns::START, "start")? else {
            return Err(Fault::new("time-unreadable", "start is empty, expected a time such as 2026-11-21 10:00:00"));
        };
        let (connected_at, ended_at) = (time(columns::ANSWER, "answer")?, time(columns::END, "end")?);
        let given = |index: usize| Some(fields.text(index).into_owned()).filter(|text| !text.is_empty());
        let clid = fields.text(columns::CLID);
        let (name, number) = name_and_number(&clid);
        let (account, disposition) = (given(columns::ACCOUNTCODE), given(columns::DISPOSITION));
        let call_id = optional.uniqueid.and_then(given);
        let group = optional.linkedid.and_then(given).or_else(|| call_id.clone());
        let mut call = Cdr {
            started_at,
            connected_at,
            ended_at,
            talk_us: Some(seconds(&fields.text(columns::BILLSEC))?),
            success: disposition.as_deref() == Some("ANSWERED"),
            direction: Direction::Out,
            assumed,
            calling: given(columns::SRC).or_else(|| number.map(str::to_owned)),
            called: given(columns::DST),
            call_id,
            details: Details {
                account_given: account,
                group: group.map(|id| format!("src:{}:{id}", self.source)),
                sip: Sip { calling_name: name.map(str::to_owned), release_reason: disposition, ..Sip::default() },
                ..Details::default()
            },
            ..Cdr::default()
        };
        for name in &self.extra {
            if let Some(text) = columns::homeless(name, optional).and_then(given) {
                call.details.extra.insert(name.clone(), text);
            }
        }
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        Ok(call)
    }

    /// The instant of a local time, and whether it is ambiguous or does not exist.
    fn instant(&self, text: &str, name: &str) -> Result<(Timestamp, bool), Fault> {
        let expected = "a time such as 2026-11-21 10:00:00";
        let time = NaiveDateTime::parse_from_str(text, TIME).ok().filter(|_| text.len() == "2026-11-21 10:00:00".len());
        let time = time.ok_or_else(|| Fault::unreadable("time-unreadable", name, text, expected))?;
        let resolved = self.zone.resolve(time);
        Ok((resolved.at, resolved.certainty != Certainty::Exact))
    }

    fn key(&mut self, fields: &Fields, optional: &Optional, digest: [u8; 32]) -> Result<String, Fault> {
        let start = fields.text(columns::START);
        let uniqueid = optional.uniqueid.map(|index| fields.text(index)).filter(|text| !text.is_empty());
        Ok(key(match (uniqueid, optional.sequence) {
            (Some(uniqueid), Some(index)) => format!("{uniqueid}/{}/{start}", sequence(&fields.text(index))?),
            (Some(uniqueid), None) => format!("{uniqueid}/{start}/{}", hex(&digest)),
            (None, _) => format!("-/{start}/{}/{}", hex(&digest), self.ordinals.next(digest)),
        }))
    }
}

impl Mapping for Map {
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        columns::optional(fields).map(drop)
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        let optional = columns::optional(fields)?;
        let call = self.call(fields, &optional)?;
        let digest = Digest::of(fields.iter());
        let key = self.key(fields, &optional, digest)?;
        let account = call.details.account_given.clone();
        Ok(Content::Call(Box::new(CallDraft {
            key,
            digest,
            account,
            customer: None,
            service: None,
            exported: None,
            call,
        })))
    }
}

/// Whole seconds as microseconds.
fn seconds(text: &str) -> Result<i64, Fault> {
    let expected = "whole seconds, zero or more";
    let seconds =
        text.parse::<i64>().map_err(|_| Fault::unreadable("billsec-unreadable", "billsec", text, expected))?;
    if seconds < 0 {
        return Err(Fault::unreadable("billsec-negative", "billsec", text, expected));
    }
    seconds.checked_mul(1_000_000).ok_or_else(|| Fault::unreadable("billsec-unreadable", "billsec", text, expected))
}

fn sequence(text: &str) -> Result<i64, Fault> {
    text.parse().map_err(|_| Fault::unreadable("sequence-unreadable", "sequence", text, "a whole number"))
}
