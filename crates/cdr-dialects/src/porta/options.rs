//! What can be chosen about the dialect. No document says what the original answers in every case; whoever still has one can
//! correct each guess here.

use std::time::Duration;

use cdr_model::{Anchor, LocalZone};
use cdr_settings::{Kind, Row, Setting, SettingError, Values, YES_OR_NO};

use crate::dialect::Defaults;

/// The name of the dialect in the log.
pub(super) const NAME: &str = "porta";

/// What can be chosen.
#[derive(Clone, Debug)]
pub struct PortaOptions {
    /// The server's zone: of bounds that name none, of times as they are printed, and of days that are counted. UTC.
    pub zone: LocalZone,
    /// Which instant the windows of the plain routes are about: connect, or bill as in PortaBilling's own interface.
    pub window: Anchor,
    /// What rows of the dictionaries lie under.
    pub key: DictionaryKey,
    /// How `CallType` says which way a call went.
    pub call_type: CallType,
    /// Rows of a page where pages are asked for. 1000.
    pub page: usize,
    /// What `NextOffset` is on the last page. 0.
    pub last_offset: i64,
    /// How many levels of customers below one are its subcustomers. 1.
    pub levels: usize,
    /// Answers that are read and written at once, over all threads; others wait their turn. Four.
    pub live: usize,
    /// How long an answer waits for its turn and for a client that takes nothing, and a request for its body. Sixty seconds.
    pub stall: Duration,
    /// Whether pages of other sites may use the API.
    pub cors: bool,
}

/// What rows of a dictionary lie under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DictionaryKey {
    /// The name of their service: what the one known client reads. `Rank` counts over the whole answer.
    #[default]
    Service,
    /// The number of their account; records of a customer's own lie under nothing. `Rank` counts in each list.
    Account,
}

/// How `CallType` says which way a call went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallType {
    /// The bits of it in decimals, as the one known client takes none but numbers: 4, 8 or 12.
    #[default]
    Bits,
    /// `Outgoing`, `Incoming` or `Forwarded`.
    Words,
}

impl Default for PortaOptions {
    fn default() -> PortaOptions {
        PortaOptions {
            zone: LocalZone::UTC,
            window: Anchor::Connect,
            key: DictionaryKey::default(),
            call_type: CallType::default(),
            page: 1000,
            last_offset: 0,
            levels: 1,
            live: 4,
            stall: Duration::from_secs(60),
            cors: false,
        }
    }
}

pub(super) static ENABLED: Setting<bool> = Setting {
    name: "porta.enabled",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether the server speaks the PortaCDR web service",
    ..Setting::PLAIN
};
static ZONE: Setting<LocalZone> = Setting {
    name: "porta.zone",
    kind: Kind::parsed("a time zone"),
    meaning: "the zone of its bounds without an offset, of the times it prints and of the days it counts; without it, `zone`",
    ..Setting::PLAIN
};
static WINDOW: Setting<Anchor> = Setting {
    name: "porta.window",
    default: "connect",
    kind: Kind::Choice(&[("connect", Anchor::Connect), ("bill", Anchor::Bill)]),
    meaning: "which instant the windows of its plain routes are about; the routes that name the bill time always go by that",
    ..Setting::PLAIN
};
static DICTIONARY_KEY: Setting<DictionaryKey> = Setting {
    name: "porta.dictionary_key",
    default: "service",
    kind: Kind::Choice(&[("service", DictionaryKey::Service), ("account", DictionaryKey::Account)]),
    meaning: "what rows lie under in its dictionaries: the name of their service, or the number of their account",
    ..Setting::PLAIN
};
static CALL_TYPE: Setting<CallType> = Setting {
    name: "porta.call_type",
    default: "bits",
    kind: Kind::Choice(&[("bits", CallType::Bits), ("words", CallType::Words)]),
    meaning: "how `CallType` says which way a call went: bits for 4, 8 and 12, or words for Outgoing, Incoming and Forwarded",
    ..Setting::PLAIN
};
static PAGE_SIZE: Setting<usize> = Setting {
    name: "porta.page_size",
    default: "1000",
    kind: Kind::count(1, 100_000),
    meaning: "rows of a page on its routes with an offset",
    ..Setting::PLAIN
};
static LAST_OFFSET: Setting<i64> = Setting {
    name: "porta.last_offset",
    default: "0",
    kind: Kind::Whole { min: i64::MIN, max: i64::MAX, unit: "", make: |number| number },
    meaning: "what `NextOffset` is when no more rows follow",
    ..Setting::PLAIN
};
static SUBCUSTOMER_LEVELS: Setting<usize> = Setting {
    name: "porta.subcustomer_levels",
    default: "1",
    kind: Kind::count(0, i64::MAX),
    meaning: "how many levels of customers below a reseller are its subcustomers",
    ..Setting::PLAIN
};
static LIVE: Setting<usize> = Setting {
    name: "porta.live",
    default: "4",
    kind: Kind::count(1, i64::MAX),
    meaning: "how many of its answers are read and written at the same time; more wait their turn",
    ..Setting::PLAIN
};
static STALL: Setting<Duration> = Setting {
    name: "porta.stall_seconds",
    default: "60",
    kind: Kind::seconds(0),
    meaning: "how long an answer waits for its turn before it is told to come again, and for a client that takes nothing \
              before it is broken off",
    ..Setting::PLAIN
};
static CORS: Setting<bool> = Setting {
    name: "porta.cors",
    default: "false",
    kind: YES_OR_NO,
    meaning: "whether pages of all other sites may use it, licences and all",
    ..Setting::PLAIN
};

/// All settings but the one that switches the dialect off.
pub(super) static SETTINGS: &[&dyn Row] =
    &[&ZONE, &WINDOW, &DICTIONARY_KEY, &CALL_TYPE, &PAGE_SIZE, &LAST_OFFSET, &SUBCUSTOMER_LEVELS, &LIVE, &STALL, &CORS];

impl PortaOptions {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting that is wrong.
    pub fn read(values: &dyn Values, defaults: &Defaults) -> Result<PortaOptions, SettingError> {
        Ok(PortaOptions {
            zone: ZONE.read_some(values)?.unwrap_or(defaults.zone),
            window: WINDOW.read(values)?,
            key: DICTIONARY_KEY.read(values)?,
            call_type: CALL_TYPE.read(values)?,
            page: PAGE_SIZE.read(values)?,
            last_offset: LAST_OFFSET.read(values)?,
            levels: SUBCUSTOMER_LEVELS.read(values)?,
            live: LIVE.read(values)?,
            stall: STALL.read(values)?,
            cors: CORS.read(values)?,
        })
    }
}
