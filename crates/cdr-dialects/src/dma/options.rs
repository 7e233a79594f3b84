//! The options of the dialect, and their settings.

use std::time::Duration;

use cdr_model::{Anchor, LocalZone};
use cdr_query::grammar::XsdVersion;
use cdr_settings::{NoValues, Row, Setting, SettingError, ValueKind, Values, YES_OR_NO};

use crate::dialect::Defaults;

/// Options of the dialect. The defaults follow the public documents, in UTC.
#[derive(Clone, Debug)]
pub struct DmaOptions {
    /// The server's zone: for bounds without an offset, for "midnight today", and for printed times.
    pub zone: LocalZone,
    /// The version of XML Schema by which bounds are parsed.
    pub xsd: XsdVersion,
    /// The instant of a record that the bounds apply to: the start, as in the API reference, or the end, as in the
    /// operations guide.
    pub anchor: Anchor,
    /// Whether a record at `to-date` belongs to the window.
    pub end: EndBound,
    /// The name of the layout of the files.
    pub layout: String,
    /// How many generations may run at a time.
    pub lane: LaneRule,
    /// The maximum number of concurrent live answers, over all threads; further requests get 503.
    pub live: usize,
    /// The maximum number of them that read the store at the same time; the others wait their turn.
    pub reading: usize,
    /// How long a live answer waits for a client that does not read, and a request for its body. Sixty seconds by
    /// default.
    pub stall: Duration,
}

/// Whether a record at the end bound belongs to the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndBound {
    /// It does, as in the API reference.
    #[default]
    Inclusive,
    /// It does not: adjoining windows share no record.
    Exclusive,
}

/// How many generations may run at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneRule {
    /// One for all callers, as in the original.
    #[default]
    One,
    /// One for each caller, who sees only theirs.
    Caller,
}

impl Default for DmaOptions {
    /// The defaults of the settings.
    fn default() -> DmaOptions {
        DmaOptions::read(&NoValues, &Defaults::default()).expect("the defaults are valid")
    }
}

/// The name of the dialect, used for its lane and in the log.
pub(super) const NAME: &str = "dma";

pub(super) static ENABLED: Setting<bool> = Setting {
    name: "dma.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the server offers the DMA billing API",
    ..Setting::PLAIN
};
static ZONE: Setting<LocalZone> = Setting {
    name: "dma.zone",
    kind: ValueKind::parsed("a time zone"),
    meaning: "the zone of bounds without an offset and of printed times; without it, `zone`",
    ..Setting::PLAIN
};
static ANCHOR: Setting<Anchor> = Setting {
    name: "dma.anchor",
    default: "start",
    kind: ValueKind::Choice(&[("start", Anchor::Start), ("end", Anchor::End)]),
    meaning: "the instant of a call that its bounds apply to",
    ..Setting::PLAIN
};
static END: Setting<EndBound> = Setting {
    name: "dma.end",
    default: "inclusive",
    kind: ValueKind::Choice(&[("inclusive", EndBound::Inclusive), ("exclusive", EndBound::Exclusive)]),
    meaning: "whether a call at `to-date` belongs to the window: inclusive, as in the original, or exclusive, for \
              adjoining periods",
    ..Setting::PLAIN
};
static LAYOUT: Setting<String> = Setting {
    name: "dma.layout",
    default: "dma-6.1-reconstructed",
    kind: ValueKind::TEXT,
    meaning: "the name of the layout of its files",
    ..Setting::PLAIN
};
static LANE: Setting<LaneRule> = Setting {
    name: "dma.lane",
    default: "one",
    kind: ValueKind::Choice(&[("one", LaneRule::One), ("caller", LaneRule::Caller)]),
    meaning: "one: one generation at a time for all users, as in the original; caller: one for each user",
    ..Setting::PLAIN
};
static LIVE: Setting<usize> = Setting {
    name: "dma.live",
    default: "4",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "how many answers of `GET /api/rest/billing` are written at the same time; further requests get status \
              503",
    ..Setting::PLAIN
};
static READING: Setting<usize> = Setting {
    name: "dma.reading",
    default: "4",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "how many of these answers read the store at the same time; the others wait their turn for each page",
    ..Setting::PLAIN
};
static STALL: Setting<Duration> = Setting {
    name: "dma.stall_seconds",
    default: "60",
    kind: ValueKind::seconds(0),
    meaning: "how long such an answer waits for a client that does not read before the connection is closed",
    ..Setting::PLAIN
};

/// All settings except [`ENABLED`].
pub(super) static SETTINGS: &[&dyn Row] = &[&ZONE, &ANCHOR, &END, &LAYOUT, &LANE, &LIVE, &READING, &STALL];

impl DmaOptions {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting that is invalid.
    pub fn read(values: &dyn Values, defaults: &Defaults) -> Result<DmaOptions, SettingError> {
        Ok(DmaOptions {
            zone: ZONE.read_some(values)?.unwrap_or(defaults.zone),
            xsd: defaults.xsd,
            anchor: ANCHOR.read(values)?,
            end: END.read(values)?,
            layout: LAYOUT.read(values)?,
            lane: LANE.read(values)?,
            live: LIVE.read(values)?,
            reading: READING.read(values)?,
            stall: STALL.read(values)?,
        })
    }

    /// The lane of a caller.
    pub(super) fn lane_of(&self, caller: &str) -> String {
        match self.lane {
            LaneRule::One => NAME.to_owned(),
            LaneRule::Caller => format!("{}/{caller}", NAME),
        }
    }
}
