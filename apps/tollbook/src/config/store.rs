//! The settings of the store, the intake and the callbacks, read and checked.

use std::time::Duration;

use cdr_intake::Share;
use cdr_mediation::JoinTime;
use cdr_settings::{Row, Setting, ValueKind, Values, YES_OR_NO, comma_separated};
use cdr_store::Partitions;

/// The longest timeout that both databases accept, in seconds: they count milliseconds in 31 bits.
const LONGEST_WAIT: i64 = 2_147_483;

static CALLBACKS: Setting<bool> = Setting {
    name: "callbacks.allow_private",
    default: "false",
    kind: YES_OR_NO,
    meaning: "whether callbacks may connect to addresses of this machine and of private networks",
    ..Setting::PLAIN
};
static READERS: Setting<usize> = Setting {
    name: "store.readers",
    default: "24",
    kind: ValueKind::count(1, 1000),
    meaning: "the number of connections of a process that read the store: at least one for each answer of a dialect \
              that reads at the same time, two for each worker, and one more",
    ..Setting::PLAIN
};
static BUSY_TIMEOUT: Setting<Duration> = Setting {
    name: "store.busy_timeout_seconds",
    default: "30",
    kind: ValueKind::Whole {
        min: 0,
        max: i64::MAX,
        unit: "seconds",
        make: |seconds| Duration::from_secs(seconds.min(LONGEST_WAIT).unsigned_abs()),
    },
    meaning: "how long a writer waits while another process writes",
    ..Setting::PLAIN
};
static RETENTION: Setting<Option<u32>> = Setting {
    name: "store.retention_days",
    default: "0",
    kind: ValueKind::Whole {
        min: 0,
        max: u32::MAX as i64,
        unit: "days",
        make: |days| u32::try_from(days).ok().filter(|days| *days > 0),
    },
    meaning: "how many days calls and conferences are kept after their start; 0 keeps them indefinitely; the same for \
              all processes of a store. Older ones are refused at intake, and removed after each load, by servers and \
              workers on PostgreSQL (whole partitions, so up to a month or a day later), and by `tollbook retention`",
    ..Setting::PLAIN
};
static PARTITIONS: Setting<Partitions> = Setting {
    name: "store.partitions",
    default: "month",
    kind: ValueKind::Choice(&[("month", Partitions::Month), ("day", Partitions::Day)]),
    meaning: "PostgreSQL only: the period of one partition of the calls: month, or day for tens of millions of calls a \
              month",
    ..Setting::PLAIN
};
static BATCH: Setting<usize> = Setting {
    name: "intake.batch",
    default: "5000",
    kind: ValueKind::count(1, 5000),
    meaning: "the number of records in one transaction",
    ..Setting::PLAIN
};
static MAX_BAD: Setting<Share> = Setting {
    name: "intake.max_bad",
    default: "50%",
    kind: ValueKind::parsed("a share such as 0.5 or 50%"),
    meaning: "the share of the records of a file that may be unreadable; a load in which more are is refused after its \
              first thousand records, or ends with exit code 3",
    ..Setting::PLAIN
};
static KEEP_LINES: Setting<u32> = Setting {
    name: "intake.keep_lines",
    default: "90",
    kind: ValueKind::Whole {
        min: 0,
        max: u32::MAX as i64,
        unit: "days",
        make: |days| u32::try_from(days).unwrap_or(u32::MAX),
    },
    meaning: "how many days the lines of records are kept as the switch wrote them, for `tollbook remap`; 0 keeps none",
    ..Setting::PLAIN
};
static MAX_QUARANTINE: Setting<Option<u64>> = Setting {
    name: "intake.max_quarantine",
    default: "100000",
    kind: ValueKind::Whole {
        min: 0,
        max: i64::MAX,
        unit: "entries",
        make: |entries| u64::try_from(entries).ok().filter(|entries| *entries > 0),
    },
    meaning: "how many open entries the quarantine may have: with as many, loads stop with exit code 3, watched files \
              wait, and what switches post is answered with 503; 0 is no limit",
    ..Setting::PLAIN
};
static JOIN_HOURS: Setting<JoinTime> = Setting {
    name: "intake.join_hours",
    default: "12",
    kind: ValueKind::Whole {
        min: 1,
        max: 8760,
        unit: "hours",
        make: |hours| JoinTime(u32::try_from(hours).unwrap_or_default()),
    },
    meaning: "how long a transaction of a proxy waits for the others of its dialogue, by the times in the records and by the \
              clock of the store; then a call without a BYE has no end, and a BYE without an INVITE goes to the quarantine",
    ..Setting::PLAIN
};
static MAX_BODY: Setting<u64> = Setting {
    name: "intake.max_body",
    default: "1073741824",
    kind: ValueKind::Whole { min: 1, max: i64::MAX, unit: "bytes", make: i64::unsigned_abs },
    meaning: "the longest body that a switch may post, packed as it is sent",
    ..Setting::PLAIN
};
static WATCH: Setting<bool> = Setting {
    name: "intake.watch",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether `tollbook serve` loads the watched files of sources; `tollbook watch` does in any case",
    ..Setting::PLAIN
};
static WATCH_SECONDS: Setting<Duration> = Setting {
    name: "intake.watch_seconds",
    default: "5",
    kind: ValueKind::Whole {
        min: 1,
        max: i64::MAX,
        unit: "seconds",
        make: |seconds| Duration::from_secs(seconds.min(LONGEST_WAIT).unsigned_abs()),
    },
    meaning: "how often watched files are looked at",
    ..Setting::PLAIN
};
static EXTRA: Setting<Vec<String>> = Setting {
    name: "intake.extra",
    kind: ValueKind::Form { takes: "a list of columns", read: |text| Ok(comma_separated(text)) },
    meaning: "columns of a feed that have no field and are stored with the record, by name, separated by commas",
    ..Setting::PLAIN
};

pub(super) static SETTINGS: &[&dyn Row] = &[
    &CALLBACKS,
    &READERS,
    &BUSY_TIMEOUT,
    &RETENTION,
    &PARTITIONS,
    &BATCH,
    &MAX_BAD,
    &KEEP_LINES,
    &MAX_QUARANTINE,
    &JOIN_HOURS,
    &MAX_BODY,
    &WATCH,
    &WATCH_SECONDS,
    &EXTRA,
];

/// The store, the intake and the callbacks.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// Whether callbacks may go to addresses that are not public.
    pub private_callbacks: bool,
    /// The number of connections that read the store.
    pub readers: u32,
    /// How long a writer waits while another process writes.
    pub busy_timeout: Duration,
    /// How many days calls are kept; `None` for indefinitely.
    pub retention_days: Option<u32>,
    /// The period of one partition of the calls.
    pub partitions: Partitions,
    /// The number of records in one transaction.
    pub batch: usize,
    /// The share of the records of a file that may be bad.
    pub max_bad: Share,
    /// How many days the lines of records are kept; 0 for none.
    pub keep_lines: u32,
    /// How many open entries the quarantine may have; `None` for any number.
    pub max_quarantine: Option<u64>,
    /// How long a transaction waits for the others of its dialogue.
    pub join: JoinTime,
    /// The longest body that a switch may post, in bytes.
    pub max_body: u64,
    /// Whether the server loads watched files.
    pub watch: bool,
    /// How often watched files are looked at.
    pub watch_every: Duration,
    /// Columns of feeds that have no field and are stored with the record.
    pub extra: Vec<String>,
}

impl StoreConfig {
    /// Reads and checks every setting.
    pub(super) fn read(values: &dyn Values) -> anyhow::Result<StoreConfig> {
        Ok(StoreConfig {
            private_callbacks: CALLBACKS.read(values)?,
            readers: u32::try_from(READERS.read(values)?)?,
            busy_timeout: BUSY_TIMEOUT.read(values)?,
            retention_days: RETENTION.read(values)?,
            partitions: PARTITIONS.read(values)?,
            batch: BATCH.read(values)?,
            max_bad: MAX_BAD.read(values)?,
            keep_lines: KEEP_LINES.read(values)?,
            max_quarantine: MAX_QUARANTINE.read(values)?,
            join: JOIN_HOURS.read(values)?,
            max_body: MAX_BODY.read(values)?,
            watch: WATCH.read(values)?,
            watch_every: WATCH_SECONDS.read(values)?,
            extra: EXTRA.read(values)?,
        })
    }
}
