//! How values of one kind are printed.

use cdr_model::FieldKind;
use serde::{Deserialize, Serialize};

/// How instants are printed. Digits beyond the precision of a style are truncated (floor).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// `2026-11-21 11:00:00.5+01`: as PostgreSQL prints a `timestamp with time zone` in the zone of the export. The
    /// fraction and the offset have no more digits than necessary: `+00`, `+05:30`, and seconds for an offset of local
    /// mean time (PostgreSQL 16, "Date/Time Output").
    #[serde(rename = "pg-zoned")]
    PgZoned,
    /// `2026-11-21 11:00:00.5`: the same without the offset.
    #[serde(rename = "pg-local")]
    PgLocal,
    /// `2026-11-21 11:00:00`: the same without the offset and the fraction.
    #[serde(rename = "pg-local-seconds")]
    PgLocalSeconds,
}

/// How booleans are printed. JSON has its own literals and ignores the style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// The text of a boolean.
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

/// How durations are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DurationStyle {
    /// Whole microseconds.
    #[default]
    #[serde(rename = "micros")]
    Micros,
    /// Whole seconds, rounded down.
    #[serde(rename = "seconds")]
    Seconds,
}

/// How the cells of a layout are printed, unless their column has a style of its own. Amounts are printed with the
/// digits they were received with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Styles {
    /// Instants.
    pub times: TimeStyle,
    /// Booleans.
    pub booleans: BooleanStyle,
    /// Durations.
    pub durations: DurationStyle,
}

impl Styles {
    /// These styles with one replaced.
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

/// The style of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "no such style; the styles are rfc3339-micros, offset-millis, offset-seconds, pg-zoned, pg-local, \
                 pg-local-seconds, true/false, TRUE/FALSE, t/f, micros, seconds"
)]
#[non_exhaustive]
pub enum Style {
    /// The style of an instant.
    Time(TimeStyle),
    /// The style of a boolean.
    Boolean(BooleanStyle),
    /// The style of a duration.
    Duration(DurationStyle),
}

impl Style {
    /// The kind of values it applies to.
    pub const fn kind(self) -> FieldKind {
        match self {
            Style::Time(_) => FieldKind::Time,
            Style::Boolean(_) => FieldKind::Boolean,
            Style::Duration(_) => FieldKind::Duration,
        }
    }
}
