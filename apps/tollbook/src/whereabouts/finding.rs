//! What was found, in words.

use cdr_mediation::{Loads, QuarantineEntry, Resolution};
use cdr_model::{Cdr, Directory, RecordKind, Timestamp};
use cdr_store::{FoundCall, Neighbours, Store};
use serde::Serialize;

use super::select::{Selection, Verdict};

/// One thing that may be the missing record.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Finding {
    /// `present`, `unassigned`, `withdrawn`, `included`, `late`, `outside-window`, `filtered`, `quarantined`, `duplicate`,
    /// `accepted`, `dropped`, `expired`, `not-received` or `not-searched`.
    pub(crate) state: &'static str,
    pub(crate) source: Option<String>,
    /// The number of the record, and its ID.
    pub(crate) record: Option<i64>,
    pub(crate) id: Option<i64>,
    pub(crate) started_at: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) account: Option<String>,
    /// The load that stored it.
    pub(crate) load: Option<i64>,
    /// The entry of the quarantine.
    pub(crate) entry: Option<i64>,
    /// The sentence.
    pub(crate) says: String,
}

impl Finding {
    /// Of a sentence alone.
    pub(crate) fn saying(state: &'static str, says: String) -> Finding {
        Finding { state, says, ..Finding::default() }
    }

    /// Of a record, and whether the export that someone reads has it.
    pub(crate) fn of_call(
        store: &Store,
        found: &FoundCall,
        directory: &Directory,
        selection: Option<&Selection>,
    ) -> anyhow::Result<Option<Finding>> {
        let Some(call) = found.versions.last() else { return Ok(None) };
        let account = directory.accounts.get(&call.account_id);
        let customer = directory.customers.get(&call.customer_id).map(|customer| customer.name.clone());
        let load = found.load.map(|load| store.load(load)).transpose()?;
        let came = load.as_ref().map_or_else(
            || "it was posted, watched or loaded without a ledger of loads".to_owned(),
            |load| format!("load {} stored it from {}", load.id, load.draft.file),
        );
        let (state, says) = match selection {
            _ if call.kind == RecordKind::Withdrawn => {
                ("withdrawn", format!("record {} is withdrawn: {came}, and that load was undone", call.id))
            }
            Some(selection) => selection.judge(&found.versions, directory).told(call),
            None => present(call, account.map(|account| account.number.as_str()), &came),
        };
        Ok(Some(Finding {
            state,
            source: directory.sources.get(&call.source_id).map(|source| source.name.clone()),
            record: Some(call.number),
            id: Some(call.id),
            started_at: Some(call.started_at.to_string()),
            customer,
            account: account.map(|account| account.number.clone()),
            load: found.load,
            entry: None,
            says,
        }))
    }

    /// Of an entry of the quarantine.
    pub(crate) fn of_entry(entry: &QuarantineEntry) -> Finding {
        let QuarantineEntry { id, source, reason, detail, position, known_number, .. } = entry;
        let (state, says) = match (entry.resolution, known_number) {
            (Resolution::Open, Some(known)) => (
                "duplicate",
                format!("{position} has the key of record {known} and other content, and waits in the quarantine"),
            ),
            (Resolution::Open, None) => {
                ("quarantined", format!("{position} waits in the quarantine ({reason}): {detail}"))
            }
            (Resolution::Accepted(number), _) => {
                ("accepted", format!("{position} was in the quarantine ({reason}), and is record {number} now"))
            }
            (Resolution::Dropped, _) => {
                ("dropped", format!("{position} was in the quarantine ({reason}), and was dropped there: {detail}"))
            }
        };
        Finding { source: Some(source.clone()), entry: Some(*id), ..Finding::saying(state, says) }
    }

    /// Of a source that did not deliver the record.
    pub(crate) fn of_absence(neighbours: &Neighbours) -> Finding {
        let Neighbours { source, before, after } = neighbours;
        let says = match (before, after) {
            (Some(before), Some(after)) => {
                format!("not received; the records of this source around it started at {before} and {after}")
            }
            (Some(last), None) => format!("not received; the last record of this source before it started at {last}"),
            (None, Some(first)) => format!("not received; the first record of this source after it started at {first}"),
            (None, None) => "not received; this source has no records within a day of it".to_owned(),
        };
        Finding { source: Some(source.clone()), ..Finding::saying("not-received", says) }
    }
}

/// A record that is there.
fn present(call: &Cdr, account: Option<&str>, came: &str) -> (&'static str, String) {
    let number = call.number;
    match account.and_then(|account| account.strip_prefix("unassigned:")) {
        Some(_) => (
            "unassigned",
            format!(
                "record {number} is there, but its account is unknown, so no customer sees it: {came}. `tollbook account \
                 add --adopt` gives it an account"
            ),
        ),
        None => ("present", format!("record {number} is there: {came}")),
    }
}

impl Verdict {
    /// What it means for a record.
    fn told(&self, call: &Cdr) -> (&'static str, String) {
        let number = call.number;
        match self {
            Verdict::Included(version) => ("included", format!("the export has it, as record {version}")),
            Verdict::Late(watermark) => (
                "late",
                format!("record {number} arrived after the export was made, which has the records up to {watermark}"),
            ),
            Verdict::Outside { anchor, at: None } => {
                ("outside-window", format!("record {number} has no {anchor}, by which the export takes records"))
            }
            Verdict::Outside { anchor, at: Some((at, bound, micros)) } => {
                let side =
                    if *micros < 0 { "before the window begins" } else { "after the last instant of the window" };
                let seconds = seconds(*micros);
                let bound = bound_of(*bound);
                ("outside-window", format!("its {anchor} {at} is {seconds} s {side} ({bound})"))
            }
            Verdict::Filtered { condition, value } => (
                "filtered",
                format!("the export takes records with {condition}, and record {number} has {value} there"),
            ),
        }
    }
}

/// The absolute value, in seconds.
fn seconds(micros: i64) -> String {
    let micros = micros.unsigned_abs();
    match micros % 1_000_000 {
        0 => (micros / 1_000_000).to_string(),
        rest => format!("{}.{rest:06}", micros / 1_000_000).trim_end_matches('0').to_owned(),
    }
}

fn bound_of(at: Timestamp) -> String {
    at.to_string()
}
