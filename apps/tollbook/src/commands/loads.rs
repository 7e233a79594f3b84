//! `tollbook loads`: what was loaded together, and can be undone together.

use std::process::ExitCode;

use cdr_mediation::{Load, Loads};
use data_encoding::HEXLOWER;

use crate::cli::LoadsCommand;
use crate::config::Config;
use crate::listing::{Cell, local_time, print};
use crate::terminal::{bar, safe, say};

/// The columns of the list.
const HEADINGS: [&str; 11] =
    ["id", "kind", "state", "source", "file", "loaded", "known", "quarantined", "begun", "by", "reason"];
/// How many loads are listed if no number is given.
const LISTED: usize = 50;

/// Lists, shows or undoes loads.
pub(crate) fn run(config: &Config, command: &LoadsCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    match command {
        LoadsCommand::List { source, limit, list } => {
            let loads = store.loads(source.as_deref(), None, limit.unwrap_or(LISTED))?;
            let rows = loads.into_iter().map(|load| {
                [
                    Cell::from(load.id),
                    load.draft.kind.name().to_owned().into(),
                    load.state.name().to_owned().into(),
                    load.draft.source.into(),
                    load.draft.file.into(),
                    count(load.loaded),
                    count(load.known),
                    count(load.quarantined),
                    load.draft.begun_at.into(),
                    load.draft.loaded_by.into(),
                    load.reason.into(),
                ]
            });
            print(list.format, &HEADINGS, &config.place.zone, rows)?;
        }
        LoadsCommand::Show { id } => say(shown(config, &store.load(*id)?))?,
        LoadsCommand::Undo { id } => {
            let load = store.load(*id)?;
            let bar = bar(Some(load.loaded), "records");
            let undone = store.undo_load(*id, &mut |withdrawn| bar.set_position(withdrawn));
            bar.finish_and_clear();
            let undone = undone?;
            say(format!(
                "undid load {id}: {} records are withdrawn, {} entries are removed from the quarantine",
                undone.withdrawn, undone.entries
            ))?;
            if undone.replaced > 0 {
                say(format!("note: {} records of it were replaced by later versions, which stay", undone.replaced))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn count(count: u64) -> Cell {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

/// A load as lines of names and values.
fn shown(config: &Config, load: &Load) -> String {
    let zone = &config.place.zone;
    let time = |at| local_time(at, zone);
    let mut lines = vec![
        ("load", load.id.to_string()),
        ("kind", load.draft.kind.name().to_owned()),
        ("state", load.state.name().to_owned()),
        ("source", load.draft.source.clone()),
        ("feed", load.draft.feed.clone()),
        ("file", load.draft.file.clone()),
        ("by", load.draft.loaded_by.clone()),
        ("begun", time(load.draft.begun_at)),
    ];
    lines.extend(load.ended_at.map(|at| ("ended", time(at))));
    lines.extend(load.reason.clone().map(|reason| ("reason", reason)));
    lines.extend(load.bytes.map(|bytes| ("bytes", bytes.to_string())));
    lines.extend(load.digest.map(|digest| ("sha-256", HEXLOWER.encode(&digest))));
    lines.push(("loaded", load.loaded.to_string()));
    lines.push(("already known", load.known.to_string()));
    lines.push(("quarantined", load.quarantined.to_string()));
    lines.extend(load.window.map(|(first, last)| ("starts", format!("{} to {}", time(first), time(last)))));
    lines.into_iter().map(|(name, value)| format!("{name:<14}{}", safe(&value))).collect::<Vec<_>>().join("\n")
}
