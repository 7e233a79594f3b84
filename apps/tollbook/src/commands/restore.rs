//! `tollbook restore`: replaces the content of the store by a backup.

use std::process::ExitCode;

use anyhow::ensure;
use cdr_mediation::CdrSource;
use cdr_model::Anchor;
use cdr_query::{CdrQuery, Window};
use cdr_store::RestoreReport;

use crate::cli::RestoreArgs;
use crate::config::Config;
use crate::terminal::{say, shown};

/// Checks the backup and restores it in one transaction.
pub(crate) fn run(config: &Config, args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let (store, _) = crate::open_or_create(config)?;
    // A database server is restored by its own programs, which the error of `restore` names: --replace would not help.
    if !store.is_shared() {
        let records = store.count(&CdrQuery::over(Window::all(Anchor::Start)))?;
        ensure!(
            records == 0 || args.replace,
            "the store {} holds {records} calls and charges, which a restore would remove; --replace allows it",
            config.address()
        );
    }
    let report = store.restore(&args.file)?;
    let upgraded = if report.upgraded { ", upgraded" } else { "" };
    let RestoreReport { calls, conferences, .. } = report;
    say(format!(
        "restored {calls} calls and charges and {conferences} conferences from {}{upgraded}",
        shown(&args.file)
    ))?;
    Ok(ExitCode::SUCCESS)
}
