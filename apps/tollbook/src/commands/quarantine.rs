//! `tollbook quarantine`: records that could not be loaded and wait for a decision.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use cdr_mediation::{CdrSource, EntryFilter, Quarantine, QuarantineEntry, QuarantinedVersion, Resolution};
use cdr_model::{Anchor, CdrField, ConferenceField, Directory, Field, Record};
use cdr_query::{CdrQuery, Condition, Test, Window};
use cdr_store::Store;

use super::retry;
use crate::cli::{ListFormat, QuarantineCommand, SettleArgs};
use crate::config::Config;
use crate::listing::{Cell, List, local_time, print, unless_closed};
use crate::retention::now;
use crate::terminal::{bar, safe, say, say_rest};

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;
/// How many entries are read from the store at a time.
const PAGE: usize = 500;

/// Lists, shows, counts or settles entries.
pub(crate) fn run(config: &Config, command: &QuarantineCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    match command {
        QuarantineCommand::List { all, limit, list } => print_entries(config, &store, *all, *limit, list.format)?,
        QuarantineCommand::Show { id, raw: true } => {
            io::stdout().lock().write_all(&store.entry(*id)?.raw).context("standard output")?;
        }
        QuarantineCommand::Show { id, raw: false } => show(config, &store, *id)?,
        QuarantineCommand::Summary { list } => {
            let rows = store.summary(&EntryFilter::default())?.into_iter().map(|tally| {
                let (first, last) = tally.received;
                [tally.source.into(), tally.reason.into(), tally.entries.into(), first.into(), last.into()]
            });
            print(list.format, &TALLY, &config.place.zone, rows)?;
        }
        QuarantineCommand::Accept(args) => {
            for id in &args.ids {
                let number = store.accept(*id)?;
                say(format!("entry {id} is now record {number}"))?;
            }
            if args.ids.is_empty() {
                accept_all(&store, args)?;
            }
        }
        QuarantineCommand::Retry(args) if args.ids.is_empty() => {
            let (filter, entries) = selected(&store, args)?;
            if args.yes {
                retry::all(config, &store, &filter, entries)?;
            } else {
                say(format!("{entries} open entries; --yes reads them again"))?;
            }
        }
        QuarantineCommand::Retry(args) => retry::of_ids(config, &store, &args.ids)?,
        QuarantineCommand::Drop(args) => {
            for id in &args.ids {
                store.discard(*id)?;
                say(format!("entry {id} is dropped; it stays in the list of settled entries"))?;
            }
            if args.ids.is_empty() {
                drop_all(&store, args)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The columns of the summary.
const TALLY: [&str; 5] = ["source", "reason", "entries", "first received", "last received"];

/// The entries that options select, and how many there are.
fn selected(store: &Store, args: &SettleArgs) -> anyhow::Result<(EntryFilter, u64)> {
    let days = |days: u32| anyhow::Ok(now()?.plus_micros(-i64::from(days) * DAY_US));
    let filter = EntryFilter {
        source: args.source.clone(),
        reason: args.reason.clone(),
        load: args.load,
        received_before: args.older_than_days.map(days).transpose()?,
    };
    let entries = store.summary(&filter)?.iter().map(|tally| tally.entries).sum();
    Ok((filter, entries))
}

/// Accepts the entries that options select, or counts them.
fn accept_all(store: &Store, args: &SettleArgs) -> anyhow::Result<()> {
    let (filter, entries) = selected(store, args)?;
    if !args.yes {
        return say(format!("{entries} open entries; --yes accepts the conflicts among them"));
    }
    let bar = bar(Some(entries), "entries");
    let done = store.accept_all(&filter, &mut |entries| bar.set_position(entries));
    bar.finish_and_clear();
    let done = done?;
    say(format!("{} entries are accepted", done.accepted))?;
    match done.reason {
        Some(reason) => say(format!("{} entries stay open; the first one: {}", done.refused, safe(&reason))),
        None => Ok(()),
    }
}

/// Drops the entries that options select, or counts them.
fn drop_all(store: &Store, args: &SettleArgs) -> anyhow::Result<()> {
    let (filter, entries) = selected(store, args)?;
    if !args.yes {
        return say(format!("{entries} open entries; --yes drops them"));
    }
    let bar = bar(Some(entries), "entries");
    let dropped = store.discard_all(&filter, &mut |entries| bar.set_position(entries));
    bar.finish_and_clear();
    say(format!("{} entries are dropped; they stay in the list of settled entries", dropped?))
}

/// The columns of the list.
const HEADINGS: [&str; 6] = ["id", "source", "position", "reason", "detail", "state"];

/// How many entries a terminal shows if no limit is given.
const SHOWN: usize = 50;

/// Prints the entries while they are read, page by page.
fn print_entries(
    config: &Config,
    store: &Store,
    all: bool,
    limit: Option<usize>,
    format: ListFormat,
) -> anyhow::Result<()> {
    let limit = limit.unwrap_or(if io::stdout().is_terminal() { SHOWN } else { usize::MAX });
    let mut page = store.entries(all, 0, PAGE)?;
    if page.is_empty() && format == ListFormat::Table {
        return say(if all { "the quarantine is empty" } else { "nothing waits for a decision" });
    }
    let (mut shown, mut found) = (0, 0);
    let printed = || {
        let mut list = List::begin(format, &HEADINGS, &config.place.zone)?;
        while let Some(last) = page.last() {
            let after = last.id;
            found += page.len();
            for entry in page.into_iter().take(limit - shown) {
                shown += 1;
                let state = state(&entry);
                list.row(&[
                    entry.id.into(),
                    entry.source.into(),
                    entry.position.into(),
                    entry.reason.into(),
                    entry.detail.into(),
                    state.into(),
                ])?;
            }
            // On a terminal, the last line says how many there are.
            if shown == limit && !io::stdout().is_terminal() {
                break;
            }
            page = store.entries(all, after, PAGE)?;
        }
        Ok(list.end()?)
    };
    unless_closed(printed())?;
    say_rest(shown as u64, found as u64)
}

fn state(entry: &QuarantineEntry) -> String {
    match entry.resolution {
        Resolution::Open => "open".to_owned(),
        // A row of the directory has no record number.
        Resolution::Accepted(0) => "accepted".to_owned(),
        Resolution::Accepted(number) => format!("accepted as {number}"),
        Resolution::Dropped => "dropped".to_owned(),
    }
}

fn show(config: &Config, store: &Store, id: i64) -> anyhow::Result<()> {
    let entry = store.entry(id)?;
    say(format!(
        "entry {id}, {}\nreceived {} from {} by feed {}, at {}\n{}: {}\nas received:\n  {}",
        state(&entry),
        local_time(entry.received_at, &config.place.zone),
        safe(&entry.source),
        safe(&entry.feed),
        safe(&entry.position),
        safe(&entry.reason),
        safe(&entry.detail),
        safe(&String::from_utf8_lossy(&entry.raw)),
    ))?;
    if let Some(why) = &entry.unreadable {
        say(format!("\nthe version in quarantine cannot be compared: {why}"))?;
    }
    let (Some(version), Some(number)) = (&entry.version, entry.known_number) else { return Ok(()) };
    let directory = store.directory()?;
    let everything = CdrQuery::over(Window::all(Anchor::Start)).at(number);
    let rows = match version {
        QuarantinedVersion::Call(draft) => {
            let by_number = Condition::new(CdrField::Number, Test::Eq(number.into()))?;
            let known = store.page(&everything.only(by_number), None, 1)?.pop();
            known.map(|known| differences(&known, &draft.call, &directory, is_compared))
        }
        QuarantinedVersion::Conference(draft) => {
            let mut known = None;
            store.conferences(&everything, &mut |conference| {
                known = known.take().or((conference.number == number).then_some(conference));
                Ok(())
            })?;
            known.map(|known| differences(&known, &draft.conference, &directory, ConferenceField::is_given))
        }
    };
    let Some(rows) = rows else { return Ok(()) };
    say(format!("\nboth versions, where they differ (record {number} in the store, entry {id} here):"))?;
    print(ListFormat::Table, &["field", "in the store", "in quarantine"], &config.place.zone, rows)
}

/// Whether a field of a call is compared: only fields that a feed gives are. The store may have assigned the UUID, and
/// the passcode is a secret.
fn is_compared(field: CdrField) -> bool {
    field.is_given() && !matches!(field, CdrField::CallUuid | CdrField::DmaChairPasscode)
}

fn differences<R: Record>(
    known: &R,
    other: &R,
    directory: &Directory,
    is_compared: fn(R::Field) -> bool,
) -> Vec<[Cell; 3]> {
    let fields = R::Field::ALL.iter().filter(|field| is_compared(**field));
    fields
        .filter_map(|field| {
            let (left, right) = (known.value(*field, directory), other.value(*field, directory));
            (left != right).then(|| [field.name().into(), Cell::of(&left), Cell::of(&right)])
        })
        .collect()
}
