//! The tables of a page: the rows of a list or of a dictionary, up to the most that are shown.

use std::io::{self, Write};

use cdr_model::printable;

use super::cell::{escaped, link};
use super::share::{Shown, read, share};
use crate::porta::service_stack::dto::{Class, Dto, MemberType, NamedObjects, Objects};
use crate::porta::service_stack::facts::Arrangement;

/// The most rows of a list, or of all lists of a dictionary.
const MOST_ROWS: usize = 1_000;

/// The tables of a member of an answer.
pub(super) struct Tables<'a> {
    /// The format that has all rows: its name, and the address of the answer in it.
    pub(super) whole: Option<(&'static str, &'a str)>,
    pub(super) arrangement: &'a Arrangement,
}

impl Tables<'_> {
    /// A list as a table.
    pub(super) fn list<W: Write>(&self, out: &mut W, name: &str, class: &Class, rows: &dyn Objects) -> io::Result<()> {
        writeln!(out, "<h2>{name}</h2>")?;
        let columns = self.columns(class);
        self.table(out, class, &columns, &read(rows, &columns, MOST_ROWS)?)
    }

    /// A dictionary: a table for each of its keys, or one for all of them.
    pub(super) fn dict<W: Write>(
        &self,
        out: &mut W,
        name: &str,
        class: &Class,
        entries: &[NamedObjects],
    ) -> io::Result<()> {
        if entries.is_empty() || self.arrangement.in_one.contains(&name) {
            return self.list(out, name, class, &InOne(entries));
        }
        let columns = self.columns(class);
        let groups: Vec<&dyn Objects> = entries.iter().map(|(_, rows)| &**rows).collect();
        let shared = share(&groups, &columns, MOST_ROWS)?;
        entries.iter().zip(&shared).try_for_each(|((key, _), shown)| {
            write!(out, "<h2>{name}: ")?;
            escaped(out, &printable(key))?;
            out.write_all(b"</h2>\n")?;
            self.table(out, class, &columns, shown)
        })
    }

    fn table<W: Write>(&self, out: &mut W, class: &Class, columns: &[usize], shown: &Shown) -> io::Result<()> {
        let Shown { rows, is_whole } = shown;
        if *is_whole && rows.is_empty() {
            return out.write_all(b"<p class=\"none\">Nothing.</p>\n");
        }
        if !is_whole {
            match rows.len() {
                0 => write!(
                    out,
                    "<p>None of its rows: a page has at most {MOST_ROWS} rows, fewer than there are tables. "
                )?,
                1 => write!(out, "<p>The first row. ")?,
                shown => write!(out, "<p>The first {shown} rows. ")?,
            }
            if let Some((name, href)) = self.whole {
                link(out, href, &format!("The whole answer as {name}"))?;
            }
            out.write_all(b"</p>\n")?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        // Without the columns that are empty in every row.
        let is_used = |at: &usize| rows.iter().any(|row| row.get(*at).is_some_and(Option::is_some));
        let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
        out.write_all(b"<div class=box><table class=rows><thead><tr>")?;
        for at in &used {
            let member = &class.members[columns[*at]];
            let is_number = matches!(member.kind, MemberType::Int | MemberType::Decimal);
            write!(out, "<th{}>{}</th>", if is_number { " class=n" } else { "" }, breakable(member.name))?;
        }
        out.write_all(b"</tr></thead><tbody>\n")?;
        for row in rows {
            out.write_all(b"<tr>")?;
            for cell in used.iter().filter_map(|at| row.get(*at)) {
                match cell {
                    None => out.write_all(b"<td></td>")?,
                    Some(cell) if cell.class.is_empty() => write!(out, "<td>{}</td>", cell.html)?,
                    Some(cell) => write!(out, "<td class={}>{}</td>", cell.class, cell.html)?,
                }
            }
            out.write_all(b"</tr>\n")?;
        }
        out.write_all(b"</tbody></table></div>\n")
    }

    /// The members that are shown, in the order of their columns.
    fn columns(&self, class: &Class) -> Vec<usize> {
        let place = |name: &str| self.arrangement.first.iter().position(|first| *first == name);
        let mut columns: Vec<usize> =
            (0..class.members.len()).filter(|at| !(self.arrangement.left_out)(class.members[*at].name)).collect();
        columns.sort_by_key(|at| place(class.members[*at].name).unwrap_or(usize::MAX));
        columns
    }
}

/// The lists of a dictionary as one.
struct InOne<'a>(&'a [NamedObjects]);

impl Objects for InOne<'_> {
    fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, rows)| rows.is_empty())
    }

    fn each(&self, put: &mut dyn FnMut(&dyn Dto) -> io::Result<()>) -> io::Result<()> {
        self.0.iter().try_for_each(|(_, rows)| rows.each(put))
    }
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
