//! The options of the dialect. No document describes the answers of the original in every case. An installation that
//! can be compared with an original can correct each guess here.

use std::time::Duration;

use cdr_mediation::WalkLimits;
use cdr_model::{Anchor, LocalZone};
use cdr_settings::{NoValues, Row, Setting, SettingError, ValueKind, Values, YES_OR_NO};

use crate::dialect::Defaults;

/// The name of the dialect in the log.
pub(super) const NAME: &str = "porta";

/// Options of the dialect.
#[derive(Clone, Debug)]
pub struct PortaOptions {
    /// The server's zone: for bounds without an offset, for printed times, and for counted days.
    pub zone: LocalZone,
    /// The instant that the windows of the plain routes apply to: connect, or bill as in PortaBilling's own interface.
    pub window: Anchor,
    /// The key of rows in the dictionaries.
    pub key: DictionaryKey,
    /// How `CallType` encodes the direction of a call.
    pub call_type: CallType,
    /// Rows per page on the routes with pages.
    pub page: usize,
    /// The value of `NextOffset` on the last page.
    pub last_offset: i64,
    /// How long the pages of one answer belong to the same moment, and how many such answers a licence may have.
    pub walks: WalkLimits,
    /// Whether calls that have not ended are in the answers.
    pub unfinished: bool,
    /// How many levels of customers below a customer are its subcustomers.
    pub levels: usize,
    /// The maximum number of answers that read the store at the same time, over all threads; others wait their turn.
    pub live: usize,
    /// The maximum number of long answers that are sent at the same time for a licence; others wait.
    pub open_per_licence: usize,
    /// The same for all licences together.
    pub open: usize,
    /// How long a request waits for its body and to be answered, and an answer for a client that does not read.
    pub stall: Duration,
    /// Whether pages of other sites may use the API.
    pub cors: bool,
}

/// The key of rows in a dictionary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DictionaryKey {
    /// The name of their service, which the one known client reads. `Rank` counts over the whole answer.
    #[default]
    Service,
    /// The number of their account; empty for records booked on the customer itself. `Rank` counts within each list.
    Account,
}

/// How `CallType` encodes the direction of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallType {
    /// The bits in decimal: 4, 8 or 12. The one known client accepts only numbers.
    #[default]
    Bits,
    /// `Outgoing`, `Incoming` or `Forwarded`.
    Words,
}

impl Default for PortaOptions {
    /// The defaults of the settings.
    fn default() -> PortaOptions {
        PortaOptions::read(&NoValues, &Defaults::default()).expect("the defaults are valid")
    }
}

/// The maximum size of the walks of a licence in bytes. A page takes about 100 bytes of its walk.
const WALK_BYTES: usize = 32 * 1024 * 1024;

pub(super) static ENABLED: Setting<bool> = Setting {
    name: "porta.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the server offers the PortaCDR web service",
    ..Setting::PLAIN
};
static ZONE: Setting<LocalZone> = Setting {
    name: "porta.zone",
    kind: ValueKind::parsed("a time zone"),
    meaning: "the zone of bounds without an offset, of printed times and of counted days; without it, `zone`",
    ..Setting::PLAIN
};
static WINDOW: Setting<Anchor> = Setting {
    name: "porta.window",
    default: "connect",
    kind: ValueKind::Choice(&[("connect", Anchor::Connect), ("bill", Anchor::Bill)]),
    meaning: "the instant that the windows of its plain routes apply to; routes that name the bill time always use \
              that",
    ..Setting::PLAIN
};
static DICTIONARY_KEY: Setting<DictionaryKey> = Setting {
    name: "porta.dictionary_key",
    default: "service",
    kind: ValueKind::Choice(&[("service", DictionaryKey::Service), ("account", DictionaryKey::Account)]),
    meaning: "the key of rows in its dictionaries: the name of their service, or the number of their account",
    ..Setting::PLAIN
};
static CALL_TYPE: Setting<CallType> = Setting {
    name: "porta.call_type",
    default: "bits",
    kind: ValueKind::Choice(&[("bits", CallType::Bits), ("words", CallType::Words)]),
    meaning: "how `CallType` encodes the direction of a call: bits for 4, 8 and 12, or words for Outgoing, Incoming \
              and Forwarded",
    ..Setting::PLAIN
};
static PAGE_SIZE: Setting<usize> = Setting {
    name: "porta.page_size",
    default: "1000",
    kind: ValueKind::count(1, 100_000),
    meaning: "rows of a page on its routes with an offset",
    ..Setting::PLAIN
};
static LAST_OFFSET: Setting<i64> = Setting {
    name: "porta.last_offset",
    default: "0",
    kind: ValueKind::Whole { min: i64::MIN, max: i64::MAX, unit: "", make: |number| number },
    meaning: "the value of `NextOffset` when no more rows follow",
    ..Setting::PLAIN
};
static WALK_MINUTES: Setting<Duration> = Setting {
    name: "porta.walk_minutes",
    default: "15",
    kind: ValueKind::Whole {
        min: 1,
        max: 1440,
        unit: "minutes",
        make: |minutes| Duration::from_secs(minutes.unsigned_abs() * 60),
    },
    meaning: "how long after the last page the next page on its routes with an offset still belongs to the same answer; \
              after that it begins a new one",
    ..Setting::PLAIN
};
static WALKS: Setting<usize> = Setting {
    name: "porta.walks",
    default: "100",
    kind: ValueKind::count(1, 10_000),
    meaning: "how many answers in pages a licence may be reading at a time; beyond that the oldest one is forgotten, and \
              its next page begins a new one",
    ..Setting::PLAIN
};
static UNFINISHED: Setting<bool> = Setting {
    name: "porta.unfinished_calls",
    default: "false",
    kind: YES_OR_NO,
    meaning: "whether calls that have not ended are in its answers, with the year 1 as their end and an amount of 0; a \
              client that keeps the first version of an ID never gets their amount",
    ..Setting::PLAIN
};
static SUBCUSTOMER_LEVELS: Setting<usize> = Setting {
    name: "porta.subcustomer_levels",
    default: "1",
    kind: ValueKind::count(0, i64::MAX),
    meaning: "how many levels of customers below a reseller are its subcustomers",
    ..Setting::PLAIN
};
static LIVE: Setting<usize> = Setting {
    name: "porta.live",
    default: "4",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "how many of its answers read the store at the same time; the others wait their turn for each page",
    ..Setting::PLAIN
};
static OPEN_PER_LICENCE: Setting<usize> = Setting {
    name: "porta.open_per_licence",
    default: "8",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "how many of its answers of more than 1,000 rows are sent at the same time for one licence, and how many \
              slow starts it has beside `porta.live`; further ones wait",
    ..Setting::PLAIN
};
static OPEN: Setting<usize> = Setting {
    name: "porta.open",
    default: "32",
    kind: ValueKind::count(1, i64::MAX),
    meaning: "the same for all licences together",
    ..Setting::PLAIN
};
static STALL: Setting<Duration> = Setting {
    name: "porta.stall_seconds",
    default: "60",
    kind: ValueKind::seconds(0),
    meaning: "how long a request waits to be answered before it gets status 503, and an answer for a client that does \
              not read before the connection is closed",
    ..Setting::PLAIN
};
static CORS: Setting<bool> = Setting {
    name: "porta.cors",
    default: "false",
    kind: YES_OR_NO,
    meaning: "whether web pages of any other site may use it, with any licence they know",
    ..Setting::PLAIN
};

/// All settings except [`ENABLED`].
pub(super) static SETTINGS: &[&dyn Row] = &[
    &ZONE,
    &WINDOW,
    &DICTIONARY_KEY,
    &CALL_TYPE,
    &PAGE_SIZE,
    &LAST_OFFSET,
    &WALK_MINUTES,
    &WALKS,
    &UNFINISHED,
    &SUBCUSTOMER_LEVELS,
    &LIVE,
    &OPEN_PER_LICENCE,
    &OPEN,
    &STALL,
    &CORS,
];

impl PortaOptions {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting that is invalid.
    pub fn read(values: &dyn Values, defaults: &Defaults) -> Result<PortaOptions, SettingError> {
        Ok(PortaOptions {
            zone: ZONE.read_some(values)?.unwrap_or(defaults.zone),
            window: WINDOW.read(values)?,
            key: DICTIONARY_KEY.read(values)?,
            call_type: CALL_TYPE.read(values)?,
            page: PAGE_SIZE.read(values)?,
            last_offset: LAST_OFFSET.read(values)?,
            walks: WalkLimits { keep: WALK_MINUTES.read(values)?, most: WALKS.read(values)?, bytes: WALK_BYTES },
            unfinished: UNFINISHED.read(values)?,
            levels: SUBCUSTOMER_LEVELS.read(values)?,
            live: LIVE.read(values)?,
            open_per_licence: OPEN_PER_LICENCE.read(values)?,
            open: OPEN.read(values)?,
            stall: STALL.read(values)?,
            cors: CORS.read(values)?,
        })
    }
}
