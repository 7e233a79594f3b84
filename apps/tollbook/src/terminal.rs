//! What people see: progress on a terminal, tables, and errors.

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

/// A line below the heading, and nothing else that would stand in the way of copying.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A bar on standard error that moves while something long is under way; nothing when nobody looks.
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

/// A table with a heading, as wide as the terminal. What does not show in a cell is spelled out.
pub fn table<I, R, C>(heading: &[&str], rows: I) -> String
where
    I: IntoIterator<Item = R>,
    R: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    // Into a pipe, lines are as long as they are.
    if let Some((_, columns)) = Term::stdout().size_checked() {
        table.set_width(columns);
    }
    table.set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row.into_iter().map(|cell| Cell::new(printable(cell.as_ref()))));
    }
    table.to_string()
}

/// Prints lines to standard output. Whatever does not show on a line is spelled out. A reader that went away
/// (`tollbook calls | head`) is no error.
///
/// # Errors
/// When standard output cannot be written.
pub fn say(text: impl Display) -> anyhow::Result<()> {
    unless_gone(writeln!(io::stdout().lock(), "{}", lines(&text.to_string())))
}

/// The same on standard error, where standard output is for a file.
///
/// # Errors
/// When standard error cannot be written.
pub fn say_aside(text: impl Display) -> anyhow::Result<()> {
    writeln!(io::stderr().lock(), "{}", lines(&text.to_string())).context("standard error")
}

/// Prints the text of a file to standard output: to the letter, unless a person is there to read it.
///
/// # Errors
/// When standard output cannot be written.
pub fn document(text: &str) -> anyhow::Result<()> {
    if io::stdout().is_terminal() {
        return say(text.replace('\t', "    "));
    }
    unless_gone(writeln!(io::stdout().lock(), "{text}"))
}

fn unless_gone(said: io::Result<()>) -> anyhow::Result<()> {
    match said {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said.context("standard output"),
    }
}

/// Lines of text, in each of which whatever does not show is spelled out.
fn lines(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || is_printable(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split('\n').map(printable).collect::<Vec<_>>().join("\n"))
}

/// Text of others within a line.
pub fn safe(text: &str) -> String {
    printable(text).into_owned()
}

/// A path within a line.
pub fn shown(path: &Path) -> String {
    safe(&path.to_string_lossy())
}

/// Ends the program with what clap says of its arguments, or with the help that they ask for.
pub fn refuse(error: &clap::Error) -> ! {
    let given = || std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    if given().all(|argument| argument.chars().all(is_printable)) {
        error.exit();
    }
    // The words repeat what was given, so they are asked for anew about what shows.
    if let Err(error) = Cli::read(given().map(|argument| safe(&argument)), DIALECTS) {
        error.exit();
    }
    // It is the very character that is refused.
    drop(writeln!(io::stderr().lock(), "{}", lines(error.render().to_string().trim_end())));
    std::process::exit(error.exit_code())
}

/// Prints an error with its causes to standard error.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let told = writeln!(io::stderr().lock(), "tollbook: {}", chain(error));
    // There is nobody left to tell when standard error is closed; the exit code still says it.
    drop(told);
    ExitCode::FAILURE
}

/// An error and its causes in one line, without repeating what a cause has said already.
fn chain(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain() {
        let cause = safe(&cause.to_string());
        if !said.contains(&cause) {
            said.push_str(if said.is_empty() { "" } else { ": " });
            said.push_str(&cause);
        }
    }
    said
}
