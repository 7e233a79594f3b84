//! `tollbook migrate`: creates the store, upgrades an older one, and distributes it if the database can.

use std::process::ExitCode;

use cdr_store::Opened;

use crate::config::Config;
use crate::terminal::{safe, say};

/// Creates or upgrades the store, and prints the result.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    // The store is closed again before the tables are distributed.
    let opened = crate::open_or_create(config).map(|(_, opened)| opened)?;
    let store = safe(&config.address().to_string());
    match opened {
        Opened::Created => say(format!("created the store {store}"))?,
        Opened::Upgraded { from, to } => say(format!("upgraded the store {store} from {from} to {to}"))?,
        Opened::Current => say(format!("the store {store} is up to date"))?,
    }
    if cdr_store::Store::spread(config.address(), &crate::options(config))? {
        say("distributed its calls over the nodes of Citus; to free the space that they had on the coordinator, run")?;
        for table in ["cdrs", "intake_keys"] {
            say(format!("SELECT truncate_local_data_after_distributing_table('{table}');"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
