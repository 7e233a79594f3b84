//! Lists of the directory: columns that are always printed, and those that a table has only if they say something.

use cdr_model::LocalZone;

use super::{Cell, print};
use crate::cli::ListFormat;

/// When a column is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Always.
    Always,
    /// In a table if one of the entries has a value; always in other formats.
    IfGiven,
    /// In other formats than tables.
    ByPrograms,
}

/// A column: its heading, when it is printed, and its cell for an entry.
pub(crate) type Column<'a, T> = (&'static str, Shown, &'a dyn Fn(&T) -> Cell);

/// Prints entries.
pub(crate) fn print_columns<T>(
    format: ListFormat,
    zone: &LocalZone,
    columns: &[Column<'_, T>],
    entries: &[T],
) -> anyhow::Result<()> {
    let is_shown = |(_, shown, cell): &&Column<'_, T>| match (shown, format) {
        (Shown::Always, _) => true,
        (Shown::IfGiven, ListFormat::Table) => entries.iter().any(|entry| cell(entry) != Cell::Missing),
        (Shown::ByPrograms, ListFormat::Table) => false,
        (Shown::IfGiven | Shown::ByPrograms, _) => true,
    };
    let columns: Vec<&Column<'_, T>> = columns.iter().filter(is_shown).collect();
    let headings: Vec<&str> = columns.iter().map(|(heading, ..)| *heading).collect();
    let rows = entries.iter().map(|entry| columns.iter().map(|(_, _, cell)| cell(entry)).collect::<Vec<_>>());
    print(format, &headings, zone, rows)
}
