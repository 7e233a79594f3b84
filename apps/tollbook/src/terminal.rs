//! Output for people: progress on a terminal, and errors.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use cdr_dialects::DIALECTS;
use cdr_intake::IntakeError;
use cdr_model::{is_printable, printable};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::Cli;
use crate::loading::QuarantineFull;

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

/// Says on standard error how many of all rows a list on a terminal shows, if it does not show all.
///
/// # Errors
/// When standard error cannot be written.
pub fn say_rest(shown: u64, all: u64) -> anyhow::Result<()> {
    if shown >= all || !io::stdout().is_terminal() {
        return Ok(());
    }
    say_aside(format!("{} of {}; --limit shows more", HumanCount(shown), HumanCount(all)))
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

/// The exit code of a load that refuses a file, or stops because too much of it is bad.
const REFUSED: u8 = 3;

/// Prints an error with its causes to standard error.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let written = writeln!(io::stderr().lock(), "tollbook: {}", chain(error));
    // If standard error is closed, the exit code alone reports the failure.
    drop(written);
    let refusal = error.chain().find_map(|cause| cause.downcast_ref::<IntakeError>());
    let is_full = error.is::<QuarantineFull>();
    if is_full || refusal.is_some_and(IntakeError::is_refusal) { ExitCode::from(REFUSED) } else { ExitCode::FAILURE }
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
