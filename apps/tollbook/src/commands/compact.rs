//! `tollbook compact`: rewrites the store without the space that removed records have used.

use std::process::ExitCode;

use crate::config::Config;
use crate::terminal::{safe, say};

/// Rewrites the store, and prints its size before and after.
pub(crate) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let report = crate::open(config)?.compact()?;
    say(format!("compacted the store {}: {report}", safe(&config.address().to_string())))?;
    Ok(ExitCode::SUCCESS)
}
