//! Native NDJSON: one object per line.

use cdr_mediation::Content;

use super::columns::Column;
use super::given::Given;
use super::record::content;
use crate::fault::{Fault, shown};
use crate::feed::InputSheet;
use crate::json::{Members, scalar};
use crate::notes::Note;
use crate::rows::LineMapping;
use crate::text::text;

/// The objects of a sheet.
pub(super) struct Objects {
    pub(super) sheet: InputSheet,
}

impl LineMapping for Objects {
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault> {
        let line = text(line);
        let Members(members) = serde_json::from_str(&line).map_err(|error| {
            Fault::new("not-json", format!("{error}; expected an object such as {{\"started_at\":\"…\"}}"))
        })?;
        let mut columns = Vec::with_capacity(members.len());
        for (at, (name, _)) in members.iter().enumerate() {
            if members[..at].iter().any(|(before, _)| before == name) {
                return Err(Fault::new("field-twice", format!("the object names {} twice", shown(name))));
            }
            columns.push(Column::named(self.sheet, name).map_err(|wrong| Fault::new("field-unknown", wrong))?);
        }
        let mut given = Vec::with_capacity(members.len());
        for ((name, value), column) in members.iter().zip(&columns) {
            let text = scalar(name, value)?;
            given.push(Given { name, column, is_null: text.is_none(), text: text.unwrap_or_default() });
        }
        content(self.sheet, given).map(|content| (content, None))
    }
}
