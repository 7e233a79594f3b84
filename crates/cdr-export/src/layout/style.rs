//! How values of one kind are printed.

use cdr_model::FieldKind;
use serde::{Deserialize, Serialize};

/// How instants are printed. Finer digits than a style prints are cut (floor).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimeStyle {
    /// `2026-11-21T10:00:00.000001Z`: RFC 3339 in UTC with microseconds, whatever the zone of the export.
    #[default]
    #[serde(rename = "rfc3339-micros")]
    Rfc3339Micros,
    /// `2026-11-21T11:00:00.000+01:00`: the zone of the export, milliseconds, `Z` for a zero offset (DMA 7000 Operations
    /// Guide 6.1, "Call Record Layouts").
    #[serde(rename = "offset-millis")]
    OffsetMillis,
    /// `2026-11-21T11:00:00+01:00`: the zone of the export, whole seconds, always a numeric offset (DMA 7000 Operations
    /// Guide 5.1).
    #[serde(rename = "offset-seconds")]
    OffsetSeconds,
    /// `2026-11-21 11:00:00.5+01`: as PostgreSQL prints a `timestamp with time zone` in the zone of the export. The fraction
    /// is as long as it has to be, and so is the offset: `+00`, `+05:30`, and with seconds where a place had its own mean
    /// time (PostgreSQL 16, "Date/Time Output").
    #[serde(rename = "pg-zoned")]
    PgZoned,
    /// `2026-11-21 11:00:00.5`: the same without the offset.
    #[serde(rename = "pg-local")]
    PgLocal,
    /// `2026-11-21 11:00:00`: the same without the offset and the fraction.
    #[serde(rename = "pg-local-seconds")]
    PgLocalSeconds,
}

/// How yes and no are printed. JSON has its own words and takes no notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BooleanStyle {
    /// `true` and `false`.
    #[default]
    #[serde(rename = "true/false")]
    Small,
    /// `TRUE` and `FALSE`.
    #[serde(rename = "TRUE/FALSE")]
    Capital,
    /// `t` and `f`, as PostgreSQL prints them.
    #[serde(rename = "t/f")]
    Letter,
}

impl BooleanStyle {
    /// The word for it.
    pub const fn word(self, yes: bool) -> &'static str {
        match (self, yes) {
            (BooleanStyle::Small, true) => "true",
            (BooleanStyle::Small, false) => "false",
            (BooleanStyle::Capital, true) => "TRUE",
            (BooleanStyle::Capital, false) => "FALSE",
            (BooleanStyle::Letter, true) => "t",
            (BooleanStyle::Letter, false) => "f",
        }
    }
}

/// How lengths of time are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DurationStyle {
    /// Whole microseconds.
    #[default]
    #[serde(rename = "micros")]
    Micros,
    /// Whole seconds, rounded down.
    #[serde(rename = "seconds")]
    Seconds,
}

/// How the cells of a layout are printed unless their column says otherwise. Amounts are printed as they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Styles {
    /// Instants.
    pub times: TimeStyle,
    /// Yes and no.
    pub booleans: BooleanStyle,
    /// Lengths of time.
    pub durations: DurationStyle,
}

impl Styles {
    /// These, but for one.
    pub(crate) fn with(mut self, style: Option<Style>) -> Styles {
        match style {
            None => (),
            Some(Style::Time(style)) => self.times = style,
            Some(Style::Boolean(style)) => self.booleans = style,
            Some(Style::Duration(style)) => self.durations = style,
        }
        self
    }
}

/// One style, as a column names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "no such style; there are rfc3339-micros, offset-millis, offset-seconds, pg-zoned, pg-local, \
                 pg-local-seconds, true/false, TRUE/FALSE, t/f, micros, seconds"
)]
pub enum Style {
    /// Of an instant.
    Time(TimeStyle),
    /// Of a yes or no.
    Boolean(BooleanStyle),
    /// Of a length of time.
    Duration(DurationStyle),
}

impl Style {
    /// What kind of value it is for.
    pub const fn kind(self) -> FieldKind {
        match self {
            Style::Time(_) => FieldKind::Time,
            Style::Boolean(_) => FieldKind::Boolean,
            Style::Duration(_) => FieldKind::Duration,
        }
    }
}
