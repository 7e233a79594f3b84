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
        if opened_store.note_parts()? {
            say("noted the hours and days of calls that an older program has written")?;
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
    let mut shown = None;
    let mut said = Ok(());
    let report = store.rewrite_details(&mut |calls, all| {
        if calls == 0 {
            said = say(format!(
                "rewriting the details of {all} calls in a shorter form; other programs can keep running; if you interrupt \
                 this, the next `tollbook migrate` continues"
            ));
        }
        shown.get_or_insert_with(|| bar(Some(all), "calls")).set_position(calls);
    })?;
    said?;
    let Some(bar) = shown else { return Ok(()) };
    bar.finish_and_clear();
    say(format!("{report}; run `tollbook compact` to return the freed space to the disk"))
}
