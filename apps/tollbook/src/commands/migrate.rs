//! `tollbook migrate`: creates the store, or upgrades an older one.

use std::process::ExitCode;

use cdr_store::Opened;

use crate::config::Config;
use crate::terminal::{safe, say};

/// Creates or upgrades the store, and prints the result.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let (_, opened) = crate::open_or_create(config)?;
    let store = safe(&config.address().to_string());
    match opened {
        Opened::Created => say(format!("created the store {store}"))?,
        Opened::Upgraded { from, to } => say(format!("upgraded the store {store} from {from} to {to}"))?,
        Opened::Current => say(format!("the store {store} is up to date"))?,
    }
    Ok(ExitCode::SUCCESS)
}
