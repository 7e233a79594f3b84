//! The log: one line an event on standard error, for people or as JSON.

use std::io;
use std::panic;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;

use crate::config::LogConfig;

/// Logs from now on, to the end of the program. Logging already is fine, too.
pub(crate) fn begin(config: LogConfig) {
    if tracing::subscriber::set_global_default(subscriber(config, io::stderr)).is_ok() {
        // The message of a panic may quote what a client sent, so only its place is told.
        panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "the program went wrong");
        }));
    }
}

/// What logs to a writer. Libraries are heard only where they warn: what they tell beyond that may hold what clients sent.
pub(crate) fn subscriber<W>(config: LogConfig, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let ours = LevelFilter::from_level(config.level);
    let others = LevelFilter::from_level(config.level.min(Level::WARN));
    let targets = Targets::new().with_default(others).with_target("tollbook", ours).with_target("cdr_", ours);
    let lines = fmt::layer().with_writer(writer).with_ansi(false);
    let lines = if config.json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        lines.boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(targets))
}
