//! Turning records into rows. The columns of a sheet are looked up once in the catalogue of its records.

use std::sync::Arc;

use cdr_model::{Directory, Field, Record, Value, Zone};

use crate::cell::{write_integer, write_money, write_uuid};
use crate::error::ExportError;
use crate::format::{Cell, Encoder};
use crate::layout::{Column, ColumnContent, DurationStyle, Layout, Sheet, Styles};
use crate::time_formatter::TimeFormatter;

/// Writes the rows of one sheet. Every worker has its own printer.
#[derive(Clone)]
pub(crate) struct Printer<'a, F> {
    columns: Arc<[Printed<F>]>,
    encoder: Arc<dyn Encoder>,
    directory: &'a Directory,
    verbatim: bool,
    cells: CellWriter,
}

struct Printed<F> {
    heading: String,
    content: Content<F>,
    styles: Styles,
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
            Ok(Printed { heading: column.heading.clone(), content, styles: layout.styles.with(column.style) })
        };
        let columns = sheet.columns.iter().map(print).collect::<Result<_, ExportError>>()?;
        Ok(Printer { columns, encoder, directory, verbatim: layout.verbatim, cells: CellWriter::new(zone) })
    }

    /// Appends the row of a record.
    pub(crate) fn write<R: Record<Field = F>>(&mut self, record: &R, out: &mut Vec<u8>) {
        for (at, column) in self.columns.iter().enumerate() {
            let encoder = &*self.encoder;
            match &column.content {
                Content::Constant(text) => encoder.cell(at, Cell::Text(text), out),
                Content::Fields(fields, otherwise) => {
                    let printed = if self.verbatim { record.printed(&column.heading) } else { None };
                    if let Some(text) = printed {
                        encoder.cell(at, Cell::Text(text), out);
                        continue;
                    }
                    let written = fields.iter().any(|field| {
                        let value = record.value(*field, self.directory);
                        self.cells.write(encoder, at, &value, column.styles, out)
                    });
                    if !written {
                        encoder.cell(at, otherwise.as_ref().map_or(Cell::Nothing, |text| Cell::Text(text)), out);
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
}

impl CellWriter {
    fn new(zone: Zone) -> CellWriter {
        CellWriter { clock: TimeFormatter::new(zone), scratch: Vec::new() }
    }

    /// Appends the cell of a value. Returns `false` if the value is null.
    fn write(
        &mut self,
        encoder: &dyn Encoder,
        at: usize,
        value: &Value<'_>,
        styles: Styles,
        out: &mut Vec<u8>,
    ) -> bool {
        self.scratch.clear();
        let cell = match value {
            Value::Null => return false,
            Value::Text(text) => Cell::Text(text),
            Value::Boolean(yes) => Cell::Boolean(*yes, styles.booleans),
            Value::Integer(n) => {
                write_integer(*n, &mut self.scratch);
                Cell::Number(&self.scratch)
            }
            Value::Duration(micros) => {
                let shown = match styles.durations {
                    DurationStyle::Micros => *micros,
                    DurationStyle::Seconds => micros.div_euclid(1_000_000),
                };
                write_integer(shown, &mut self.scratch);
                Cell::Number(&self.scratch)
            }
            Value::Time(time) => {
                self.clock.write(*time, styles.times, &mut self.scratch);
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
        };
        encoder.cell(at, cell, out);
        true
    }
}
