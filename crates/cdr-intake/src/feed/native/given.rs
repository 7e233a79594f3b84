//! The values of a record by name, as given in the file.

use std::borrow::Cow;

use super::columns::Column;

/// A value of a record and its name.
pub(in crate::feed) struct Given<'a> {
    pub(in crate::feed) name: &'a str,
    pub(in crate::feed) column: &'a Column,
    pub(in crate::feed) text: Cow<'a, str>,
    /// Whether the file has the name without a value.
    pub(in crate::feed) is_null: bool,
}

/// The text of a [`Column::Word`], if it is given.
pub(super) fn word(given: &[Given<'_>], word: &str) -> Option<String> {
    let is_it = |value: &&Given<'_>| matches!(value.column, Column::Word(name) if *name == word);
    given.iter().find(is_it).map(|value| value.text.to_string())
}
