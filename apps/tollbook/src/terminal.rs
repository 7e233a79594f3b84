//! What people see: progress on a terminal, tables, and errors.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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

/// A table with a heading, as wide as the terminal.
pub fn table<I, R, C>(heading: &[&str], rows: I) -> String
where
    I: IntoIterator<Item = R>,
    R: IntoIterator<Item = C>,
    C: Into<comfy_table::Cell>,
{
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
    // Into a pipe, lines are as long as they are.
    if let Some((_, columns)) = Term::stdout().size_checked() {
        table.set_width(columns);
    }
    table.set_header(heading.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    table.to_string()
}

/// Prints a line to standard output. A reader that went away (`tollbook calls | head`) is no error.
///
/// # Errors
/// When standard output cannot be written.
pub fn say(text: impl std::fmt::Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        said => said.context("standard output"),
    }
}

/// Text that came from a switch, safe to show: control characters are spelled out.
pub fn safe(text: &str) -> String {
    text.chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<char>>() } else { vec![c] })
        .collect()
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
        let cause = cause.to_string();
        if !said.contains(&cause) {
            said.push_str(if said.is_empty() { "" } else { ": " });
            said.push_str(&cause);
        }
    }
    said
}
