//! `tollbook worker`: writes the exports that servers on the same store enter.

use std::process::ExitCode;

use crate::config::Config;
use crate::server;

/// Runs workers until a signal to stop.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    server::work(config)?;
    Ok(ExitCode::SUCCESS)
}
