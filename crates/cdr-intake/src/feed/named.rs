//! Rows whose columns have names.

use std::borrow::Cow;
use std::collections::HashMap;

use cdr_model::Cdr;

use crate::delimited::Fields;
use crate::digest::Digest;

/// The columns of a row by their names, without regard to case. Of columns with the same name, the first one counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    places: HashMap<String, usize>,
    /// The names in order, with their places.
    ordered: Vec<(String, usize)>,
    /// The number of columns.
    pub(super) width: usize,
}

impl Names {
    pub(super) fn of<H: AsRef<str>>(headings: &[H]) -> Names {
        let mut names = Names { width: headings.len(), ..Names::default() };
        for (place, heading) in headings.iter().enumerate() {
            names.places.entry(name(heading.as_ref())).or_insert(place);
        }
        names.ordered = names.places.iter().map(|(name, place)| (name.clone(), *place)).collect();
        names.ordered.sort_unstable();
        names
    }

    /// The place of a column, by its name in lower case.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// Whether there are all of these columns.
    pub(super) fn have(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.places.contains_key(*name))
    }

    /// A row with these columns.
    pub(super) fn row<'a>(&'a self, cells: &'a dyn Cells) -> NamedRow<'a> {
        NamedRow { names: self, cells }
    }
}

/// A name as columns are found by it.
fn name(heading: &str) -> String {
    heading.trim().to_ascii_lowercase()
}

/// The texts of a row by their places.
pub(super) trait Cells {
    /// The text at a place; empty if there is none.
    fn cell(&self, place: usize) -> Cow<'_, str>;
}

impl Cells for Fields {
    fn cell(&self, place: usize) -> Cow<'_, str> {
        self.text(place)
    }
}

impl Cells for Vec<String> {
    fn cell(&self, place: usize) -> Cow<'_, str> {
        self.get(place).map(|text| Cow::Borrowed(text.as_str())).unwrap_or_default()
    }
}

/// The texts of a row by the names of their columns.
#[derive(Clone, Copy)]
pub(super) struct NamedRow<'a> {
    names: &'a Names,
    cells: &'a dyn Cells,
}

impl<'a> NamedRow<'a> {
    /// The text in a column, by its name in lower case; empty if the row has no such column.
    pub(super) fn text(&self, name: &str) -> Cow<'a, str> {
        self.names.place(name).map(|place| self.cells.cell(place)).unwrap_or_default()
    }

    /// The text in a column; `None` if it is empty.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name).into_owned()).filter(|text| !text.is_empty())
    }

    /// The first of these columns that has a text.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.given(name))
    }

    /// SHA-256 over the names and values of the columns that have one, in the order of the names, so that neither the order
    /// of columns nor empty ones change it.
    pub(super) fn digest(&self) -> [u8; 32] {
        let given = self.names.ordered.iter().map(|(name, place)| (name, self.cells.cell(*place)));
        let given: Vec<_> = given.filter(|(_, text)| !text.is_empty()).collect();
        Digest::of(given.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]))
    }

    /// Stores the columns that the settings name in `extra`, under the names in the settings.
    pub(super) fn keep_extra(&self, wanted: &[String], call: &mut Cdr) {
        for wanted in wanted {
            if let Some(text) = self.given(&name(wanted)) {
                call.details.extra.insert(wanted.clone(), text);
            }
        }
    }
}
