//! `tollbook load`: loads files of a switch into the store.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

use anyhow::ensure;
use cdr_export::Layout;
use cdr_intake::{Feed, FeedSettings, LoadOptions, LoadReport, feed_named};
use cdr_mediation::CdrSource;
use cdr_store::{Store, StoreError};

use crate::cli::LoadArgs;
use crate::commands::retention;
use crate::config::Config;
use crate::layouts;
use crate::retention::floor;
use crate::terminal::{bar, safe, say};

/// Loads every file, prints a summary, and then applies retention.
pub(crate) fn run(config: &Config, args: &LoadArgs) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let report = load(config, &store, args)?;
    say(&report)?;
    for warning in &report.warnings {
        say(format!("note: {}", safe(warning)))?;
    }
    if let Some(floor) = floor(config)? {
        let floor = store.removable_before(floor);
        match retention::remove(&store, floor) {
            Ok(0) => {}
            Ok(removed) => {
                say(format!("removed {removed} records that started before {floor} (store.retention_days)"))?;
                retention::forget_blocks(config, floor)?;
            }
            // The load is complete; the next load or the maintainer of the partitions removes the old records.
            Err(StoreError::Locked { .. }) => {
                say(format!("note: records that started before {floor} are in use and stay for now"))?
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Loads every file.
pub(crate) fn load(config: &Config, store: &Store, args: &LoadArgs) -> anyhow::Result<LoadReport> {
    let feed = feed_named(&args.feed)?;
    if let Some(name) = &args.customer {
        let known = store.directory()?.customer_named(name).is_some();
        ensure!(known, "there is no customer `{name}`; `tollbook customer add` adds it");
    }
    let settings = FeedSettings {
        zone: config.place.zone,
        sheet: args.sheet,
        extra: config.store.extra.clone(),
        layouts: dma_layouts(config)?,
    };
    let options = LoadOptions {
        source: args.source.clone().unwrap_or_else(|| args.feed.clone()),
        names_sources: args.source.is_none(),
        customer: args.customer.clone(),
        floor: floor(config)?,
        batch: config.store.batch,
    };
    let mut total = LoadReport::default();
    for file in &args.files {
        match load_file(feed, file, &settings, &options, store) {
            Ok(report) => total.merge(report),
            Err(error) => {
                // The files before it are loaded.
                if total.read > 0 {
                    say(&total)?;
                }
                return Err(error.context(format!("loading {}", file.display())));
            }
        }
    }
    Ok(total)
}

/// The layouts for rows of a DMA. Rows are matched by their number of columns, so other layouts are left out.
fn dma_layouts(config: &Config) -> anyhow::Result<Vec<Layout>> {
    let all = layouts::all(config.place.layouts.as_deref())?.into_iter().map(|(layout, _)| layout);
    Ok(all.filter(|layout| layout.name.starts_with("dma-")).collect())
}

fn load_file(
    feed: &dyn Feed,
    path: &Path,
    settings: &FeedSettings,
    options: &LoadOptions,
    store: &Store,
) -> anyhow::Result<LoadReport> {
    let (input, size): (Box<dyn Read>, Option<u64>) = if path == Path::new("-") {
        (Box::new(io::stdin().lock()), None)
    } else {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        (Box::new(file), Some(size))
    };
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    let bar = bar(size, "bytes");
    let input = Box::new(BufReader::with_capacity(1 << 18, bar.wrap_read(input)));
    let report = cdr_intake::load(feed, input, &name, settings, options, store, &mut |report| {
        bar.set_message(format!("{} read, {} loaded", report.read, report.loaded));
    });
    bar.finish_and_clear();
    Ok(report?)
}
