//! The layouts of rows, prepared for reading.

use cdr_export::{Column as PrintedColumn, ColumnContent, DurationStyle, ExportError, Layout, SheetContent, Style};
use cdr_model::{CdrField, ConferenceField, Field, FieldKind};

use crate::error::IntakeError;

/// How a column is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use<F> {
    /// The value of this field.
    Field(F),
    /// The value of this field, a duration in whole seconds.
    Seconds(F),
    /// The SIP code and reason of a failure.
    Failure,
    /// Ignored, or stored in `extra` under its heading.
    Constant,
}

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column<F> {
    /// The heading in the layout.
    pub(super) heading: String,
    pub(super) does: Use<F>,
    /// Whether a blank is stored as an empty text. Needed where the layout prints another value in place of null: the
    /// row would otherwise not be printed as received.
    pub(super) keeps_blank: bool,
}

/// The columns of a sheet.
pub(super) type Columns<F> = Vec<Column<F>>;

/// The sheets of the layouts.
pub(super) struct Profiles {
    pub(super) calls: Vec<Columns<CdrField>>,
    pub(super) conferences: Vec<Columns<ConferenceField>>,
}

impl Profiles {
    pub(super) fn of(layouts: &[Layout]) -> Result<Profiles, IntakeError> {
        Ok(Profiles {
            calls: sheets(layouts, SheetContent::Calls, CdrField::is_given)?,
            conferences: sheets(layouts, SheetContent::Conferences, ConferenceField::is_given)?,
        })
    }

    /// The headings of the columns that have no field.
    pub(super) fn constants(&self) -> Vec<&str> {
        let calls = self.calls.iter().flatten().filter(|column| column.does == Use::Constant);
        let mut headings: Vec<&str> = calls.map(|column| column.heading.as_str()).collect();
        headings.sort_unstable();
        headings.dedup();
        headings
    }
}

/// The possible numbers of columns for messages, such as `28 or 43`.
pub(super) fn numbers<F>(sheets: &[Columns<F>]) -> String {
    let mut numbers: Vec<usize> = sheets.iter().map(Vec::len).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ")
}

fn sheets<F: Field>(
    layouts: &[Layout],
    rows: SheetContent,
    is_given: fn(F) -> bool,
) -> Result<Vec<Columns<F>>, IntakeError> {
    let mut sheets = Vec::new();
    for layout in layouts {
        for sheet in layout.sheets.iter().filter(|sheet| sheet.rows == rows) {
            let columns = sheet.columns.iter().map(|printed| {
                column(layout, printed, is_given).map_err(|what| {
                    let what = format!("sheet `{}`, column `{}`: {what}", sheet.name, printed.heading);
                    IntakeError::from(ExportError::Layout { layout: layout.name.clone(), what })
                })
            });
            let columns = columns.collect::<Result<_, _>>()?;
            sheets.push(columns);
        }
    }
    Ok(sheets)
}

fn column<F: Field>(layout: &Layout, printed: &PrintedColumn, is_given: fn(F) -> bool) -> Result<Column<F>, String> {
    let heading = printed.heading.clone();
    let ColumnContent::Field { field, or, otherwise } = &printed.content else {
        return Ok(Column { heading, does: Use::Constant, keeps_blank: false });
    };
    if [CdrField::Failure.name(), CdrField::DmaFailureSignalingCode.name()].contains(&field.as_str()) {
        return Ok(Column { heading, does: Use::Failure, keeps_blank: false });
    }
    let field = F::named(field).map_err(|error| error.to_string())?;
    let style = match printed.style {
        Some(Style::Duration(style)) => style,
        _ => layout.styles.durations,
    };
    let does = match field.kind() {
        _ if !is_given(field) => Use::Constant,
        FieldKind::Duration if style == DurationStyle::Seconds => Use::Seconds(field),
        _ => Use::Field(field),
    };
    let keeps_blank = field.kind() == FieldKind::Text && (!or.is_empty() || otherwise.is_some());
    Ok(Column { heading, does, keeps_blank })
}
