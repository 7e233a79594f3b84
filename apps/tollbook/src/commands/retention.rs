//! `tollbook retention`: removes records older than the retention period.

use std::process::ExitCode;

use cdr_mediation::CdrSource;
use cdr_model::{Anchor, Timestamp};
use cdr_query::{CdrQuery, Window};
use cdr_store::{Store, StoreError};

use crate::cli::RetentionArgs;
use crate::config::Config;
use crate::retention::floor;
use crate::terminal::{bar, say};

/// Removes old records, or prints their number.
pub(crate) fn run(config: &Config, args: &RetentionArgs) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let Some(floor) = floor(config)? else {
        say("everything is kept: store.retention_days is 0")?;
        return Ok(ExitCode::SUCCESS);
    };
    if args.dry_run {
        let old = store.count(&CdrQuery::over(Window::new(Anchor::Start, Timestamp::MIN, floor)?))?;
        say(format!("{old} calls and charges started before {floor} and would be removed"))?;
    } else {
        let removed = remove(&store, floor)?;
        say(format!("removed {removed} records that started before {floor}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes records that started before `floor`, and returns their number.
pub(crate) fn remove(store: &Store, floor: Timestamp) -> Result<u64, StoreError> {
    let bar = bar(None, "records removed");
    let removed = store.remove_before(floor, &mut |removed| bar.set_position(removed))?;
    bar.finish_and_clear();
    Ok(removed)
}
