//! The tables of a page: the rows of a list or of a dictionary, up to the most that are shown.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};

use cdr_model::printable;

use super::cell::{cell, escaped, link};
use crate::porta::service_stack::dto::{Class, Dto, NamedObjects, Objects, Value};
use crate::porta::service_stack::facts::Arrangement;

/// The most rows of a list, or of all lists of a dictionary.
const MOST_ROWS: usize = 1_000;

/// The tables of a member of an answer.
pub(super) struct Tables<'a> {
    /// The address of the answer as CSV.
    csv: Option<&'a str>,
    arrangement: &'a Arrangement,
    /// How many more rows are shown.
    left: usize,
}

/// The cells of a row, with the class of each. `None` stands for an empty value.
type Cells = Vec<(&'static str, Option<String>)>;

impl<'a> Tables<'a> {
    pub(super) fn new(csv: Option<&'a str>, arrangement: &'a Arrangement) -> Tables<'a> {
        Tables { csv, arrangement, left: MOST_ROWS }
    }

    /// A list as a table.
    pub(super) fn list<W: Write>(
        &mut self,
        out: &mut W,
        name: &str,
        class: &Class,
        rows: &dyn Objects,
    ) -> io::Result<()> {
        writeln!(out, "<h2>{name}</h2>")?;
        self.table(out, class, &[rows])
    }

    /// A dictionary: a table for each of its keys, or one for all of them.
    pub(super) fn dict<W: Write>(
        &mut self,
        out: &mut W,
        name: &str,
        class: &Class,
        entries: &[NamedObjects],
    ) -> io::Result<()> {
        if entries.is_empty() || self.arrangement.in_one.contains(&name) {
            writeln!(out, "<h2>{name}</h2>")?;
            let rows: Vec<&dyn Objects> = entries.iter().map(|(_, rows)| &**rows).collect();
            return self.table(out, class, &rows);
        }
        entries.iter().try_for_each(|(key, rows)| {
            write!(out, "<h2>{name}: ")?;
            escaped(out, &printable(key))?;
            out.write_all(b"</h2>\n")?;
            self.table(out, class, &[&**rows])
        })
    }

    fn table<W: Write>(&mut self, out: &mut W, class: &Class, lists: &[&dyn Objects]) -> io::Result<()> {
        if lists.iter().all(|rows| rows.is_empty()) {
            return out.write_all(b"<p class=\"none\">Nothing.</p>\n");
        }
        let columns = self.columns(class);
        let (rows, is_whole) = self.read(lists, &columns)?;
        if !is_whole {
            write!(out, "<p>")?;
            match rows.len() {
                0 => out.write_all(b"None of these rows are shown: a page has at most 1000 of a dictionary. ")?,
                shown => write!(out, "The first {shown} rows. ")?,
            }
            if let Some(href) = self.csv {
                link(out, href, "All of them as CSV")?;
            }
            out.write_all(b"</p>\n")?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        // Without the columns that are empty in every row.
        let is_used = |at: &usize| rows.iter().any(|row| row.get(*at).is_some_and(|(_, cell)| cell.is_some()));
        let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
        out.write_all(b"<table class=\"rows\"><thead><tr>")?;
        for at in &used {
            write!(out, "<th>{}</th>", breakable(class.members[columns[*at]].name))?;
        }
        out.write_all(b"</tr></thead><tbody>\n")?;
        for row in &rows {
            out.write_all(b"<tr>")?;
            for (class, cell) in used.iter().filter_map(|at| row.get(*at)) {
                let cell = cell.as_deref().unwrap_or_default();
                if class.is_empty() {
                    write!(out, "<td>{cell}</td>")?
                } else {
                    write!(out, "<td class={class}>{cell}</td>")?
                }
            }
            out.write_all(b"</tr>\n")?;
        }
        out.write_all(b"</tbody></table>\n")
    }

    /// The members that are shown, in the order of their columns.
    fn columns(&self, class: &Class) -> Vec<usize> {
        let place = |name: &str| self.arrangement.first.iter().position(|first| *first == name);
        let mut columns: Vec<usize> =
            (0..class.members.len()).filter(|at| !(self.arrangement.left_out)(class.members[*at].name)).collect();
        columns.sort_by_key(|at| place(class.members[*at].name).unwrap_or(usize::MAX));
        columns
    }

    /// The rows that are still shown, and whether these are all.
    fn read(&mut self, lists: &[&dyn Objects], columns: &[usize]) -> io::Result<(Vec<Cells>, bool)> {
        let mut found: Vec<Cells> = Vec::new();
        for rows in lists {
            let read = rows.each(&mut |row| {
                if self.left == 0 {
                    return Err(io::Error::other(Full));
                }
                self.left -= 1;
                found.push(cells(row, columns)?);
                Ok(())
            });
            match read {
                Err(error) if error.get_ref().is_some_and(|inner| inner.is::<Full>()) => return Ok((found, false)),
                read => read?,
            }
        }
        Ok((found, true))
    }
}

fn cells(row: &dyn Dto, columns: &[usize]) -> io::Result<Cells> {
    let values = row.values();
    let shown = columns.iter().filter_map(|at| values.get(*at)).map(|value| {
        let class = if matches!(value, Value::Int(_) | Value::Decimal(_)) { "n" } else { "" };
        let mut text = Vec::new();
        cell(&mut text, value)?;
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        Ok((class, Some(text).filter(|text| !text.is_empty())))
    });
    shown.collect()
}

/// A name that may break before its capitals and after its underscores.
fn breakable(name: &str) -> String {
    let mut text = String::new();
    let mut before = None;
    for char in name.chars() {
        let is_joint = |before: char| before == '_' || (before.is_ascii_lowercase() && char.is_ascii_uppercase());
        text.push_str(if before.is_some_and(is_joint) { "<wbr>" } else { "" });
        text.push(char);
        before = Some(char);
    }
    text
}

/// Ends the reading of rows once the page is full.
#[derive(Debug)]
struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the page is full")
    }
}

impl Error for Full {}
