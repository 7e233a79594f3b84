//! `tollbook exports`: lists and withdraws exports that clients ordered from the server, and prints their receipts.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use cdr_dialects::DIALECTS;
use cdr_mediation::{
    CdrSource, Clock, ExportEntry, ExportJob, ExportScope, ExportStatus, JobLedger, JobState, SystemClock,
};
use cdr_model::{Directory, Timestamp};
use cdr_store::Store;

use crate::cli::{ExportsCommand, ListArgs, ListFormat};
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::ordered::find;
use crate::terminal::{document, safe, say, say_rest};

/// Lists exports, prints the receipt of one, or withdraws one.
pub(crate) fn run(config: &Config, command: &ExportsCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    match command {
        ExportsCommand::List { limit, list } => print_latest(config, &store, *limit, *list)?,
        ExportsCommand::Receipt { export } => document(receipt(&store, export)?.trim_end())?,
        ExportsCommand::Cancel { export } => cancel(&store, export)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The columns of the list.
const HEADINGS: [&str; 10] =
    ["number", "id", "dialect", "ordered by", "account", "ordered at", "state", "waits until", "rows", "reason"];

/// How many exports a terminal shows if no limit is given.
const SHOWN: usize = 50;

fn print_latest(config: &Config, store: &Store, limit: Option<usize>, list: ListArgs) -> anyhow::Result<()> {
    let limit = limit.unwrap_or(if io::stdout().is_terminal() { SHOWN } else { usize::MAX });
    let names = DIALECTS.iter().flat_map(|dialect| dialect.orders).map(|name| (*name).to_owned());
    let scope = ExportScope { dialects: names.collect(), accounts: None };
    let (mut latest, mut all) = (std::collections::VecDeque::new(), 0);
    store.entries(&scope, &mut |entry| {
        all += 1;
        if latest.len() == limit {
            latest.pop_front();
        }
        if limit > 0 {
            latest.push_back(entry);
        }
    })?;
    if latest.is_empty() && list.format == ListFormat::Table {
        return say("there are no exports");
    }
    let directory = store.directory()?;
    let now = SystemClock::default().now();
    let rows = latest.iter().rev().map(|entry| cells(entry, &directory, now));
    print(list.format, &HEADINGS, &config.place.zone, rows)?;
    say_rest(latest.len() as u64, all)
}

fn cells(entry: &ExportEntry, directory: &Directory, now: Timestamp) -> [Cell; 10] {
    let account = |id: i64| directory.accounts.get(&id).map_or_else(|| id.to_string(), |it| it.number.clone());
    [
        entry.number.into(),
        entry.id.to_string().into(),
        entry.dialect.clone().into(),
        entry.caller.clone().into(),
        entry.account_id.map(account).into(),
        entry.created_at.into(),
        word(entry.status).into(),
        entry.waits_until(now).into(),
        entry.rows.into(),
        entry.reason.clone().into(),
    ]
}

fn word(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Pending => "pending",
        ExportStatus::Running => "running",
        ExportStatus::Completed => "completed",
        ExportStatus::Failed => "failed",
        ExportStatus::Withdrawn => "withdrawn",
    }
}

/// The text of the receipt of a completed export.
fn receipt(store: &Store, export: &str) -> anyhow::Result<String> {
    let job = known(store, export)?;
    match job.state {
        JobState::Completed(kept) => {
            let receipt = kept.receipt.with_context(|| format!("the receipt of export {}", job.number))?;
            Ok(receipt.to_text())
        }
        state => bail!("export {} is {} and has no receipt", job.number, word(state.status())),
    }
}

fn known(store: &Store, export: &str) -> anyhow::Result<ExportJob> {
    find(store, export)?.ok_or_else(|| anyhow!("there is no export `{}`", safe(export)))
}

fn cancel(store: &Store, export: &str) -> anyhow::Result<()> {
    let job = known(store, export)?;
    if store.withdraw(job.id, SystemClock::default().now())? {
        return say(format!("withdrew export {}; its file, if it exists, is removed at the next cleanup", job.number));
    }
    say(format!("export {} was already withdrawn", job.number))
}

#[cfg(test)]
mod tests {
    use cdr_export::{ExportSpec, Layout, Package};
    use cdr_mediation::{Entered, ExportOrder, ExportRequest, JobLedger, JobState};
    use cdr_model::{Anchor, Timestamp};
    use cdr_query::{CdrQuery, Window};
    use cdr_store::{Store, StoreOptions};

    use super::cancel;
    use crate::ordered::find;

    fn order(dialect: &str) -> ExportOrder {
        let layout = Layout::named("yeti-customer", &[]).unwrap();
        let spec = ExportSpec { layout, format: "csv".to_owned(), package: Package::Gzip, zone: "UTC".to_owned() };
        ExportOrder {
            dialect: dialect.to_owned(),
            lane: None,
            request: ExportRequest { query: CdrQuery::over(Window::all(Anchor::Start)), spec },
            memo: String::new(),
            memo_version: 1,
            account_id: None,
            customer_id: None,
            callback: None,
        }
    }

    #[test]
    fn an_export_that_is_not_completed_has_no_receipt() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::create_or_open(&folder.path().join("tollbook.db"), &StoreOptions::default()).unwrap();
        store.enter("acme", &order("yeti"), Timestamp::from_seconds(1)).unwrap();
        let why = |export: &str| super::receipt(&store, export).unwrap_err().to_string();
        assert_eq!(why("1"), "export 1 is pending and has no receipt");
        cancel(&store, "1").unwrap();
        assert_eq!(why("1"), "export 1 is withdrawn and has no receipt");
        assert_eq!(why("2"), "there is no export `2`");
    }

    #[test]
    fn an_export_is_cancelled_by_its_number_or_its_identifier() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::create_or_open(&folder.path().join("tollbook.db"), &StoreOptions::default()).unwrap();
        let ids = ["yeti", "yeti-admin", "dma"].map(|dialect| {
            match store.enter("acme", &order(dialect), Timestamp::from_seconds(1)).unwrap() {
                Entered::Pending(job) => job.id,
                refused => unreachable!("it has no lane and no limits: {refused:?}"),
            }
        });
        cancel(&store, "1").unwrap();
        cancel(&store, &ids[1].to_string()).unwrap();
        cancel(&store, "1").unwrap();
        let state = |export: &str| find(&store, export).unwrap().map(|job| job.state);
        assert!(matches!(state("1"), Some(JobState::Withdrawn)));
        assert!(matches!(state("2"), Some(JobState::Withdrawn)));
        assert!(matches!(state("3"), Some(JobState::Pending)), "the others are unchanged");
        for (export, message) in [("4", "there is no export `4`"), ("acme", "`acme` is neither the number nor")] {
            let error = cancel(&store, export).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
