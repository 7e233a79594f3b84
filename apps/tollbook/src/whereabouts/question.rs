//! The question for a record, and its answer.

use anyhow::{Context, anyhow, bail, ensure};
use cdr_intake::FEEDS;
use cdr_mediation::CdrSource;
use cdr_model::Timestamp;
use cdr_query::grammar::{Rounding, XsdVersion, read_bound};
use cdr_store::{Missing, Store};

use super::finding::Finding;
use super::select::Selection;
use crate::cli::MissingArgs;
use crate::config::Config;
use crate::ordered;
use crate::retention::floor;
use crate::terminal::safe;

/// The fewest digits of a number by which calls are sought.
const DIGITS: usize = 3;
/// How far from the time that a key states the start of its record may be, in seconds: the furthest zones.
const ZONES: i64 = 15 * 3600;
/// The most seconds before and after a time.
const FURTHEST: u32 = 7 * 86_400;

/// What someone asks about a missing record.
#[derive(Debug)]
pub(crate) struct Question {
    missing: Missing,
    selection: Option<Selection>,
    /// The instant before which records are removed.
    floor: Option<Timestamp>,
}

impl Question {
    /// Reads a question.
    ///
    /// # Errors
    /// With what is missing or wrong in it; and if the store cannot be read, with a
    /// [`PortError`](cdr_mediation::PortError) as the cause.
    pub(crate) fn of(config: &Config, store: &Store, args: &MissingArgs) -> anyhow::Result<Question> {
        let MissingArgs { key, number, time, within, source, export } = args;
        ensure!(key.is_some() || number.is_some(), "a key or a number is needed");
        ensure!(key.as_deref() != Some(""), "the key is empty");
        if let Some(number) = number {
            let digits = number.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0').count();
            ensure!(digits >= DIGITS, "the number `{}` has fewer than {DIGITS} digits after its zeros", safe(number));
        }
        ensure!(*within <= FURTHEST, "within is at most {FURTHEST} seconds");
        let read = |text: &String| {
            read_bound(text, &config.place.zone, XsdVersion::V1_1, Rounding::Down)
                .with_context(|| format!("the time `{}`", safe(text)))
        };
        let around = |at: Timestamp, seconds: i64| {
            (at.plus_micros(-seconds * 1_000_000), at.plus_micros(seconds.saturating_mul(1_000_000) + 1))
        };
        let around = match (time.as_ref().map(read).transpose()?, key) {
            (Some(at), _) => Some(around(at, i64::from(*within))),
            (None, Some(key)) => FEEDS
                .iter()
                .find_map(|feed| feed.stated_second(key))
                .map(|second| around(Timestamp::from_seconds(second), ZONES)),
            (None, None) => bail!("a number needs the time at which the call started"),
        };
        if let Some(name) = source {
            let is_known = store.directory()?.sources.values().any(|known| known.name == *name);
            ensure!(is_known, "there is no source `{}`", safe(name));
        }
        let selection = match export {
            None => None,
            Some(export) => {
                let job =
                    ordered::find(store, export)?.ok_or_else(|| anyhow!("there is no export `{}`", safe(export)))?;
                Some(Selection::of(&job)?)
            }
        };
        let missing = Missing { key: key.clone(), number: number.clone(), around, source: source.clone() };
        Ok(Question { missing, selection, floor: floor(config)? })
    }

    /// What became of the record: at least one finding.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(crate) fn answer(&self, store: &Store) -> anyhow::Result<Vec<Finding>> {
        let found = store.whereabouts(&self.missing)?;
        // After the records, so that it has the names of all of them.
        let directory = store.directory()?;
        let mut findings = Vec::new();
        for call in &found.calls {
            findings.extend(Finding::of_call(store, call, &directory, self.selection.as_ref())?);
        }
        findings.extend(found.entries.iter().map(Finding::of_entry));
        if !found.is_whole {
            let says =
                "only a million records around the time were searched: give it more exactly, with --within or a source";
            findings.push(Finding::saying("not-searched", says.to_owned()));
        }
        if !findings.is_empty() {
            return Ok(findings);
        }
        match (self.missing.around, self.floor) {
            (Some((_, until)), Some(floor)) if until <= floor => {
                let says = format!("records that started before {floor} are removed (store.retention_days)");
                findings.push(Finding::saying("expired", says));
            }
            (Some(_), _) => findings.extend(found.neighbours.iter().map(Finding::of_absence)),
            (None, _) => {
                let says = "no record has this key as its whole natural key; with the time of the call, parts of keys and \
                            call IDs are searched too";
                findings.push(Finding::saying("not-searched", says.to_owned()));
            }
        }
        if findings.is_empty() {
            findings.push(Finding::saying("not-received", "not received; the store has no source".to_owned()));
        }
        Ok(findings)
    }
}
