//! `tollbook serve`: the server.

use std::process::ExitCode;

use crate::config::Config;
use crate::server::{self, Addresses};
use crate::terminal::say;

/// Runs the server, and prints its addresses.
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
