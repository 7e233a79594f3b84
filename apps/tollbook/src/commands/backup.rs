//! `tollbook backup`: a copy of the store, which may be in use.

use std::process::ExitCode;

use crate::cli::BackupArgs;
use crate::config::Config;
use crate::terminal::{say, shown};

/// Copies the store to a file, which appears when it is complete and checked.
pub(crate) fn run(config: &Config, args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let report = crate::open(config)?.backup(&args.file)?;
    say(format!("{}: {} bytes, complete up to record {}", shown(&report.path), report.bytes, report.watermark))?;
    Ok(ExitCode::SUCCESS)
}
