//! Mapping a transaction to its part of a call.

use cdr_mediation::{CallDraft, Content, Transaction, TransactionPart};
use cdr_model::{Assumed, Cdr, Details, Direction, LocalZone, Sip, Timestamp};

use super::columns::{self, Values};
use crate::digest::{Digest, key};
use crate::fault::Fault;
use crate::feed::times::{WrittenTimes, since_1970, written};
use crate::feed::{FeedSettings, Origin, checks};
use crate::notes::Note;
use crate::rows::LineMapping;
use crate::text::text;

/// The settings for mapping lines.
pub(super) struct Map {
    source: String,
    zone: LocalZone,
    extra: Vec<String>,
    columns: Vec<String>,
}

/// An instant, whether it was decided by a rule alone, and what is unusual about it.
type Moment = (Timestamp, bool, Option<Note>);

impl Map {
    pub(super) fn new(origin: &Origin, settings: &FeedSettings) -> Map {
        Map {
            source: origin.source.clone(),
            zone: settings.zone,
            extra: settings.extra.clone(),
            columns: settings.columns.clone(),
        }
    }

    /// The transaction of a line, and the time in it that the clocks skipped, if there is one.
    fn transaction(&self, values: &Values<'_>) -> Result<(Transaction, Option<Note>), Fault> {
        let code = code(values)?;
        let length_us = length_us(values)?;
        let part = match (values.text("method"), code, length_us) {
            ("BYE", ..) => TransactionPart::End,
            (_, 300.., _) => TransactionPart::Failure,
            (_, _, Some(_)) => TransactionPart::Whole,
            (..) => TransactionPart::Answer,
        };
        let (at, is_assumed, note) = self.ended(values)?;
        let (callid, from, to) = (values.required("callid")?, values.required("from_tag")?, values.text("to_tag"));
        let mut call = self.call(values, code, callid);
        if is_assumed {
            call.assumed.insert(Assumed::LOCAL_TIME);
        }
        call.started_at = at;
        match part {
            TransactionPart::Answer => call.connected_at = Some(at),
            TransactionPart::Whole => {
                call.connected_at = Some(at);
                call.ended_at = length_us.map(|length| at.plus_micros(length));
                call.talk_us = length_us;
            }
            TransactionPart::End => call.ended_at = Some(at),
            TransactionPart::Failure => (call.ended_at, call.talk_us) = (Some(at), Some(0)),
        }
        call.success = call.connected_at.is_some();
        match self.begun(values)?.filter(|begun| *begun <= at) {
            Some(begun) => call.started_at = begun,
            None => call.assumed.insert(Assumed::START),
        }
        checks::assume_billed(&mut call);
        checks::call(&call)?;
        let (first, second) = if from <= to { (from, to) } else { (to, from) };
        let key = key(format!("{callid}/{first}/{second}"));
        let account = call.details.account_given.clone();
        let draft = CallDraft { key, digest: Digest::of(values.core()), account, call, ..CallDraft::default() };
        Ok((Transaction { part, at, draft }, note))
    }

    /// The call without its instants.
    fn call(&self, values: &Values<'_>, code: i16, callid: &str) -> Cdr {
        let called = values.first(&["dst_ouser", "dst_user", "callee", "called"]);
        let routed = values.first(&["dst_user"]).filter(|routed| Some(routed) != called.as_ref());
        let mut call = Cdr {
            direction: Direction::Out,
            assumed: Assumed::DIRECTION,
            calling: values.first(&["src_user", "from_user", "caller", "calling"]),
            called,
            call_id: Some(callid.to_owned()),
            release_code: Some(code),
            details: Details {
                account_given: values.first(&["account", "accountcode"]),
                called_routed: routed,
                group: Some(format!("src:{}:{callid}", self.source)),
                sip: Sip {
                    release_reason: values.first(&["sip_reason"]),
                    from_domain: values.first(&["src_domain"]),
                    ruri_domain: values.first(&["dst_domain"]),
                    peer_ip: values.text("src_ip").parse().ok(),
                    ..Sip::default()
                },
                ..Details::default()
            },
            ..Cdr::default()
        };
        for name in &self.extra {
            if let Some(text) = values.first(&[name]) {
                call.details.extra.insert(name.clone(), text);
            }
        }
        call
    }

    /// When the transaction ended. `acc` writes a second time with more digits if `time_mode` is set.
    fn ended(&self, values: &Values<'_>) -> Result<Moment, Fault> {
        let (seconds, micros) = (values.text("time_attr"), values.text("time_exten"));
        let joined = format!("{seconds}.{micros:0>6}");
        let precise = [joined.as_str(), seconds].into_iter().find_map(|text| since_1970(text).flatten());
        let given = match precise {
            Some(precise) => Some(precise),
            None => self.written(values, "time")?,
        };
        let Some(start) = given else {
            return Err(Fault::new("time-unreadable", "time is empty, expected seconds since 1970 or a local time"));
        };
        let times = WrittenTimes { start, answer: None, end: None, duration_us: None, stated: None }.resolve(self.zone);
        Ok((times.start, times.is_assumed, times.skipped))
    }

    /// When the INVITE came, if a column says so.
    fn begun(&self, values: &Values<'_>) -> Result<Option<Timestamp>, Fault> {
        let given = match self.written(values, "setup")? {
            Some(given) => Some(given),
            None => self.written(values, "created")?,
        };
        let at = |start| WrittenTimes { start, answer: None, end: None, duration_us: None, stated: None };
        Ok(given.map(|given| at(given).resolve(self.zone).start))
    }

    fn written(&self, values: &Values<'_>, column: &'static str) -> Result<Option<crate::feed::times::Written>, Fault> {
        let text = values.text(column);
        match since_1970(text) {
            Some(written) => Ok(written),
            None => written(text, column, self.zone),
        }
    }
}

impl LineMapping for Map {
    fn skips(&self, line: &[u8]) -> Option<Note> {
        let line = text(line);
        let values = columns::values(&line, &self.columns).ok()?;
        let method = values.required("method").ok()?;
        let detail = match code(&values).ok()? {
            _ if !is_of_call(method) && is_method(method) => format!("{method} is no part of a call and is left out"),
            code @ (..200 | 401 | 407) => {
                format!("a {method} with the reply {code} is no part of a call and is left out")
            }
            _ => return None,
        };
        Some(Note { kind: "no-part", detail })
    }

    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        if line.contains(&0) {
            return Err(Fault::new("nul-character", "a NUL character, which text cannot contain"));
        }
        let line = text(line);
        let values = columns::values(&line, &self.columns)?;
        let method = values.required("method")?;
        if !is_of_call(method) {
            return Err(Fault::unreadable(
                "field-unreadable",
                "method",
                method,
                "a method of SIP such as INVITE or BYE",
            ));
        }
        let (transaction, note) = self.transaction(&values)?;
        Ok((Content::Transaction(Box::new(transaction)), note))
    }
}

/// Whether a line is a transaction as `acc` records it.
pub(super) fn is_line(line: &str) -> bool {
    if line.trim_start().starts_with('{') {
        return columns::values(line, &[]).is_ok_and(|values| {
            is_method(values.text("method"))
                && code(&values).is_ok()
                && !values.text("callid").is_empty()
                && !values.text("from_tag").is_empty()
        });
    }
    let fields: Vec<&str> = line.split('|').collect();
    let field = |at: usize| fields.get(at).copied().unwrap_or_default();
    let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    fields.len() >= 7 && is_method(field(0)) && is_code(field(4))
}

/// Whether a transaction with this method can be a part of a call.
fn is_of_call(method: &str) -> bool {
    matches!(method, "INVITE" | "BYE")
}

/// Whether a text has the form of a method of SIP (RFC 3261, section 7.1).
fn is_method(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn code(values: &Values<'_>) -> Result<i16, Fault> {
    let text = values.text("sip_code");
    let code = text.parse().ok().filter(|code| (100..700).contains(code));
    code.ok_or_else(|| Fault::unreadable("field-unreadable", "sip_code", text, "a reply code such as 200"))
}

/// The length of a call that OpenSIPS records as a whole.
fn length_us(values: &Values<'_>) -> Result<Option<i64>, Fault> {
    let of = |column: &'static str, factor: i64| {
        let text = values.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let length = text.parse::<u32>().ok().map(|length| i64::from(length) * factor);
        length.map(Some).ok_or_else(|| Fault::unreadable("field-unreadable", column, text, "a whole number"))
    };
    Ok(match of("ms_duration", 1_000)? {
        Some(length) => Some(length),
        None => of("duration", 1_000_000)?,
    })
}
