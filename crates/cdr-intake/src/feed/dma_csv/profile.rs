//! The layouts a row may have, made ready for reading.

use cdr_export::{Content, DurationStyle, ExportError, Layout, Rows, Style};
use cdr_model::{CdrField, ConferenceField, Field, FieldKind};

use crate::error::IntakeError;

/// What is done with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use<F> {
    /// It is put into this field.
    Field(F),
    /// It is a duration in whole seconds, put into this field.
    Seconds(F),
    /// It is the SIP code and reason of a failure.
    Failure,
    /// It is read over, or kept in `extra` by its heading.
    Constant,
}

/// The columns of a sheet: headings, and what is done with them.
pub(super) type Columns<F> = Vec<(String, Use<F>)>;

/// The sheets that rows may have.
pub(super) struct Profiles {
    pub(super) calls: Vec<Columns<CdrField>>,
    pub(super) conferences: Vec<Columns<ConferenceField>>,
}

impl Profiles {
    pub(super) fn of(layouts: &[Layout]) -> Result<Profiles, IntakeError> {
        Ok(Profiles {
            calls: sheets(layouts, Rows::Calls, CdrField::is_given)?,
            conferences: sheets(layouts, Rows::Conferences, ConferenceField::is_given)?,
        })
    }

    /// The headings of columns that no field takes.
    pub(super) fn constants(&self) -> Vec<&str> {
        let calls = self.calls.iter().flatten().filter(|(_, column)| *column == Use::Constant);
        let mut headings: Vec<&str> = calls.map(|(heading, _)| heading.as_str()).collect();
        headings.sort_unstable();
        headings.dedup();
        headings
    }
}

/// The numbers of columns there could be, for people: `28 or 43`.
pub(super) fn numbers<F>(sheets: &[Columns<F>]) -> String {
    let mut numbers: Vec<usize> = sheets.iter().map(Vec::len).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ")
}

fn sheets<F: Field>(layouts: &[Layout], rows: Rows, is_given: fn(F) -> bool) -> Result<Vec<Columns<F>>, IntakeError> {
    let mut sheets = Vec::new();
    for layout in layouts {
        for sheet in layout.sheets.iter().filter(|sheet| sheet.rows == rows) {
            let mut columns = Vec::with_capacity(sheet.columns.len());
            for column in &sheet.columns {
                let does = match &column.content {
                    Content::Field { field, .. } => {
                        let is_seconds = match column.style {
                            Some(Style::Duration(style)) => style == DurationStyle::Seconds,
                            _ => layout.styles.durations == DurationStyle::Seconds,
                        };
                        use_of(field, is_given, is_seconds).map_err(|what| {
                            let what = format!("sheet `{}`, column `{}`: {what}", sheet.name, column.heading);
                            IntakeError::from(ExportError::Layout { layout: layout.name.clone(), what })
                        })?
                    }
                    _ => Use::Constant,
                };
                columns.push((column.heading.clone(), does));
            }
            sheets.push(columns);
        }
    }
    Ok(sheets)
}

fn use_of<F: Field>(name: &str, is_given: fn(F) -> bool, is_seconds: bool) -> Result<Use<F>, String> {
    if [CdrField::Failure.name(), CdrField::DmaFailureSignalingCode.name()].contains(&name) {
        return Ok(Use::Failure);
    }
    let field = F::named(name).map_err(|error| error.to_string())?;
    Ok(match field.kind() {
        _ if !is_given(field) => Use::Constant,
        FieldKind::Duration if is_seconds => Use::Seconds(field),
        _ => Use::Field(field),
    })
}
