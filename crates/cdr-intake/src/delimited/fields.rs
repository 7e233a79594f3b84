//! The fields of a record.

use std::borrow::Cow;

use crate::text::text;

/// The decoded fields of one record: without enclosing quotes, and with doubled quotes replaced by single ones.
#[derive(Default)]
pub(crate) struct Fields {
    pub(super) bytes: Vec<u8>,
    /// The end of each field in `bytes`, and whether the field was quoted.
    ends: Vec<(usize, bool)>,
}

/// One field.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Its decoded bytes.
    pub(crate) bytes: &'a [u8],
    /// Whether it was quoted.
    pub(crate) quoted: bool,
}

impl Fields {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<Field<'_>> {
        let (end, quoted) = *self.ends.get(index)?;
        let begin = index.checked_sub(1).map_or(0, |before| self.ends[before].0);
        Some(Field { bytes: &self.bytes[begin..end], quoted })
    }

    /// The text of a field; empty if the record has no such field.
    pub(crate) fn text(&self, index: usize) -> Cow<'_, str> {
        self.get(index).map(|field| text(field.bytes)).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    pub(super) fn end_field(&mut self, quoted: bool) {
        self.ends.push((self.bytes.len(), quoted));
    }
}
