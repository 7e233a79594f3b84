//! Reads a password or another secret without echoing it: from a file, from a pipe, or typed twice.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;

use anyhow::{Context, ensure};
use console::Term;

/// How many bytes are read at most: more than any password has, so that a wrong file is not read to its end.
const LONGEST: u64 = 4096;

/// The first line of `file`, or of standard input if no file is given. On a terminal the secret is asked for twice.
///
/// # Errors
/// When it cannot be read, is empty, or the two entries differ.
pub(crate) fn read(what: &str, file: Option<&Path>) -> anyhow::Result<String> {
    match file {
        Some(path) => {
            let file = File::open(path).with_context(|| format!("reading {}", path.display()))?;
            first_line(file).with_context(|| format!("the {what}, in {}", path.display()))
        }
        None if io::stdin().is_terminal() => typed(what),
        None => first_line(io::stdin().lock()).with_context(|| format!("the {what}, on standard input")),
    }
}

fn first_line(input: impl Read) -> anyhow::Result<String> {
    let mut line = String::new();
    BufReader::new(input.take(LONGEST)).read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(!password.is_empty(), "the first line is empty");
    Ok(password.to_owned())
}

fn typed(what: &str) -> anyhow::Result<String> {
    let terminal = Term::stderr();
    let ask = |prompt: String| {
        terminal.write_str(&prompt)?;
        terminal.read_secure_line()
    };
    let password = ask(format!("{what}: "))?;
    ensure!(password == ask(format!("{what}, again: "))?, "the two entries differ");
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn the_first_line_is_the_password() {
        for (text, password) in [
            ("correct horse\n", "correct horse"),
            ("correct horse", "correct horse"),
            (" blanks belong to it \r\nrest\n", " blanks belong to it "),
        ] {
            assert_eq!(first_line(text.as_bytes()).unwrap(), password);
        }
        for nothing in ["", "\n", "\r\nsecond\n"] {
            assert!(first_line(nothing.as_bytes()).is_err());
        }
    }
}
