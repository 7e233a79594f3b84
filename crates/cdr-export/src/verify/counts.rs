//! Sheets of counts: one row with the numbers of rows of other sheets.

use super::findings::Findings;
use crate::format::{ReadRow, unguarded};
use crate::layout::{ColumnContent, Sheet, SheetContent, Summary};

/// The numbers of rows of the sheets that were read so far, as in the receipt.
#[derive(Default)]
pub(super) struct Counted {
    calls: Option<u64>,
    conferences: Option<u64>,
}

impl Counted {
    pub(super) fn add(&mut self, content: SheetContent, rows: u64) {
        match content {
            SheetContent::Calls => self.calls = Some(rows),
            SheetContent::Conferences => self.conferences = Some(rows),
            SheetContent::Counts | SheetContent::Records => (),
        }
    }
}

/// The cells of a row, as they were before they were guarded.
pub(super) fn cells(row: &ReadRow, is_guarded: bool) -> Vec<String> {
    let cell = |at| row.cell(at).map(|text| if is_guarded { unguarded(text) } else { text }).unwrap_or_default();
    (0..row.len()).map(|at| cell(at).to_owned()).collect()
}

/// Compares the counts with the numbers of rows of the sheets before this one. That these are the numbers in the file
/// is checked with each sheet.
pub(super) fn compare(findings: &mut Findings, counted: &Counted, part: &str, sheet: &Sheet, found: &[String]) {
    let (mut confirmed, mut unknown) = (Vec::new(), Vec::new());
    findings.compare(part, "number of cells", sheet.columns.len(), found.len());
    for (column, cell) in sheet.columns.iter().zip(found) {
        let heading = &column.heading;
        let expected = match &column.content {
            ColumnContent::Constant(text) => Some(text.clone()),
            ColumnContent::Summary(Summary::Calls) => counted.calls.map(|rows| rows.to_string()),
            ColumnContent::Summary(Summary::Conferences) => counted.conferences.map(|rows| rows.to_string()),
            ColumnContent::Summary(_) | ColumnContent::Field { .. } => None,
        };
        match expected {
            Some(expected) => {
                confirmed.push(heading.clone());
                findings.compare(part, &format!("column `{heading}`"), expected.as_str(), cell.as_str());
            }
            None => unknown.push(heading.clone()),
        }
    }
    findings.confirmed(part, confirmed);
    findings.unknown(part, unknown);
}
