//! `tollbook retention`: removes records older than the retention period.

use std::process::ExitCode;

use cdr_mediation::{CdrSource, KeptLines, chain};
use cdr_model::{Anchor, Timestamp};
use cdr_query::{CdrQuery, Window};
use cdr_store::{Store, StoreError};

use crate::cli::RetentionArgs;
use crate::config::Config;
use crate::kept;
use crate::retention::{floor, lines_floor};
use crate::server::Backend;
use crate::terminal::{bar, say};

/// Removes old records, or prints their number.
pub(crate) fn run(config: &Config, args: &RetentionArgs) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    if !args.dry_run {
        store.forget_lines(lines_floor(config)?)?;
    }
    let Some(floor) = floor(config)? else {
        say("everything is kept: store.retention_days is 0")?;
        return Ok(ExitCode::SUCCESS);
    };
    if args.dry_run {
        let old = store.count(&CdrQuery::over(Window::new(Anchor::Start, Timestamp::MIN, floor)?))?;
        say(format!("{old} calls and charges started before {floor} and would be removed"))?;
    } else {
        let removed = remove(&store, floor)?;
        if !store.clear_removed()? {
            say("note: a reader needs what was removed, so it stays in the file until the next removal")?;
        }
        forget_blocks(config, floor)?;
        if removed > 0 {
            tidy(store, config)?;
        }
        say(format!("removed {removed} records that started before {floor}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes the files of exports that were withdrawn because they hold removed records. Otherwise a server or worker would do
/// that a little later, and does if the spool cannot be reached now.
fn tidy(store: Store, config: &Config) -> anyhow::Result<()> {
    let tidied =
        Backend::over(store, config).and_then(|backend| Ok(backend.mediation.tidy(config.server.worker.keep)?));
    match tidied {
        Ok(()) => Ok(()),
        Err(error) => say(format!("note: files of exports with removed records stay in the spool for now: {error:#}")),
    }
}

/// Removes the kept blocks with calls that started before `floor`.
pub(crate) fn forget_blocks(config: &Config, floor: Timestamp) -> anyhow::Result<()> {
    let Some(kept) = kept::of_command(config)? else { return Ok(()) };
    match kept.remove_before(floor) {
        Ok(_) => Ok(()),
        Err(error) => say(format!("note: kept blocks with removed records stay for now: {}", chain(&error))),
    }
}

/// Removes records that started before `floor`, and returns their number.
pub(crate) fn remove(store: &Store, floor: Timestamp) -> Result<u64, StoreError> {
    let bar = bar(None, "records removed");
    let removed = store.remove_before(floor, &mut |removed| bar.set_position(removed))?;
    bar.finish_and_clear();
    Ok(removed)
}
