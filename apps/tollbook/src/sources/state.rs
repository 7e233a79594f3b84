//! What each source delivers, and what an operator should look at: a source that is silent, a clock that is not in the zone
//! of its source, and numbers that are missing in the sequence of its records.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cdr_intake::{Feed, check_newest, feed_named, missing_numbers};
use cdr_mediation::{CdrSource, EntryFilter, Quarantine, SourceHour, SourceSettings, Sources};
use cdr_model::{Anchor, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Test, Window};
use cdr_store::Store;

use crate::config::Config;
use crate::retention::now;

const DAY_US: i64 = 24 * 3_600_000_000;
/// How many of the newest records are checked for the zone.
const CLOCK: usize = 100;
/// How many of the newest records are checked for missing numbers.
const SEQUENCE: usize = 1_000;
/// How long a server uses the states that it has read.
const FRESH: Duration = Duration::from_secs(10);

/// What a source delivers.
#[derive(Clone, Debug)]
pub(crate) struct SourceState {
    pub(crate) name: String,
    pub(crate) settings: SourceSettings,
    /// Where the settings are: in the configuration or in the store. `None` if it has none.
    pub(crate) from: Option<&'static str>,
    /// Its present records, if they were counted.
    pub(crate) records: Option<u64>,
    /// What it delivered in all, as far as that was counted, and in the last 24 hours.
    pub(crate) all: Delivered,
    pub(crate) day: Delivered,
    /// When its last record was received, of whatever outcome.
    pub(crate) received_at: Option<Timestamp>,
    /// The start of its latest record.
    pub(crate) latest: Option<Timestamp>,
    /// Its open entries of the quarantine.
    pub(crate) waiting: u64,
    /// The numbers that are missing in its sequence, if it has one.
    pub(crate) missing: Option<u64>,
    /// What an operator should look at.
    pub(crate) warnings: Vec<String>,
}

/// Records by their outcome.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delivered {
    pub(crate) loaded: u64,
    pub(crate) known: u64,
    pub(crate) quarantined: u64,
}

/// The states that a server shows: they are read at most every ten seconds.
#[derive(Debug)]
pub(crate) struct SourceStates {
    config: Config,
    store: Store,
    kept: Mutex<Option<(Instant, Arc<Vec<SourceState>>)>>,
}

impl SourceStates {
    pub(crate) fn new(config: &Config, store: &Store) -> SourceStates {
        SourceStates { config: config.clone(), store: store.clone(), kept: Mutex::default() }
    }

    /// # Errors
    /// If they cannot be read.
    pub(crate) fn read(&self) -> anyhow::Result<Arc<Vec<SourceState>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((read_at, states)) = &*kept
            && read_at.elapsed() < FRESH
        {
            return Ok(states.clone());
        }
        let read = Arc::new(states(&self.config, &self.store, now()?, false)?);
        *kept = Some((Instant::now(), read.clone()));
        Ok(read)
    }
}

/// The sources that have settings, and those that have delivered something, in the order of their names. `counted` is
/// whether their records are counted, which takes long.
///
/// # Errors
/// If the store cannot be read.
pub(crate) fn states(
    config: &Config,
    store: &Store,
    now: Timestamp,
    counted: bool,
) -> anyhow::Result<Vec<SourceState>> {
    let directory = store.directory()?;
    let stored: BTreeMap<String, SourceSettings> =
        store.configured_sources()?.into_iter().map(|source| (source.name, source.settings)).collect();
    let mut hours: BTreeMap<String, Vec<SourceHour>> = BTreeMap::new();
    for hour in store.source_hours()? {
        hours.entry(hour.source.clone()).or_default().push(hour);
    }
    let mut waiting: BTreeMap<String, u64> = BTreeMap::new();
    for tally in store.summary(&EntryFilter::default())? {
        *waiting.entry(tally.source).or_default() += tally.entries;
    }
    let mut names: Vec<&String> = config.sources.keys().chain(stored.keys()).collect();
    names.extend(directory.sources.values().map(|source| &source.name));
    names.sort_unstable();
    names.dedup();
    let mut states = Vec::with_capacity(names.len());
    for name in names {
        let known = directory.sources.values().find(|source| source.name == *name);
        let (settings, from) = match (config.sources.get(name), stored.get(name)) {
            (Some(settings), _) => (settings.clone(), Some("configuration")),
            (None, Some(settings)) => (settings.clone(), Some("store")),
            (None, None) => {
                let feed = known.map(|source| source.feed.clone()).unwrap_or_default();
                (SourceSettings { feed, ..SourceSettings::default() }, None)
            }
        };
        let records = counted.then(|| records(store, known.map(|source| source.id))).transpose()?;
        let hours = hours.remove(name).unwrap_or_default();
        if from.is_none() && hours.is_empty() && records.unwrap_or_default() == 0 {
            continue;
        }
        let since = Timestamp::from_micros(now.micros().saturating_sub(DAY_US));
        let (missing, clock) = newest(store, name, &settings)?;
        let received_at = hours.iter().map(|hour| hour.received_at).max();
        let silent = silence(&settings, received_at, now);
        let numbers = missing.filter(|missing| *missing > 0);
        let numbers = numbers.map(|missing| format!("{missing} numbers are missing in the sequence of its records"));
        states.push(SourceState {
            name: name.clone(),
            from,
            records,
            all: Delivered::of(&hours),
            day: Delivered::of(hours.iter().filter(|hour| hour.began_at > since)),
            received_at,
            latest: hours.iter().filter_map(|hour| hour.latest).max(),
            waiting: waiting.get(name).copied().unwrap_or_default(),
            missing,
            warnings: [silent, clock, numbers].into_iter().flatten().collect(),
            settings,
        });
    }
    Ok(states)
}

impl Delivered {
    fn of<'a>(hours: impl IntoIterator<Item = &'a SourceHour>) -> Delivered {
        hours.into_iter().fold(Delivered::default(), |sum, hour| Delivered {
            loaded: sum.loaded + hour.loaded,
            known: sum.known + hour.known,
            quarantined: sum.quarantined + hour.quarantined,
        })
    }
}

/// That a source has been silent for too long.
fn silence(settings: &SourceSettings, received_at: Option<Timestamp>, now: Timestamp) -> Option<String> {
    let minutes = settings.silent_minutes?;
    let Some(received_at) = received_at else { return Some("it has not delivered a record".to_owned()) };
    let silent = now.micros().saturating_sub(received_at.micros()) / 60_000_000;
    let is_silent = silent >= i64::from(minutes);
    is_silent.then(|| format!("no record since {received_at}, for {silent} minutes (silent_minutes = {minutes})"))
}

/// What the newest records of a source show: the numbers that are missing, and what is wrong with their times.
fn newest(store: &Store, name: &str, settings: &SourceSettings) -> anyhow::Result<(Option<u64>, Option<String>)> {
    let Ok(feed) = feed_named(&settings.feed) else { return Ok((None, None)) };
    let part = sequence(feed, settings);
    let keys = store.newest_keys(name, if part.is_some() { SEQUENCE } else { CLOCK })?;
    let missing = part.map(|part| {
        let number = |key: &String| key.split('/').nth(part - 1)?.parse().ok();
        let numbers: Vec<i64> = keys.iter().filter_map(|(key, _)| number(key)).collect();
        missing_numbers(&numbers, keys.len() < SEQUENCE)
    });
    Ok((missing, check_newest(feed, &keys[..keys.len().min(CLOCK)])))
}

/// The part of its keys that counts the records of a source.
fn sequence(feed: &dyn Feed, settings: &SourceSettings) -> Option<usize> {
    let set = settings.sequence.and_then(|part| usize::try_from(part).ok());
    set.or_else(|| feed.sequence()).filter(|part| *part > 0)
}

/// The current records of a source.
fn records(store: &Store, source: Option<i32>) -> anyhow::Result<u64> {
    let Some(id) = source else { return Ok(0) };
    let of_source = Condition::new(CdrField::SourceId, Test::Eq(Operand::from(i64::from(id))))?;
    Ok(store.count(&CdrQuery::over(Window::all(Anchor::Start)).only(of_source))?)
}
