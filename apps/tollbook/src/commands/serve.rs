//! `tollbook serve`: the server.

use std::process::ExitCode;

use crate::config::Config;
use crate::server::{self, Addresses};
use crate::terminal::say;

/// Serves, and prints where.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    server::serve(config, announce)?;
    Ok(ExitCode::SUCCESS)
}

fn announce(addresses: Addresses) -> anyhow::Result<()> {
    for url in addresses.urls() {
        say(format!("listening on {url}"))?;
    }
    Ok(())
}
