//! `tollbook quarantine`: records that could not be loaded, and wait for a decision.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use cdr_mediation::{CdrSource, Quarantine, QuarantineEntry, Resolution, Version};
use cdr_model::{Anchor, Cdr, CdrField, Directory, Field, Record, Value};
use cdr_query::{CdrQuery, Condition, Test, Window};
use cdr_store::Store;

use crate::cli::QuarantineCommand;
use crate::config::Config;
use crate::terminal::{safe, say, table};

/// Entries read from the store at a time.
const PAGE: usize = 500;

/// Lists, shows or settles entries.
pub(crate) fn run(config: &Config, command: &QuarantineCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    match command {
        QuarantineCommand::List { all } => list(&store, *all)?,
        QuarantineCommand::Show { id, raw: true } => {
            io::stdout().lock().write_all(&store.entry(*id)?.raw).context("standard output")?;
        }
        QuarantineCommand::Show { id, raw: false } => show(&store, *id)?,
        QuarantineCommand::Accept { ids } => {
            for id in ids {
                let number = store.accept(*id)?;
                say(format!("entry {id} is now record {number}"))?;
            }
        }
        QuarantineCommand::Drop { ids } => {
            for id in ids {
                store.discard(*id)?;
                say(format!("entry {id} is dropped; it stays on record"))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(store: &Store, all: bool) -> anyhow::Result<()> {
    let (mut rows, mut after) = (Vec::new(), 0);
    loop {
        let page = store.entries(all, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        rows.extend(page.into_iter().map(|entry| {
            let state = state(&entry);
            [entry.id.to_string(), entry.source, safe(&entry.position), entry.reason, safe(&entry.detail), state]
        }));
    }
    if rows.is_empty() {
        return say(if all { "the quarantine is empty" } else { "nothing waits for a decision" });
    }
    say(table(&["id", "source", "position", "reason", "what is wrong", "state"], rows))
}

fn state(entry: &QuarantineEntry) -> String {
    match entry.resolution {
        Resolution::Open => "open".to_owned(),
        Resolution::Accepted(number) => format!("accepted as {number}"),
        Resolution::Dropped => "dropped".to_owned(),
    }
}

fn show(store: &Store, id: i64) -> anyhow::Result<()> {
    let entry = store.entry(id)?;
    say(format!(
        "entry {id}, {}\nreceived {} from {} by feed {}, at {}\n{}: {}\nas it came:\n  {}",
        state(&entry),
        entry.received_at,
        entry.source,
        entry.feed,
        safe(&entry.position),
        entry.reason,
        safe(&entry.detail),
        safe(&String::from_utf8_lossy(&entry.raw)),
    ))?;
    let (Some(Version::Call(draft)), Some(number)) = (&entry.version, entry.known_number) else { return Ok(()) };
    let by_number = Condition::new(CdrField::Number, Test::Eq(number.into()))?;
    let known = CdrQuery::over(Window::all(Anchor::Start)).only(by_number).at(number);
    let Some(known) = store.page(&known, None, 1)?.pop() else { return Ok(()) };
    let directory = store.directory()?;
    say(format!("\nboth versions, where they differ (record {number} in the store, entry {id} here):"))?;
    say(table(&["field", "in the store", "in quarantine"], differences(&known, &draft.call, &directory)))
}

/// Only what a switch tells is compared: numbers and names are given by the store.
fn differences(known: &Cdr, other: &Cdr, directory: &Directory) -> Vec<[String; 3]> {
    let given = CdrField::ALL.iter().filter(|field| field.is_given() && **field != CdrField::CallUuid);
    given
        .filter_map(|field| {
            let (left, right) = (known.value(*field, directory), other.value(*field, directory));
            (left != right).then(|| [field.name().to_owned(), shown(&left), shown(&right)])
        })
        .collect()
}

/// A value as people read it.
pub(crate) fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => safe(text),
        Value::Time(at) => at.to_string(),
        Value::Duration(micros) => format!("{}.{:03} s", micros / 1_000_000, micros % 1_000_000 / 1000),
        Value::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Money(amount) => amount.to_string(),
        Value::Uuid(uuid) => uuid.to_string(),
    }
}
