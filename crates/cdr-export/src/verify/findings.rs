//! What a verification has found so far.

use crate::differences::Difference;

/// The differences between a file and its receipt, and what of the receipt the file confirms.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) differences: Vec<Difference>,
    pub(super) confirmed: Vec<String>,
    pub(super) unknown: Vec<String>,
}

impl Findings {
    pub(super) fn compare<T: PartialEq<U> + ToString, U: ToString>(
        &mut self,
        part: &str,
        what: &str,
        expected: T,
        found: U,
    ) {
        if expected != found {
            self.differ(part, what, expected.to_string(), found.to_string());
        }
    }

    pub(super) fn differ(
        &mut self,
        part: &str,
        what: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.differences.push(value(part, what, expected, found));
    }

    /// Notes a difference as a whole sentence.
    pub(super) fn state(&mut self, sentence: impl Into<String>) {
        self.differences.push(Difference::Statement(sentence.into()));
    }

    /// Notes what the rows of a sheet confirm, if anything.
    pub(super) fn confirmed(&mut self, part: &str, what: Vec<String>) {
        if !what.is_empty() {
            self.confirmed.push(format!("{part}: {}", what.join(", ")));
        }
    }

    /// Notes what the rows of a sheet cannot show, if anything.
    pub(super) fn unknown(&mut self, part: &str, what: Vec<String>) {
        if !what.is_empty() {
            self.unknown.push(format!("{part}: {}", what.join(", ")));
        }
    }
}

/// The most characters of a value that are told.
const MOST_TOLD: usize = 200;

/// A value of a file that is not the one of its receipt.
pub(super) fn value(
    part: &str,
    what: impl Into<String>,
    expected: impl Into<String>,
    found: impl Into<String>,
) -> Difference {
    let (expected, found) = (told(expected.into()), told(found.into()));
    Difference::Value { part: part.to_owned(), what: what.into(), expected, found }
}

/// A value as it is told, never empty.
fn told(text: String) -> String {
    if text.is_empty() { "empty".to_owned() } else { shortened(&text) }
}

/// The beginning of a text that is long.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_TOLD) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A number of things.
pub(super) fn number(count: u64, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
