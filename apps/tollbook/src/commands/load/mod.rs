//! `tollbook load`: loads files of a switch into the store.

mod preview;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::process::ExitCode;

use cdr_intake::{Feed, FeedSettings, FileEnd, IntakeError, LoadOptions, LoadReport};
use cdr_mediation::CdrSink;
use cdr_store::{Store, StoreError};

use crate::cli::LoadArgs;
use crate::commands::retention;
use crate::config::Config;
use crate::loading::{Noted, Plan};
use crate::retention::floor;
use crate::terminal::{bar, safe, say};
use preview::Preview;

/// Loads every file, prints a summary, and then applies retention. `has_zone` is whether the command line names a zone.
pub(crate) fn run(config: &Config, args: &LoadArgs, has_zone: bool) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    if args.dry_run {
        let preview = Preview::new(&store)?;
        let report = load(config, &store, args, has_zone, &preview)?;
        say(preview.tell(&report, &config.place.zone))?;
        say_notes(&report)?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = load(config, &store, args, has_zone, &store)?;
    say(&report)?;
    say_notes(&report)?;
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

fn say_notes(report: &LoadReport) -> anyhow::Result<()> {
    report.warnings.iter().try_for_each(|warning| say(format!("note: {}", safe(warning))))
}

/// Loads every file into a sink.
fn load(
    config: &Config,
    store: &Store,
    args: &LoadArgs,
    has_zone: bool,
    sink: &dyn CdrSink,
) -> anyhow::Result<LoadReport> {
    let plan = Plan::of(config, store, args, has_zone)?;
    let Plan { feed, settings, options } = &plan;
    let mut total = LoadReport::default();
    for file in &args.files {
        let noted = (!args.dry_run).then(|| Noted::of_file(store, &plan, file)).transpose()?;
        let options = LoadOptions { load: noted.as_ref().map(Noted::number), ..options.clone() };
        let loaded = load_file(*feed, file, settings, &options, sink);
        noted.map_or(Ok(()), |noted| noted.end(&loaded))?;
        match loaded {
            Ok(report) => total.merge(report),
            Err(error) => {
                // The files before it are loaded.
                if total.read > 0 {
                    say(&total)?;
                }
                // The errors of the intake name the file.
                return Err(if error.is::<IntakeError>() {
                    error
                } else {
                    error.context(format!("loading {}", file.display()))
                });
            }
        }
    }
    Ok(total)
}

fn load_file(
    feed: &dyn Feed,
    path: &Path,
    settings: &FeedSettings,
    options: &LoadOptions,
    sink: &dyn CdrSink,
) -> anyhow::Result<LoadReport> {
    // What comes through a pipe is complete once the pipe is closed.
    let (input, size, end): (Box<dyn Read>, Option<u64>, FileEnd) = if path == Path::new("-") {
        (Box::new(io::stdin().lock()), None, FileEnd::Complete)
    } else {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        let end = if metadata.is_file() { settings.end } else { FileEnd::Complete };
        (Box::new(file), Some(metadata.len()), end)
    };
    let settings = FeedSettings { end, ..settings.clone() };
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    let bar = bar(size, "bytes");
    let input = Box::new(BufReader::with_capacity(1 << 18, bar.wrap_read(input)));
    let report = cdr_intake::load(feed, input, &name, &settings, options, sink, &mut |report| {
        bar.set_message(format!("{} read, {} loaded", report.read, report.loaded));
    });
    bar.finish_and_clear();
    Ok(report?)
}
