//! Rows of a delimited file, whose columns a heading, the mapping or the settings name.

use std::io::Read;

use cdr_mediation::Content;

use super::cells::Cells;
use super::document::ColumnRef;
use super::map::Map;
use super::mapping::TableMapping;
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::fault::{Fault, number_of_fields, shown};
use crate::feed::FeedSettings;
use crate::notes::Note;
use crate::rows::Mapping;
use crate::text::text;

/// The names of the columns that are read as a name of a column for `extra`, and their places.
type Extra = Vec<(String, usize)>;

/// The rows of a table.
pub(super) struct Rows {
    map: Map,
    place: Places,
    note: Option<Note>,
}

/// Where the columns of a mapping are in a row.
#[derive(Debug, Default)]
struct Places {
    /// The number of columns, if it is known.
    width: Option<usize>,
    /// By the numbers of the columns in the mapping; `None` if the table has no such column.
    columns: Vec<Option<usize>>,
    extra: Extra,
}

/// Passes over the lines before the table, reads its heading if it has one, and finds the columns of the mapping.
pub(super) fn rows<R: Read>(
    rows: &mut Delimited<R>,
    map: Map,
    file: &str,
    settings: &FeedSettings,
) -> Result<Rows, IntakeError> {
    let mapping = &map.mapping;
    let position = |rows: &Delimited<R>| format!("{file}:{}", rows.line());
    for _ in 0..mapping.skip {
        let at = position(rows);
        rows.next_line().map_err(|source| IntakeError::Input { position: at, source })?;
    }
    let at = position(rows);
    let names = if mapping.heading {
        let mut fields = Fields::default();
        let found = rows.next(&mut fields, |_| Ok(()));
        let Some(found) = found.map_err(|source| IntakeError::Input { position: at.clone(), source })? else {
            return Ok(Rows { map, place: Places::default(), note: None });
        };
        if let Some(fault) = found.fault {
            let detail = format!("the heading cannot be read: {}", fault.detail);
            return Err(IntakeError::Header { position: at, detail });
        }
        fields.iter().map(|field| text(field).into_owned()).collect()
    } else if mapping.names.is_empty() {
        settings.columns.clone()
    } else {
        mapping.names.clone()
    };
    let place = Places::of(mapping, &names, &settings.extra);
    let place = place.map_err(|detail| IntakeError::Header { position: at, detail })?;
    Ok(Rows { map, place, note: None })
}

impl Places {
    /// The places of the columns of a mapping under these names.
    fn of(mapping: &TableMapping, names: &[String], extra: &[String]) -> Result<Places, String> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
        let place = |name: &str| names.iter().position(|known| known == name);
        let is_there = |name: &String| place(&name.trim().to_lowercase()).is_some();
        let what = if mapping.heading { "the heading has" } else { "the settings name" };
        for (wanted, field) in &mapping.required {
            if !wanted.iter().any(is_there) {
                let wanted = wanted.iter().map(|name| shown(name)).collect::<Vec<_>>().join(" or ");
                return Err(format!("{what} no column {wanted}, which {field} needs"));
            }
        }
        let mut columns = Vec::with_capacity(mapping.columns.len());
        for column in &mapping.columns {
            columns.push(match column {
                ColumnRef::Place(place) => Some(place - 1),
                ColumnRef::Name(name) if names.iter().filter(|known| *known == name).count() > 1 => {
                    return Err(format!("{what} {} twice", shown(name)));
                }
                ColumnRef::Name(name) => place(name),
            });
        }
        let extra = extra.iter().filter_map(|name| Some((name.clone(), place(&name.trim().to_lowercase())?))).collect();
        Ok(Places { width: Some(names.len()).filter(|width| *width > 0), columns, extra })
    }

    /// The number of columns that a row has to have.
    fn least(&self) -> usize {
        self.width.unwrap_or_else(|| self.columns.iter().flatten().max().map_or(0, |last| last + 1))
    }
}

impl Mapping for Rows {
    /// Further fields are accepted if they are empty, as of rows that end in a delimiter, or if the number is not known.
    fn shape(&self, fields: &Fields) -> Result<(), Fault> {
        let (found, least) = (fields.len(), self.place.least());
        let has_more = (least..found).any(|at| fields.get(at).is_some_and(|field| !field.is_empty()));
        if found < least || (has_more && self.place.width.is_some()) {
            return Err(Fault::new("columns", format!("{}, the table has {least}", number_of_fields(found))));
        }
        Ok(())
    }

    fn content(&mut self, fields: &Fields) -> Result<Content, Fault> {
        self.note = None;
        let (texts, rules) = (fields.texts(), &self.map.mapping.cells);
        let value = |place: usize| texts.get(place).and_then(|(text, is_quoted)| rules.value(text, is_quoted));
        let cells = Cells(self.place.columns.iter().map(|place| value((*place)?)).collect());
        let extra =
            self.place.extra.iter().filter_map(|(name, place)| Some((name.clone(), value(*place)?.into_owned())));
        let (content, note) = self.map.content(&cells, extra.collect())?;
        self.note = note;
        Ok(content)
    }

    fn notes(&mut self) -> Vec<Note> {
        self.note.take().into_iter().collect()
    }
}
