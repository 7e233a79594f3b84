//! A list of rows in the format that was asked for.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use anyhow::Context;
use cdr_model::LocalZone;
use console::Term;
use csv::WriterBuilder;

use super::{Cell, JsonArray, Table, unless_closed};
use crate::cli::ListFormat;

/// A list that is being written to standard output.
pub(crate) struct List {
    writer: Writer<BufWriter<StdoutLock<'static>>>,
    zone: LocalZone,
    /// Whether an instant was printed, so that the zone has to be named.
    has_times: bool,
}

enum Writer<W: Write> {
    Table(Table<W>),
    Csv(Box<csv::Writer<W>>),
    Json { array: JsonArray<W>, members: Vec<String> },
    Ndjson { out: W, members: Vec<String> },
}

impl List {
    /// Begins a list with these columns. Instants in a table are in `zone`.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn begin(format: ListFormat, heading: &[&str], zone: &LocalZone) -> io::Result<List> {
        let out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let members = heading.iter().map(|name| name.replace(' ', "_")).collect::<Vec<_>>();
        let writer = match format {
            ListFormat::Table => Writer::Table(Table::new(out, heading, width())),
            ListFormat::Csv => {
                let mut csv = WriterBuilder::new().from_writer(out);
                csv.write_record(&members).map_err(of_csv)?;
                Writer::Csv(Box::new(csv))
            }
            ListFormat::Json => Writer::Json { array: JsonArray::new(out), members },
            ListFormat::Ndjson => Writer::Ndjson { out, members },
        };
        Ok(List { writer, zone: *zone, has_times: false })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When standard output cannot be written; [`unless_closed`] ignores a closed pipe.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.has_times |= cells.iter().any(|cell| matches!(cell, Cell::Time(_)));
        match &mut self.writer {
            Writer::Table(table) => {
                let firm = cells.iter().enumerate().filter(|(_, cell)| cell.is_firm());
                firm.for_each(|(at, _)| table.keep(at));
                table.row(cells.iter().map(|cell| cell.shown(&self.zone)))
            }
            Writer::Csv(csv) => csv.write_record(cells.iter().map(Cell::plain)).map_err(of_csv),
            Writer::Json { array, members } => line(array, members, cells),
            Writer::Ndjson { out, members } => line(out, members, cells),
        }
    }

    /// Ends the list. A table with instants names their zone.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn end(self) -> io::Result<()> {
        match self.writer {
            Writer::Table(table) => table.end().and_then(|mut out| {
                if self.has_times {
                    writeln!(out, "Times are in {}.", self.zone.zone)?;
                }
                out.flush()
            }),
            Writer::Csv(mut csv) => csv.flush(),
            Writer::Json { array, .. } => array.end(),
            Writer::Ndjson { mut out, .. } => out.flush(),
        }
    }
}

/// Prints a list. A closed pipe is not an error.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn print<R: AsRef<[Cell]>>(
    format: ListFormat,
    heading: &[&str],
    zone: &LocalZone,
    rows: impl IntoIterator<Item = R>,
) -> anyhow::Result<()> {
    let written = List::begin(format, heading, zone).and_then(|mut list| {
        rows.into_iter().try_for_each(|row| list.row(row.as_ref()))?;
        list.end()
    });
    unless_closed(written.context("standard output"))
}

fn of_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The width of the terminal; `None` if standard output is not a terminal.
pub(crate) fn width() -> Option<usize> {
    let size = io::stdout().is_terminal().then(|| Term::stdout().size_checked()).flatten();
    size.map(|(_, columns)| usize::from(columns)).filter(|columns| *columns > 0)
}

fn line(out: &mut impl Write, members: &[String], cells: &[Cell]) -> io::Result<()> {
    // The members in the order of the columns, which a map would sort.
    for (at, (member, cell)) in members.iter().zip(cells).enumerate() {
        out.write_all(if at == 0 { b"{" } else { b"," })?;
        serde_json::to_writer(&mut *out, member)?;
        out.write_all(b":")?;
        serde_json::to_writer(&mut *out, &cell.json())?;
    }
    out.write_all(b"}\n")
}
