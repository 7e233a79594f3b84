//! Output for people: progress on a terminal, tables, and errors.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use cdr_dialects::DIALECTS;
use cdr_model::{is_printable, printable};
use comfy_table::{Cell, ContentArrangement, LineStyle, Table, TableStyle};
use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::Cli;

/// A line below the heading and no other borders, so that cells can be copied.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A progress bar on standard error; hidden unless standard error is a terminal.
pub fn bar(total: Option<u64>, unit: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
    }
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let template = match total {
        Some(_) => format!("{{bar:30}} {{human_pos}} of {{human_len}} {unit}, {{per_sec}}, {{eta}} left {{msg}}"),
        None => format!("{{spinner}} {{human_pos}} {unit}, {{per_sec}}, {{elapsed}} {{msg}}"),
    };
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A table with a heading, as wide as the terminal. Characters that are not printable are spelled out.
pub fn table<I, R, C>(heading: &[&str], rows: I) -> String
where
    I: IntoIterator<Item = R>,
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    // In a pipe the width is not limited.
    if let Some((_, columns)) = Term::stdout().size_checked() {
        table.set_width(columns);
    }
    table.set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row.into_iter().map(|cell| Cell::new(printable(cell.as_ref()))));
    }
    table.to_string()
}

/// Prints lines to standard output. Characters that are not printable are spelled out. A closed pipe
/// (`tollbook calls | head`) is not an error.
///
/// # Errors
/// When standard output cannot be written.
pub fn say(text: impl Display) -> anyhow::Result<()> {
    unless_gone(writeln!(io::stdout().lock(), "{}", lines(&text.to_string())))
}

/// As [`say`], on standard error: for commands that write a file to standard output.
///
/// # Errors
/// When standard error cannot be written.
pub fn say_aside(text: impl Display) -> anyhow::Result<()> {
    writeln!(io::stderr().lock(), "{}", lines(&text.to_string())).context("standard error")
}

/// Prints the text of a file to standard output: unchanged, unless standard output is a terminal.
///
/// # Errors
/// When standard output cannot be written.
pub fn document(text: &str) -> anyhow::Result<()> {
    if io::stdout().is_terminal() {
        return say(text.replace('\t', "    "));
    }
    unless_gone(writeln!(io::stdout().lock(), "{text}"))
}

fn unless_gone(written: io::Result<()>) -> anyhow::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output"),
    }
}

/// The lines of a text, with characters that are not printable spelled out.
fn lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || is_printable(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(printable).collect::<Vec<_>>().join("\n"))
}

/// Text from outside, for use within a line.
pub fn safe(text: &str) -> String {
    printable(text).into_owned()
}

/// A path, for use within a line.
pub fn shown(path: &Path) -> String {
    safe(&path.to_string_lossy())
}

/// Exits with clap's message about the arguments, or with the help that they ask for.
pub fn refuse(error: &clap::Error) -> ! {
    let given = || std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    if given().all(|argument| argument.chars().all(is_printable)) {
        error.exit();
    }
    // The message quotes the arguments, so they are parsed again with every character printable.
    if let Err(error) = Cli::read(given().map(|argument| safe(&argument)), DIALECTS) {
        error.exit();
    }
    // The spelled-out arguments are accepted: the refused value is the character itself.
    drop(writeln!(io::stderr().lock(), "{}", lines(error.render().to_string().trim_end())));
    std::process::exit(error.exit_code())
}

/// Prints an error with its causes to standard error.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let written = writeln!(io::stderr().lock(), "tollbook: {}", chain(error));
    // If standard error is closed, the exit code alone reports the failure.
    drop(written);
    ExitCode::FAILURE
}

/// An error and its causes in one line, without causes whose text is already in it.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = safe(&cause.to_string());
        if !text.contains(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    text
}
