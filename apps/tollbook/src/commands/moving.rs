//! `tollbook move`: moves a store into another file or database.

use std::process::ExitCode;

use anyhow::Context;
use cdr_files::create_private_folder;
use cdr_store::{StoreAddress, move_store};

use crate::cli::MoveArgs;
use crate::config::Config;
use crate::terminal::{bar, say};

/// Copies all records, and compares the two stores.
pub(crate) fn run(config: &Config, args: &MoveArgs) -> anyhow::Result<ExitCode> {
    let address = |name: &str, text: &str| text.parse::<StoreAddress>().with_context(|| format!("--{name}"));
    let (from, to) = (address("from", &args.from)?, address("to", &args.to)?);
    // As for a store that `migrate` creates.
    if let StoreAddress::File(path) = &to
        && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
    {
        create_private_folder(folder).with_context(|| format!("the folder {} cannot be created", folder.display()))?;
    }
    let bar = bar(None, "calls moved");
    let report = move_store(&from, &to, &crate::options(config), &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let report = report?;
    if report.before > 0 {
        say(format!("{} calls and charges were there from an earlier attempt", report.before))?;
    }
    say(format!("moved {report}"))?;
    Ok(ExitCode::SUCCESS)
}
