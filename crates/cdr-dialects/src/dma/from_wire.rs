//! Reads the query string into an order. Bounds are `xs:dateTime`; the defaults are midnight today and now.
//!
//! Source: Poly RealPresence Platform API reference, "Billing", notes 1 and 2.

use cdr_export::{ExportSpec, Layout, Package};
use cdr_mediation::{ExportOrder, ExportRequest, MediationError};
use cdr_model::{CdrField, GapPolicy, Timestamp};
use cdr_query::grammar::{Rounding, XsDateTime, XsDateTimeError};
use cdr_query::{CdrQuery, Condition, Test, Window};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::options::{DmaOptions, EndBound};

const FROM: &str = "from-date";
const TO: &str = "to-date";

/// Both bounds as requested, before the end is converted to a half-open bound. Stored with the export as its memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bounds {
    /// Microseconds since 1970.
    pub(super) from: i64,
    /// Microseconds since 1970.
    pub(super) to: i64,
}

/// The bounds named in a request. Both are optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
}

/// Why the bounds of a request are rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    #[error("{name}: {problem}")]
    NoDate { name: &'static str, problem: XsDateTimeError },
    #[error("{name}: the bytes are not UTF-8")]
    NoText { name: &'static str },
    #[error("from-date is {from}, to-date is {to}")]
    Backwards { from: Timestamp, to: Timestamp },
}

impl Named {
    /// Reads the bounds of a raw query string. Other parameters are ignored, and so are repeated ones.
    ///
    /// # Errors
    /// [`Refusal`], also if `from-date` is after `to-date`.
    pub(super) fn read(query: &str, options: &DmaOptions) -> Result<Named, Refusal> {
        let (from, to) = (date(query, FROM, options)?, date(query, TO, options)?);
        let zone = &options.zone;
        let end = match options.end {
            EndBound::Inclusive => Rounding::Down,
            EndBound::Exclusive => Rounding::Up,
        };
        let to = to.map(|to| to.to_timestamp(zone, end));
        // Two bounds within the same microsecond are an empty window, not a reversed one.
        if let (Some(from), Some(to)) = (from.map(|from| from.to_timestamp(zone, Rounding::Down)), to)
            && from > to
        {
            return Err(Refusal::Backwards { from, to });
        }
        Ok(Named { from: from.map(|from| from.to_timestamp(zone, Rounding::Up)), to })
    }

    /// The same, with midnight today and now for missing bounds.
    ///
    /// # Errors
    /// [`Refusal::Backwards`] if a named bound is on the wrong side of a default.
    pub(super) fn or_today(self, now: Timestamp, options: &DmaOptions) -> Result<Bounds, Refusal> {
        let from = self.from.unwrap_or_else(|| midnight(now, options));
        let to = self.to.unwrap_or(now);
        if from > to && (self.from.is_none() || self.to.is_none()) {
            return Err(Refusal::Backwards { from, to });
        }
        Ok(Bounds { from: from.micros(), to: to.micros() })
    }
}

impl Bounds {
    /// The version of the memo.
    const VERSION: u32 = 1;

    /// Reads a memo; `None` if another dialect or a newer program wrote it.
    pub(super) fn of_memo(memo: &str, version: u32) -> Option<Bounds> {
        serde_json::from_str(memo).ok().filter(|_| version <= Bounds::VERSION)
    }

    /// The query and the specification of the export. The query selects records that have ended and whose anchor is
    /// within the bounds.
    ///
    /// # Errors
    /// None that a client can cause.
    pub(super) fn request(self, options: &DmaOptions, layout: &Layout) -> Result<ExportRequest, MediationError> {
        let until = match options.end {
            EndBound::Inclusive => self.to.saturating_add(1),
            EndBound::Exclusive => self.to,
        };
        let from = Timestamp::from_micros(self.from);
        let window = Window::new(options.anchor, from, Timestamp::from_micros(until.max(self.from)))?;
        let spec = ExportSpec {
            layout: layout.clone(),
            format: "csv".to_owned(),
            package: Package::Zip,
            zone: options.zone.to_string(),
        };
        spec.check()?;
        let query = CdrQuery::over(window).only(Condition::new(CdrField::EndedAt, Test::Present)?);
        Ok(ExportRequest { query, spec })
    }

    /// The same as an order for the ledger.
    ///
    /// # Errors
    /// As [`Bounds::request`].
    pub(super) fn order(
        self,
        lane: String,
        options: &DmaOptions,
        layout: &Layout,
    ) -> Result<ExportOrder, MediationError> {
        Ok(ExportOrder {
            dialect: super::options::NAME.to_owned(),
            lane: Some(lane),
            request: self.request(options, layout)?,
            // Serializing two numbers cannot fail.
            memo: serde_json::to_string(&self).unwrap_or_default(),
            memo_version: Bounds::VERSION,
            account_id: None,
            customer_id: None,
            callback: None,
        })
    }
}

/// The date in a parameter.
fn date(query: &str, name: &'static str, options: &DmaOptions) -> Result<Option<XsDateTime>, Refusal> {
    let Some(text) = value(query, name)? else { return Ok(None) };
    let date = XsDateTime::parse_as(&with_plus(text), options.xsd);
    date.map(Some).map_err(|problem| Refusal::NoDate { name, problem })
}

/// The first value of a parameter, decoded. A `+` is not decoded to a space, since scripts send offsets unescaped.
fn value(query: &str, name: &'static str) -> Result<Option<String>, Refusal> {
    let decoded = |text| percent_decode_str(text).decode_utf8();
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if decoded(key).is_ok_and(|key| key == name) {
            return decoded(value).map(|value| Some(value.into_owned())).map_err(|_| Refusal::NoText { name });
        }
    }
    Ok(None)
}

/// Restores the `+` of an offset that was decoded as in HTML forms: a space before a final `hh:mm`.
fn with_plus(mut text: String) -> String {
    let was_plus = match text.as_bytes() {
        [.., b' ', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit) && text.contains('T'),
        _ => false,
    };
    if was_plus {
        text.replace_range(text.len() - 6..text.len() - 5, "+");
    }
    text
}

/// The first instant of the day in the server's zone.
fn midnight(now: Timestamp, options: &DmaOptions) -> Timestamp {
    let offset = i64::from(options.zone.offset_at(now)) * 1_000_000;
    let local = now.plus_micros(offset).to_utc().and_then(|local| local.date_naive().and_hms_opt(0, 0, 0));
    local.map_or(now, |midnight| options.zone.with_gap(GapPolicy::End).resolve(midnight).at)
}
