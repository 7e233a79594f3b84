//! A table for people, which is printed while its rows are read. The first rows decide the widths of the columns; the
//! table is never wider than the terminal.

use std::io::{self, Write};

use cdr_model::printable;
use comfy_table::{Cell, ColumnConstraint, ContentArrangement, LineStyle, TableStyle, Width};
use unicode_width::UnicodeWidthStr;

/// A line below the heading and no other borders, so that cells can be copied.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// How many rows are looked at to decide the widths, and are arranged at a time.
const ROWS: usize = 200;
/// The blanks around a cell.
const PADDING: usize = 2;
/// The blank between two cells with their padding.
const BETWEEN: usize = 1;
/// The least width that a wider column is narrowed to. If the terminal is too narrow for that, each row is printed as a
/// block of lines.
const LEAST: usize = 8;
/// Words up to this length are kept whole if the terminal is wide enough for that.
const WORD: usize = 32;

/// A table that is being printed.
#[derive(Debug)]
pub(crate) struct Table<W: Write> {
    out: W,
    heading: Vec<String>,
    /// The width of the terminal; `None` for a pipe or a file, where lines have any length.
    width: Option<usize>,
    rows: Vec<Vec<String>>,
    /// Columns that are not narrowed: numbers, instants and the like.
    firm: Vec<bool>,
    form: Option<Form>,
}

/// How rows are printed.
#[derive(Debug, PartialEq)]
enum Form {
    /// As lines with columns of these widths.
    Columns(Vec<usize>),
    /// As a block of lines each, with a name and a value.
    Blocks,
}

impl<W: Write> Table<W> {
    /// A table on `out`, which is at most `width` columns wide.
    pub(crate) fn new(out: W, heading: &[&str], width: Option<usize>) -> Table<W> {
        let firm = vec![false; heading.len()];
        let heading = heading.iter().map(|name| (*name).to_owned()).collect();
        Table { out, heading, width, rows: Vec::new(), firm, form: None }
    }

    /// Keeps cells of this column on one line, unless the terminal is too narrow for that.
    pub(crate) fn keep(&mut self, column: usize) {
        if let Some(firm) = self.firm.get_mut(column) {
            *firm = true;
        }
    }

    /// Adds a row. Characters that are not printable are spelled out.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) -> io::Result<()> {
        self.rows.push(cells.into_iter().map(|cell| printable(&cell).into_owned()).collect());
        if self.rows.len() == ROWS { self.print() } else { Ok(()) }
    }

    /// Prints the rest of the table, and returns the output.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn end(mut self) -> io::Result<W> {
        if self.form.is_none() || !self.rows.is_empty() {
            self.print()?;
        }
        Ok(self.out)
    }

    fn print(&mut self) -> io::Result<()> {
        let is_first = self.form.is_none();
        let form = self.form.get_or_insert_with(|| form(&self.heading, &self.rows, &self.firm, self.width));
        let rows = std::mem::take(&mut self.rows);
        match form {
            Form::Columns(widths) => {
                let text = columns(is_first.then_some(&self.heading), rows, widths, self.width.is_some());
                if text.is_empty() { Ok(()) } else { writeln!(self.out, "{text}") }
            }
            Form::Blocks => rows.iter().try_for_each(|row| block(&mut self.out, &self.heading, row, self.width)),
        }
    }
}

fn form(heading: &[String], rows: &[Vec<String>], firm: &[bool], width: Option<usize>) -> Form {
    let widest = |at: usize, of: fn(&str) -> usize| {
        let content = rows.iter().filter_map(move |row| row.get(at));
        content.chain(heading.get(at)).map(|cell| of(cell)).max().unwrap_or(0).max(1)
    };
    let all = |of: fn(&str) -> usize| (0..heading.len()).map(|at| widest(at, of)).collect::<Vec<usize>>();
    let natural = all(|cell| cell.width());
    let Some(width) = width else { return Form::Columns(natural) };
    let around = heading.len() * PADDING + heading.len().saturating_sub(1) * BETWEEN;
    let space = width.saturating_sub(around);
    let least = natural.iter().map(|width| LEAST.min(*width)).collect::<Vec<usize>>();
    let words = all(|cell| cell.split(' ').map(|word| word.width()).filter(|width| *width <= WORD).max().unwrap_or(0));
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let natural_of = |at: usize| cells(at).map(|cell| cell.width()).max().unwrap_or(0).max(words[at]);
    let is_firm = |at: usize| firm.get(at) == Some(&true);
    let is_solid = |at: usize| natural_of(at) <= WORD && cells(at).all(|cell| !cell.contains(' '));
    let kept = |is_kept: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..natural.len()).map(|at| if is_kept(at) { natural_of(at) } else { least[at] }).collect()
    };
    let (numbers, names) = (kept(&is_firm), kept(&|at| is_firm(at) || is_solid(at)));
    let words: Vec<usize> = words.iter().zip(&names).map(|(word, name)| *word.max(name)).collect();
    // No word is broken if that is possible, or else no cell of one word, or else no number.
    let widths = [words, names, numbers, least].iter().find_map(|least| narrowed(&natural, least, space));
    widths.map_or(Form::Blocks, Form::Columns)
}

/// The widths of columns within a space: narrow columns keep their width, and the others are alike, but none is narrower
/// than its least width. `None` if even those do not fit.
fn narrowed(natural: &[usize], least: &[usize], space: usize) -> Option<Vec<usize>> {
    let at_most = |most: usize| {
        let widths = natural.iter().zip(least).map(move |(natural, least)| most.min(*natural).max(*least));
        widths.collect::<Vec<usize>>()
    };
    let widest = natural.iter().copied().max().unwrap_or(0).min(space);
    (0..=widest).rev().map(at_most).find(|widths| widths.iter().sum::<usize>() <= space)
}

/// Lines with columns. On a terminal, longer cells are wrapped; elsewhere they push the rest of their line aside.
fn columns(heading: Option<&Vec<String>>, rows: Vec<Vec<String>>, widths: &[usize], wrap: bool) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    if let Some(heading) = heading {
        table.set_header(heading.iter().map(Cell::new));
    }
    for row in rows {
        table.add_row(row.into_iter().map(Cell::new));
    }
    for (at, width) in widths.iter().enumerate() {
        let width = Width::Fixed(u16::try_from(width + PADDING).unwrap_or(u16::MAX));
        if let Some(column) = table.column_mut(at) {
            column.set_constraint(if wrap {
                ColumnConstraint::Absolute(width)
            } else {
                ColumnConstraint::LowerBoundary(width)
            });
        }
    }
    table.to_string()
}

/// One row as lines with a name and a value, both cut to the width of the terminal and continued below.
fn block(out: &mut impl Write, heading: &[String], row: &[String], width: Option<usize>) -> io::Result<()> {
    let width = width.unwrap_or(usize::MAX);
    let longest = heading.iter().map(|name| name.width()).max().unwrap_or(0);
    let names = longest.min(width / 2).max(1);
    let space = width.saturating_sub(names + PADDING).max(1);
    for (name, value) in heading.iter().zip(row).filter(|(_, value)| !value.is_empty()) {
        let (name, value) = (pieces(name, names), pieces(value, space));
        for at in 0..name.len().max(value.len()) {
            let part = |pieces: &[String]| pieces.get(at).cloned().unwrap_or_default();
            let (name, value) = (part(&name), part(&value));
            let blanks = names.saturating_sub(name.width()) + PADDING;
            writeln!(out, "{name}{:blanks$}{value}", "")?;
        }
    }
    writeln!(out)
}

/// A text in pieces that are at most so wide.
fn pieces(text: &str, space: usize) -> Vec<String> {
    let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0);
    for character in text.chars() {
        let width = character.encode_utf8(&mut [0; 4]).width();
        if used + width > space && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(character);
        used += width;
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::{Table, narrowed};

    fn printed(heading: &[&str], rows: &[Vec<String>], width: Option<usize>) -> String {
        let mut table = Table::new(Vec::new(), heading, width);
        rows.iter().for_each(|row| table.row(row.clone()).unwrap());
        String::from_utf8(table.end().unwrap()).unwrap()
    }

    /// Without blanks and line ends, in which a cell may be wrapped.
    fn dense(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn a_table_is_never_wider_than_the_terminal_and_loses_no_cell() {
        let heading = ["id", "name", "uuid", "calls of the last day", "reason"];
        let rows: Vec<Vec<String>> = (0..700)
            .map(|row| {
                let longer = if row == 650 { "a much longer reason than any before".repeat(4) } else { String::new() };
                vec![
                    row.to_string(),
                    format!("Café № {row} 表"),
                    format!("a66f7bef-d457-4921-8557-3f4b3c84{row:04}"),
                    "x".repeat(row % 40),
                    longer,
                ]
            })
            .collect();
        for width in [20, 40, 41, 60, 79, 80, 100, 132, 200, 400] {
            let text = printed(&heading, &rows, Some(width));
            for line in text.lines() {
                assert!(line.width() <= width, "{} of {width}: {line:?}", line.width());
            }
            let dense = dense(&text);
            assert!(dense.contains("reason") && dense.contains("699"), "{width}");
        }
        let whole = printed(&heading, &rows, Some(400));
        let pushed = printed(&heading, &rows, None);
        for text in [whole, pushed] {
            assert_eq!(text.matches("calls of the last day").count(), 1, "one heading");
            for row in &rows {
                assert!(text.contains(&row[2]) && text.contains(&row[1]), "{row:?}");
            }
        }
        assert_eq!(printed(&heading, &rows, None).lines().count(), 702, "a row is a line in a pipe");
    }

    #[test]
    fn a_table_without_rows_has_its_heading() {
        assert!(printed(&["id", "name"], &[], Some(80)).starts_with(" id   name"));
    }

    #[test]
    fn narrow_columns_keep_their_width() {
        for (natural, space, expected) in [
            (&[3, 5][..], 80, Some(vec![3, 5])),
            (&[3, 50, 5], 40, Some(vec![3, 32, 5])),
            (&[50, 3, 60], 43, Some(vec![20, 3, 20])),
            (&[50, 60], 15, None),
            (&[4, 4], 8, Some(vec![4, 4])),
        ] {
            let least: Vec<usize> = natural.iter().map(|width| super::LEAST.min(*width)).collect();
            assert_eq!(narrowed(natural, &least, space), expected, "{natural:?} in {space}");
        }
    }

    #[test]
    fn words_and_numbers_are_broken_only_if_nothing_else_can_be_narrowed() {
        let sentence = "a sentence of several words that goes on and on ".repeat(3);
        let row = |name: &str, at: &str| vec![name.to_owned(), at.to_owned(), sentence.clone()];
        let rows = [row("dma.chair_join_time", "2026-11-30T01:34:48.317Z"), row("a.much_longer_name_of_it", "")];
        for (width, whole) in [
            (80, &["dma.chair_join_time", "a.much_longer_name_of_it", "2026-11-30T01:34:48.317Z", "sentence"][..]),
            (70, &["dma.chair_join_time", "a.much_longer_name_of_it", "2026-11-30T01:34:48.317Z"]),
            (54, &["2026-11-30T01:34:48.317Z"]),
        ] {
            let mut table = Table::new(Vec::new(), &["name", "at", "meaning"], Some(width));
            table.keep(1);
            rows.iter().for_each(|row| table.row(row.clone()).unwrap());
            let text = String::from_utf8(table.end().unwrap()).unwrap();
            assert!(text.lines().all(|line| line.width() <= width), "{width}: {text}");
            for word in whole {
                assert!(text.contains(word), "{word} at {width}: {text}");
            }
        }
    }
}
