//! `tollbook demo`: the whole way once, with the commands that anybody would type.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use cdr_mediation::CdrSource;
use clap::Parser;

use crate::cli::{Cli, DemoArgs};
use crate::config::Config;
use crate::terminal::say;

/// Some sixty calls as an Asterisk writes them, with what goes wrong in real files.
const MASTER_CSV: &[u8] = include_bytes!("../../../../tests/fixtures/asterisk/Master.csv");

/// Makes a store with sample calls, loads a sample Asterisk file, exports a day and verifies it.
pub(crate) fn run(config: &Config, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let folder = config.data.join("demo");
    fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let (master, archive) = (folder.join("Master.csv"), folder.join("cdrExport.zip"));
    fs::write(&master, MASTER_CSV).with_context(|| format!("writing {}", master.display()))?;
    let (master, archive) = (text(&master)?, text(&archive)?);

    step(config, &["migrate"])?;
    step(config, &["generate", "--calls", &args.calls.to_string(), "--days", "30", "--first", "2026-01-01"])?;
    if crate::open(config)?.directory()?.customer_named("Example Telecom").is_none() {
        step(config, &["customer", "add", "Example Telecom", "--currency", "EUR"])?;
    }
    step(config, &["load", "--feed", "asterisk-csv", "--customer", "Example Telecom", master])?;
    step(config, &["quarantine", "list"])?;
    step(
        config,
        &["calls", "--limit", "5", "--format", "table", "--fields", "started_at,account,calling,called,talk,price"],
    )?;
    step(config, &["export", "--layout", "dma-6.1-reconstructed", "--replace", "--output", archive])?;
    step(config, &["verify", archive])?;
    say(format!("\nThe archive is {archive}, its receipt {archive}.receipt.json."))?;
    Ok(ExitCode::SUCCESS)
}

/// Shows a command as it would be typed, and runs it.
fn step(config: &Config, args: &[&str]) -> anyhow::Result<()> {
    let data = text(&config.data)?;
    let typed = [&["tollbook", "--data", data], args].concat();
    let quoted: Vec<String> =
        typed.iter().map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).into() }).collect();
    say(format!("\n$ {}", quoted.join(" ")))?;
    let cli = Cli::try_parse_from(&typed)?;
    let code = crate::dispatch(&cli, config)?;
    ensure!(code == ExitCode::SUCCESS, "`{}` failed", quoted.join(" "));
    Ok(())
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
