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
        let (what, expected, found) = (what.into(), expected.into(), found.into());
        self.differences.push(Difference { part: part.to_owned(), what, expected, found });
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
