//! The values in the columns of one row, whatever the form of the file.

use std::borrow::Cow;

use super::document::EmptyText;
use crate::digest::Digest;

/// How the text of a column becomes a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CellRules {
    /// The texts that stand for no value.
    pub(super) nulls: Vec<String>,
    /// Whether blanks around a value are removed.
    pub(super) trim: bool,
    pub(super) empty_text: EmptyText,
}

/// The values of a row, by the numbers of the columns in the mapping. A missing value is `None`.
pub(super) struct Cells<'a>(pub(super) Vec<Option<Cow<'a, str>>>);

impl CellRules {
    /// The value of a text. An empty text is a value only if it is quoted, and the mapping says so.
    pub(super) fn value<'a>(&self, text: Cow<'a, str>, is_quoted: bool) -> Option<Cow<'a, str>> {
        let text = match text {
            text if !self.trim || text.trim().len() == text.len() => text,
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        if self.nulls.iter().any(|null| *null == text) {
            return None;
        }
        let is_value = !text.is_empty() || (is_quoted && self.empty_text == EmptyText::Quoted);
        is_value.then_some(text)
    }
}

impl Cells<'_> {
    /// The text in a column.
    pub(super) fn text(&self, column: usize) -> Option<&str> {
        self.0.get(column)?.as_deref()
    }

    /// The first of these columns that is not empty, or else that has a value.
    pub(super) fn first(&self, columns: &[usize]) -> Option<&str> {
        let given = || columns.iter().filter_map(|column| self.text(*column));
        given().find(|text| !text.is_empty()).or_else(|| given().next())
    }

    /// The texts of these columns, those without a value left out; `None` if none of them has one.
    pub(super) fn joined(&self, columns: &[usize], between: &str) -> Option<String> {
        let given: Vec<&str> = columns.iter().filter_map(|column| self.text(*column)).collect();
        (!given.is_empty()).then(|| given.join(between))
    }

    /// SHA-256 over the names and values of the columns, in the order of `names`, without those that have no value.
    pub(super) fn digest<'n>(&self, names: impl Iterator<Item = (&'n str, usize)>) -> [u8; 32] {
        let given: Vec<_> = names.filter_map(|(name, column)| Some((name, self.text(column)?))).collect();
        Digest::of(given.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]))
    }
}
