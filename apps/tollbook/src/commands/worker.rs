//! `tollbook worker`: writes what servers on the same store enter.

use std::process::ExitCode;

use crate::config::Config;
use crate::server;

/// Works until it is told to stop.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    server::work(config)?;
    Ok(ExitCode::SUCCESS)
}
