//! Turning records into rows. The columns of a sheet are looked up once in the catalogue of its records.

use std::sync::Arc;

use cdr_model::{Directory, Field, Record, Value, Zone};

use crate::cell::{write_integer, write_money, write_uuid};
use crate::cell_reader::CellReader;
use crate::error::ExportError;
use crate::format::{Cell, Encoder};
use crate::layout::{Column, ColumnContent, DurationStyle, Layout, Sheet, Styles};
use crate::time_formatter::TimeFormatter;
use crate::total::{Reading, RunningTotal, TotalKind};

/// Writes the rows of one sheet. Every worker has its own printer.
#[derive(Clone)]
pub(crate) struct Printer<'a, F> {
    columns: Arc<[Printed<F>]>,
    encoder: Arc<dyn Encoder>,
    directory: &'a Directory,
    verbatim: bool,
    cells: CellWriter,
    /// For text that is printed in columns with a control total in place of a value.
    readers: Vec<CellReader>,
}

struct Printed<F> {
    heading: String,
    content: Content<F>,
    styles: Styles,
    /// The kind of its control total, and its place among those of the sheet.
    total: Option<(TotalKind, usize)>,
}

enum Content<F> {
    Constant(String),
    Fields(Vec<F>, Option<String>),
}

impl<'a, F: Field> Printer<'a, F> {
    pub(crate) fn new(
        layout: &Layout,
        sheet: &Sheet,
        zone: Zone,
        encoder: Arc<dyn Encoder>,
        directory: &'a Directory,
    ) -> Result<Printer<'a, F>, ExportError> {
        let fault = |column: &Column, what: String| ExportError::Layout {
            layout: layout.name.clone(),
            what: format!("sheet `{}`: column `{}`: {what}", sheet.name, column.heading),
        };
        let print = |column: &Column| {
            let content = match &column.content {
                ColumnContent::Constant(text) => Content::Constant(text.clone()),
                ColumnContent::Field { otherwise, .. } => {
                    Content::Fields(column.fields().map_err(|what| fault(column, what))?, otherwise.clone())
                }
                ColumnContent::Summary(_) => {
                    return Err(fault(column, "only a sheet of counts takes `summary`".to_owned()));
                }
            };
            let styles = layout.styles.with(column.style);
            Ok(Printed { heading: column.heading.clone(), content, styles, total: None })
        };
        let mut columns = sheet.columns.iter().map(print).collect::<Result<Vec<_>, ExportError>>()?;
        let mut readers = Vec::new();
        for column in &mut columns {
            let Content::Fields(fields, _) = &column.content else { continue };
            let Some(kind) = TotalKind::of(fields) else { continue };
            column.total = Some((kind, readers.len()));
            readers.push(CellReader::new(kind, column.styles, layout.verbatim, zone));
        }
        let (columns, cells) = (columns.into(), CellWriter::new(zone));
        Ok(Printer { columns, encoder, directory, verbatim: layout.verbatim, cells, readers })
    }

    /// The headings and the kinds of the columns with a control total.
    pub(crate) fn totals(&self) -> Vec<(String, TotalKind)> {
        self.columns.iter().filter_map(|column| Some((column.heading.clone(), column.total?.0))).collect()
    }

    /// Appends the row of a record, and adds it to the control totals of its columns.
    pub(crate) fn write<R: Record<Field = F>>(&mut self, record: &R, totals: &mut [RunningTotal], out: &mut Vec<u8>) {
        for (at, column) in self.columns.iter().enumerate() {
            let encoder = &*self.encoder;
            match &column.content {
                Content::Constant(text) => encoder.cell(at, Cell::Text(text), out),
                Content::Fields(fields, otherwise) => {
                    let printed = if self.verbatim { record.printed(&column.heading) } else { None };
                    if let Some(text) = printed {
                        encoder.cell(at, Cell::Text(text), out);
                        if let Some((_, total)) = column.total {
                            let received = self.readers[total].read(text);
                            let own = self.cells.own(fields, record, self.directory, column.styles);
                            totals[total].as_received += u64::from(received != own);
                            received.into_iter().for_each(|reading| totals[total].add(reading));
                        }
                        continue;
                    }
                    let written = fields.iter().filter(|field| !record.lacks(**field)).any(|field| {
                        let value = record.value(*field, self.directory);
                        let Some(cell) = self.cells.cell(&value, column.styles) else { return false };
                        encoder.cell(at, cell, out);
                        if let Some((_, total)) = column.total
                            && let Some(reading) = self.cells.reading(&value, column.styles)
                        {
                            totals[total].add(reading);
                        }
                        true
                    });
                    if written {
                        continue;
                    }
                    encoder.cell(at, otherwise.as_ref().map_or(Cell::Nothing, |text| Cell::Text(text)), out);
                    if let (Some((_, total)), Some(text)) = (column.total, otherwise) {
                        self.readers[total].read(text).into_iter().for_each(|reading| totals[total].add(reading));
                    }
                }
            }
        }
        self.encoder.end(out);
    }
}

/// Turns values into cells.
#[derive(Clone)]
struct CellWriter {
    clock: TimeFormatter,
    scratch: Vec<u8>,
    /// The microseconds that the last cell of an instant denotes.
    denoted: Option<i64>,
}

impl CellWriter {
    fn new(zone: Zone) -> CellWriter {
        CellWriter { clock: TimeFormatter::new(zone), scratch: Vec::new(), denoted: None }
    }

    /// What a cell of these fields would show of the record, if it did not hold text as received.
    fn own<R: Record>(
        &mut self,
        fields: &[R::Field],
        record: &R,
        directory: &Directory,
        styles: Styles,
    ) -> Option<Reading> {
        let mut values = fields.iter().map(|field| record.value(*field, directory));
        let value = values.find(|value| *value != Value::Null)?;
        self.cell(&value, styles)?;
        self.reading(&value, styles)
    }

    /// The cell of a value; `None` for null.
    fn cell<'s>(&'s mut self, value: &'s Value<'_>, styles: Styles) -> Option<Cell<'s>> {
        self.scratch.clear();
        Some(match value {
            Value::Null => return None,
            Value::Text(text) => Cell::Text(text),
            Value::Boolean(yes) => Cell::Boolean(*yes, styles.booleans),
            Value::Integer(n) => {
                write_integer(*n, &mut self.scratch);
                Cell::Number(&self.scratch)
            }
            Value::Duration(micros) => {
                let (shown, _) = whole(*micros, styles);
                write_integer(shown, &mut self.scratch);
                Cell::Number(&self.scratch)
            }
            Value::Time(time) => {
                self.denoted = self.clock.write(*time, styles.times, &mut self.scratch);
                Cell::Printed(&self.scratch)
            }
            Value::Money(amount) => {
                write_money(*amount, &mut self.scratch);
                Cell::Printed(&self.scratch)
            }
            Value::Uuid(uuid) => {
                write_uuid(*uuid, &mut self.scratch);
                Cell::Printed(&self.scratch)
            }
        })
    }

    /// What the last cell, which was of this value, shows, if it is an instant, a length of time or an amount.
    fn reading(&self, value: &Value<'_>, styles: Styles) -> Option<Reading> {
        match value {
            Value::Time(_) => self.denoted.map(|micros| Reading::Micros(micros.into())),
            Value::Duration(micros) => {
                let (shown, unit) = whole(*micros, styles);
                Some(Reading::Micros(i128::from(shown) * i128::from(unit)))
            }
            Value::Money(amount) => Some(Reading::Money(*amount)),
            _ => None,
        }
    }
}

/// A length of time in microseconds as it is printed, and its unit in microseconds.
fn whole(micros: i64, styles: Styles) -> (i64, i64) {
    match styles.durations {
        DurationStyle::Micros => (micros, 1),
        DurationStyle::Seconds => (micros.div_euclid(1_000_000), 1_000_000),
    }
}
