//! The values of a row, in whatever form it is written.

use std::borrow::Cow;

use crate::delimited::Fields;

/// The values of a row by their places.
pub(in crate::feed) trait Values {
    /// The number of values.
    fn count(&self) -> usize;

    /// The text of a value; empty if the row has no such value.
    fn text(&self, place: usize) -> Cow<'_, str>;

    /// The bytes of a value as written; empty if the row has no such value.
    fn bytes(&self, place: usize) -> &[u8];
}

impl Values for Fields {
    fn count(&self) -> usize {
        self.len()
    }

    fn text(&self, place: usize) -> Cow<'_, str> {
        Fields::text(self, place)
    }

    fn bytes(&self, place: usize) -> &[u8] {
        self.get(place).unwrap_or_default()
    }
}

impl Values for Vec<Cow<'_, str>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn text(&self, place: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.get(place).map_or("", |text| text))
    }

    fn bytes(&self, place: usize) -> &[u8] {
        self.get(place).map_or(&[], |text| text.as_bytes())
    }
}
