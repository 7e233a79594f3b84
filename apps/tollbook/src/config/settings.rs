//! All settings, in the order of the documentation, and the help that lists them.

use std::fmt::Write;

use cdr_dialects::DialectRow;
use cdr_settings::Row;

use super::{place, server, spool, store};

/// The maximum length of a line of the help without its indent, in characters.
const WIDTH: usize = 94;
/// The prefix of the environment variables.
pub const PREFIX: &str = "TOLLBOOK_";

/// The settings of the program and of these dialects.
pub fn rows(dialects: &[&'static DialectRow]) -> Vec<&'static dyn Row> {
    let of_dialects = dialects.iter().flat_map(|dialect| dialect.rows());
    let before = [place::SETTINGS, server::SETTINGS, spool::SETTINGS].concat();
    before.into_iter().chain(of_dialects).chain(store::SETTINGS.iter().copied()).collect()
}

/// The environment variable of a setting: `TOLLBOOK_STORE_RETENTION_DAYS` for `store.retention_days`.
pub fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('.', "_").to_ascii_uppercase())
}

/// All settings, as the long help lists them.
pub fn help(dialects: &[&'static DialectRow]) -> String {
    let mut text = format!(
        "Settings, in tollbook.toml, as variables ({PREFIX}STORE_READERS for store.readers), or by --set NAME=VALUE:\n"
    );
    for row in rows(dialects) {
        let default = if row.default().is_empty() { "none" } else { row.default() };
        let lines = wrapped(&format!("{}: {}", row.takes(), row.meaning()));
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {} [default: {default}]\n{lines}", row.name());
    }
    text
}

/// A sentence in indented lines of at most [`WIDTH`] characters. A longer word has a line of its own.
fn wrapped(sentence: &str) -> String {
    let mut lines = vec![String::new()];
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| format!("      {line}\n")).collect()
}
