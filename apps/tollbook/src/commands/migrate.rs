//! `tollbook migrate`: creates the store, upgrades an older one, and distributes it if the database can.

use std::process::ExitCode;

use cdr_store::{Opened, Store};

use crate::config::Config;
use crate::terminal::{bar, safe, say};

/// Creates or upgrades the store, and prints the result.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    // The store is closed again before the tables are distributed.
    {
        let (opened_store, opened) = crate::open_or_create(config)?;
        let store = safe(&config.address().to_string());
        match opened {
            Opened::Created => say(format!("created the store {store}"))?,
            Opened::Upgraded { from, to } => say(format!("upgraded the store {store} from {from} to {to}"))?,
            Opened::Current => say(format!("the store {store} is up to date"))?,
        }
        rewrite_details(&opened_store)?;
    }
    if Store::spread(config.address(), &crate::options(config))? {
        say("distributed its calls over the nodes of Citus; to free the space that they had on the coordinator, run")?;
        for table in ["cdrs", "intake_keys"] {
            say(format!("SELECT truncate_local_data_after_distributing_table('{table}');"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Rewrites the details of calls that an earlier version stored.
fn rewrite_details(store: &Store) -> anyhow::Result<()> {
    let calls = store.older_details()?;
    if calls == 0 {
        return Ok(());
    }
    say(format!(
        "rewriting the details of {calls} calls in a shorter form; the store does not grow, other programs may go on, and \
         if this is ended, the next `tollbook migrate` continues"
    ))?;
    let bar = bar(Some(calls), "calls");
    let rewritten = store.rewrite_details(&mut |calls| bar.set_position(calls));
    bar.finish_and_clear();
    say(format!("rewrote the details of {} calls; `tollbook compact` gives the space back", rewritten?))
}
