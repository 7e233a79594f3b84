//! `tollbook whereabouts`: why is this call missing?

use std::process::ExitCode;

use crate::cli::WhereaboutsArgs;
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::whereabouts::{Finding, Question};

/// The columns of the answer.
const HEADINGS: [&str; 9] = ["state", "source", "record", "started at", "customer", "account", "load", "entry", "says"];

/// Prints what became of a record.
pub(crate) fn run(config: &Config, args: &WhereaboutsArgs) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let findings = Question::of(config, &store, &args.missing)?.answer(&store)?;
    print(args.list.format, &HEADINGS, &config.place.zone, findings.into_iter().map(cells))?;
    Ok(ExitCode::SUCCESS)
}

fn cells(finding: Finding) -> [Cell; 9] {
    let Finding { state, source, record, id: _, started_at, customer, account, load, entry, says } = finding;
    [
        state.to_owned().into(),
        source.into(),
        record.into(),
        started_at.into(),
        customer.into(),
        account.into(),
        load.into(),
        entry.into(),
        says.into(),
    ]
}
