//! `tollbook feed`: the feeds that `load` reads, and a first mapping for a file that none of them reads.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cdr_intake::{FEEDS, FeedSettings, TextEncoding, guess_mapping};

use crate::cli::FeedCommand;
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::terminal::document;

/// Lists the feeds, or writes a mapping.
pub(crate) fn run(config: &Config, command: &FeedCommand) -> anyhow::Result<ExitCode> {
    match command {
        FeedCommand::List(list) => {
            let rows = FEEDS.iter().map(|feed| [Cell::from(feed.name()), feed.summary().into()]);
            print(list.format, &["name", "description"], &config.place.zone, rows)?;
        }
        FeedCommand::Guess { encoding, file } => guess(config, *encoding, file)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn guess(config: &Config, encoding: Option<TextEncoding>, path: &Path) -> anyhow::Result<()> {
    let (input, name): (Box<dyn Read>, String) = if path == Path::new("-") {
        (Box::new(io::stdin().lock()), "standard input".to_owned())
    } else {
        let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
        (Box::new(file), path.display().to_string())
    };
    let settings = FeedSettings { zone: config.place.zone, encoding, ..FeedSettings::default() };
    document(guess_mapping(input, &name, &settings)?.trim_end())
}
