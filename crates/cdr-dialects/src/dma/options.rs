//! What can be chosen about the dialect, and the settings that choose it.

use std::time::Duration;

use cdr_model::{Anchor, LocalZone};
use cdr_query::grammar::XsdVersion;
use cdr_settings::{Kind, Row, Setting, SettingError, Values, YES_OR_NO};

use crate::dialect::Defaults;

/// What can be chosen. The default is what the public documents say, in UTC.
#[derive(Clone, Debug)]
pub struct DmaOptions {
    /// The server's zone: of bounds that name none, of "midnight today", and of all times that are printed.
    pub zone: LocalZone,
    /// By which edition of XML Schema bounds are read.
    pub xsd: XsdVersion,
    /// Which instant of a record the bounds are about: the start, as the API reference has it, or the end, as the
    /// operations guide has it.
    pub anchor: Anchor,
    /// Whether a record at `to-date` belongs to the window.
    pub end: EndBound,
    /// The name of the layout that has the sheets and columns of the files.
    pub layout: String,
    /// How many generations there may be at a time.
    pub lane: LaneRule,
    /// Live answers at once, over all threads; one more is refused with 503. Four.
    pub live: usize,
    /// How long a live answer waits for a client that takes nothing, and a request for a body that does not come. Sixty
    /// seconds.
    pub stall: Duration,
}

/// Whether a record at the end bound belongs to the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndBound {
    /// It does, as the API reference has it.
    #[default]
    Inclusive,
    /// It does not: adjoining windows share no record.
    Exclusive,
}

/// How many generations there may be at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneRule {
    /// One for all callers, as in the original.
    #[default]
    One,
    /// One for each caller, who sees only theirs.
    Caller,
}

impl Default for DmaOptions {
    fn default() -> DmaOptions {
        DmaOptions {
            zone: LocalZone::UTC,
            xsd: XsdVersion::default(),
            anchor: Anchor::Start,
            end: EndBound::default(),
            layout: "dma-6.1-reconstructed".to_owned(),
            lane: LaneRule::default(),
            live: 4,
            stall: Duration::from_secs(60),
        }
    }
}

/// The name of the dialect: of its lane, and in the log.
pub(super) const NAME: &str = "dma";

pub(super) static ENABLED: Setting<bool> = Setting {
    name: "dma.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the server speaks the DMA billing API",
    ..Setting::PLAIN
};
static ZONE: Setting<LocalZone> = Setting {
    name: "dma.zone",
    kind: Kind::parsed("a time zone"),
    meaning: "the zone of its bounds without an offset and of the times it prints; without it, `zone`",
    ..Setting::PLAIN
};
static ANCHOR: Setting<Anchor> = Setting {
    name: "dma.anchor",
    default: "start",
    kind: Kind::Choice(&[("start", Anchor::Start), ("end", Anchor::End)]),
    meaning: "which instant of a call its bounds are about",
    ..Setting::PLAIN
};
static END: Setting<EndBound> = Setting {
    name: "dma.end",
    default: "inclusive",
    kind: Kind::Choice(&[("inclusive", EndBound::Inclusive), ("exclusive", EndBound::Exclusive)]),
    meaning: "whether a call at `to-date` belongs to the window: inclusive, as the original, or exclusive, for adjoining periods",
    ..Setting::PLAIN
};
static LAYOUT: Setting<String> = Setting {
    name: "dma.layout",
    default: "dma-6.1-reconstructed",
    kind: Kind::TEXT,
    meaning: "the columns of its files, by the layout's name",
    ..Setting::PLAIN
};
static LANE: Setting<LaneRule> = Setting {
    name: "dma.lane",
    default: "one",
    kind: Kind::Choice(&[("one", LaneRule::One), ("caller", LaneRule::Caller)]),
    meaning: "one for one generation at a time over all users, as the original; caller for one for each",
    ..Setting::PLAIN
};
static LIVE: Setting<usize> = Setting {
    name: "dma.live",
    default: "4",
    kind: Kind::count(1, i64::MAX),
    meaning: "how many answers of `GET /api/rest/billing` are written at the same time; more are told to come again",
    ..Setting::PLAIN
};
static STALL: Setting<Duration> = Setting {
    name: "dma.stall_seconds",
    default: "60",
    kind: Kind::seconds(0),
    meaning: "how long such an answer waits for a client that takes nothing before it is broken off",
    ..Setting::PLAIN
};

/// All settings but the one that switches the dialect off.
pub(super) static SETTINGS: &[&dyn Row] = &[&ZONE, &ANCHOR, &END, &LAYOUT, &LANE, &LIVE, &STALL];

impl DmaOptions {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting that is wrong.
    pub fn read(values: &dyn Values, defaults: &Defaults) -> Result<DmaOptions, SettingError> {
        Ok(DmaOptions {
            zone: ZONE.read_some(values)?.unwrap_or(defaults.zone),
            xsd: defaults.xsd,
            anchor: ANCHOR.read(values)?,
            end: END.read(values)?,
            layout: LAYOUT.read(values)?,
            lane: LANE.read(values)?,
            live: LIVE.read(values)?,
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
