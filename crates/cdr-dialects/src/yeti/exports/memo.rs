//! The memo that the ledger stores with an order of a customer.

use cdr_export::TimeStyle;
use cdr_mediation::ExportEntry;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The order as the API echoes it. The memo of an administrator's order has filters too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memo {
    /// The columns of the file, which are shown to administrators.
    pub(super) fields: Vec<String>,
    pub(super) filters: Map<String, Value>,
    pub(super) time_format: TimeFormat,
    /// As sent: missing, an empty text, or a name.
    pub(super) time_zone_name: Option<String>,
}

/// How files print instants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TimeFormat {
    #[default]
    WithTimezone,
    WithoutTimezone,
    RoundToSeconds,
}

impl Memo {
    /// The version of the memo.
    pub(super) const VERSION: u32 = 1;

    /// The memo of an export. Missing members have their defaults, and so has the memo of a newer program.
    pub(super) fn of(entry: &ExportEntry) -> Memo {
        if entry.memo_version > Memo::VERSION {
            return Memo::default();
        }
        serde_json::from_str(&entry.memo).unwrap_or_default()
    }
}

impl TimeFormat {
    pub(super) const NAMES: [&'static str; 3] = ["with_timezone", "without_timezone", "round_to_seconds"];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            TimeFormat::WithTimezone => Self::NAMES[0],
            TimeFormat::WithoutTimezone => Self::NAMES[1],
            TimeFormat::RoundToSeconds => Self::NAMES[2],
        }
    }

    /// The format of this name.
    pub(super) fn named(name: &str) -> Option<TimeFormat> {
        let all = [TimeFormat::WithTimezone, TimeFormat::WithoutTimezone, TimeFormat::RoundToSeconds];
        all.into_iter().find(|it| it.name() == name)
    }

    /// The time style of a layout for this format.
    pub(super) fn style(self) -> TimeStyle {
        match self {
            TimeFormat::WithTimezone => TimeStyle::PgZoned,
            TimeFormat::WithoutTimezone => TimeStyle::PgLocal,
            TimeFormat::RoundToSeconds => TimeStyle::PgLocalSeconds,
        }
    }
}
