//! The log: one line per event on standard error, as text or as JSON.

use std::fmt::Debug;
use std::io::{self, Write};
use std::panic;

use cdr_model::{is_printable, printable};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};

use crate::config::LogConfig;

/// Starts logging, for the rest of the process. Does nothing if logging has started before.
pub(crate) fn begin(config: LogConfig) {
    if tracing::subscriber::set_global_default(subscriber(config, io::stderr)).is_ok() {
        // The message of a panic may quote client data, so only the place is logged.
        panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "the program panicked");
        }));
    }
}

/// Logs warnings and errors of a command that is not a server, for the rest of the process.
pub(crate) fn begin_warnings(config: LogConfig) {
    let config = LogConfig { level: config.level.min(Level::WARN), ..config };
    // A command that runs within another one logs as the other does.
    let _ = tracing::subscriber::set_global_default(subscriber(config, io::stderr));
}

/// A subscriber that logs to a writer. Libraries are logged from level WARN only: other events may contain client data.
pub(crate) fn subscriber<W>(config: LogConfig, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let ours = LevelFilter::from_level(config.level);
    let others = LevelFilter::from_level(config.level.min(Level::WARN));
    let targets = Targets::new().with_default(others).with_target("tollbook", ours).with_target("cdr_", ours);
    let lines = fmt::layer().with_writer(Printable { writer, json: config.json }).with_ansi(false);
    let lines = if config.json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
    } else {
        lines.boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(targets.and(NotOfHeads)))
}

/// Leaves out what the HTTP library says about requests whose head cannot be read: it calls them errors, but they say
/// nothing about this server, and anyone can send them.
struct NotOfHeads;

/// What the library says of a head: the connection ends with it, or it is too long.
const OF_HEADS: [&str; 2] = ["stream error: ", "MAX_BUFFER_SIZE "];

impl<S: Subscriber> Filter<S> for NotOfHeads {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &tracing::Event<'_>, _: &Context<'_, S>) -> bool {
        if !event.metadata().target().starts_with("actix_http::h1") {
            return true;
        }
        let mut message = Message::default();
        event.record(&mut message);
        !OF_HEADS.iter().any(|start| message.0.starts_with(start))
    }
}

/// The message of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Writes lines of printable characters: text that a message quotes can neither end the line nor control the terminal.
struct Printable<W> {
    writer: W,
    json: bool,
}

/// The writer of one event.
struct Event<W> {
    writer: W,
    json: bool,
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Printable<W> {
    type Writer = Event<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Event { writer: self.writer.make_writer(), json: self.json }
    }
}

impl<W: Write> Write for Event<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        if text.trim_end_matches('\n').chars().all(is_printable) {
            self.writer.write_all(event)?;
            return Ok(event.len());
        }
        let (line, end) = text.strip_suffix('\n').map_or((&*text, ""), |line| (line, "\n"));
        let line = if self.json { printable_json(line) } else { printable(line).into_owned() };
        self.writer.write_all((line + end).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A line of JSON with characters that are not printable as JSON escapes.
fn printable_json(line: &str) -> String {
    let mut spelled = String::with_capacity(line.len());
    for c in line.chars() {
        if is_printable(c) {
            spelled.push(c);
        } else {
            spelled.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use cdr_model::is_printable;
    use serde_json::Value;
    use tracing::Level;
    use tracing_subscriber::fmt::MakeWriter;

    use super::subscriber;
    use crate::config::LogConfig;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Written {
        type Writer = Written;

        fn make_writer(&self) -> Written {
            self.clone()
        }
    }

    #[test]
    fn an_event_is_one_printable_line_whatever_it_quotes() {
        let hostile = "a\u{1b}[31m\n2026 INFO forged\r\t\0\u{7f}\u{9b}2J\u{202e}gpj\u{2028}z";
        for json in [false, true] {
            let written = Written::default();
            let config = LogConfig { json, level: Level::INFO };
            tracing::subscriber::with_default(subscriber(config, written.clone()), || {
                let error = io::Error::other(hostile);
                tracing::warn!(target: "tollbook", error = &error as &dyn std::error::Error, "{hostile}");
                tracing::warn!(target: "tollbook", error = %hostile, text = hostile, debug = ?hostile, "plain");
            });
            let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
            let lines: Vec<&str> = text.strip_suffix('\n').unwrap().split('\n').collect();
            assert_eq!(lines.len(), 2, "{text:?}");
            for line in lines {
                assert!(line.chars().all(is_printable), "{line:?}");
                if json {
                    let event: Value = serde_json::from_str(line).unwrap();
                    assert!(event.as_object().unwrap().values().any(|value| value == hostile), "{line}");
                }
            }
        }
    }
}
