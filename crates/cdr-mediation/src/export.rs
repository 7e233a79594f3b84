//! Writing an export: every sheet of a specification, for one query, at one watermark.

use std::io::Write;
use std::time::Instant;

use cdr_export::{
    Counts, Cut, ExportFile, ExportSpec, Kinds, Layout, QueryFacts, Receipt, Sheet, SheetContent, SheetReceipt,
};
use cdr_model::{Anchor, CdrField, Directory, Field, PortError};
use cdr_query::{CdrQuery, Condition, SortBy, Test, Window};
use serde::{Deserialize, Serialize};

use self::fields::for_sheet;
use crate::error::MediationError;
use crate::ports::CdrSource;
use crate::progress::{Progress, Step};

/// The number of rows between two progress reports.
const STRIDE: u64 = 1024;

/// A request for an export: plain data with everything that the writer needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportRequest {
    /// The query for the records.
    pub query: CdrQuery,
    /// The specification of the file.
    #[serde(rename = "plan")]
    pub spec: ExportSpec,
}

impl ExportRequest {
    /// The version of the JSON document of a request. It is raised by changes that older programs cannot read or would
    /// misread. Older programs leave such requests to newer ones.
    pub const VERSION: u32 = 3;

    /// The version that this request needs: 3 if a test is [`Test::Network`] or it names a field that older programs do
    /// not know, 2 if its order has keys or a test is [`Test::AnyOf`], else 1.
    pub fn version(&self) -> u32 {
        let of_conditions = self.query.conditions.iter().map(|condition| version_of(condition.test()));
        let of_order = if self.query.order.keys.is_empty() { 1 } else { 2 };
        let of_fields =
            if self.fields().any(|name| FIELDS_OF_3.iter().any(|field| field.name() == name)) { 3 } else { 1 };
        of_conditions.chain([of_order, of_fields]).max().unwrap_or(1)
    }

    /// The names of the fields that it prints, compares and sorts by.
    fn fields(&self) -> impl Iterator<Item = &str> {
        let columns = self.spec.layout.sheets.iter().flat_map(|sheet| &sheet.columns);
        let compared = self.query.conditions.iter().map(|condition| condition.field().name());
        let sorted = self.query.order.keys.iter().map(|key| key.field.name());
        columns.flat_map(|column| column.field_names()).chain(compared).chain(sorted)
    }
}

/// The fields that were added with version 3.
const FIELDS_OF_3: [CdrField; 5] =
    [CdrField::Key, CdrField::Digest, CdrField::Finished, CdrField::XdrDirection, CdrField::XdrGroup];

/// The version that a test needs.
fn version_of(test: &Test) -> u32 {
    match test {
        Test::Network { .. } => 3,
        Test::AnyOf(groups) => groups.iter().flatten().map(version_of).max().unwrap_or(2).max(2),
        _ => 1,
    }
}

/// Writes an export and returns its receipt, which does not contain the name of the file yet ([`Receipt::file`] has its
/// size and digest).
///
/// The query is answered at its watermark, or at the current watermark of the source if it has none. Records that
/// arrive while the export is written are not in the file. With `progress`, rows are counted first, which takes a pass
/// over the window.
///
/// # Errors
/// If the specification is invalid, the source cannot be read to the end, or the output cannot be written. The bytes
/// written before the error are not a valid export and have to be discarded.
pub fn write_export<W: Write>(
    source: &dyn CdrSource,
    request: &ExportRequest,
    out: W,
    progress: Option<&mut dyn FnMut(Progress)>,
) -> Result<Receipt, MediationError> {
    request.spec.check()?;
    let mut query = request.query.clone();
    let watermark = query.upto.map_or_else(|| source.watermark(), Ok)?;
    query.upto = Some(watermark);
    // Read after the watermark, so that it has the names for every record that the export may contain.
    let directory = source.directory()?;
    let work = Work { source, query: &query, layout: &request.spec.layout, directory: &directory };
    let mut progress_reporter = ProgressReporter { progress, so_far: Progress::default(), began: Instant::now() };
    if progress_reporter.is_watched() {
        progress_reporter.so_far.expected = work.expected(&request.spec)?;
    }

    let mut file = ExportFile::create(out, &request.spec)?;
    let mut counts = Counts { sources_included: work.source_names(), ..Counts::default() };
    let mut sheets = Vec::new();
    for sheet in &request.spec.layout.sheets {
        sheets.push(match sheet.rows {
            SheetContent::Calls => {
                progress_reporter.enter(Step::Calls);
                let receipt = work.calls(&mut file, sheet, &mut progress_reporter)?;
                counts.calls = receipt.rows;
                receipt
            }
            SheetContent::Conferences => {
                progress_reporter.enter(Step::Conferences);
                let receipt = work.conferences(&mut file, sheet, &mut progress_reporter)?;
                counts.conferences = receipt.rows;
                receipt
            }
            SheetContent::Counts => file.counts(sheet, &counts)?,
            SheetContent::Records => {
                return Err(PortError::Refused(format!("sheet `{}` is not of calls", sheet.name)).into());
            }
        });
    }
    progress_reporter.enter(Step::Finishing);
    let (_, file) = file.finish()?;
    Ok(Receipt::new(facts(&query, watermark), &request.spec, sheets, "", file))
}

/// The parameters that all sheets share.
struct Work<'a> {
    source: &'a dyn CdrSource,
    query: &'a CdrQuery,
    layout: &'a Layout,
    directory: &'a Directory,
}

impl Work<'_> {
    /// The expected number of rows in all sheets of records.
    fn expected(&self, spec: &ExportSpec) -> Result<u64, MediationError> {
        let mut expected = 0;
        for sheet in &spec.layout.sheets {
            expected += match sheet.rows {
                SheetContent::Calls => self.source.count(&self.of_sheet(sheet))?,
                SheetContent::Conferences => self.source.count_conferences(self.query)?,
                SheetContent::Counts | SheetContent::Records => 0,
            };
        }
        Ok(expected)
    }

    /// The query for a sheet of calls, restricted to the kinds of the sheet.
    fn of_sheet(&self, sheet: &Sheet) -> CdrQuery {
        match sheet.kinds {
            Kinds::Call => self.query.clone().only_calls(),
            Kinds::All => self.query.clone(),
        }
    }

    fn calls<W: Write>(
        &self,
        file: &mut ExportFile<W>,
        sheet: &Sheet,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<SheetReceipt, MediationError> {
        let query = for_sheet(self.of_sheet(sheet), self.layout, sheet);
        let mut receipt = file.sheet(sheet, self.directory, self.anchor(), self.cut(), |push| {
            self.source.scan_fields(&query, &mut |call| {
                progress_reporter.count_row();
                push(call)
            })?;
            Ok::<(), MediationError>(())
        })?;
        receipt.without_anchor = self.without_anchor(&query)?;
        Ok(receipt)
    }

    fn conferences<W: Write>(
        &self,
        file: &mut ExportFile<W>,
        sheet: &Sheet,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<SheetReceipt, MediationError> {
        let query = for_sheet(self.query.clone(), self.layout, sheet);
        file.sheet(sheet, self.directory, self.anchor(), self.cut(), |push| {
            self.source.conferences(&query, &mut |conference| {
                progress_reporter.count_row();
                push(conference)
            })?;
            Ok::<(), MediationError>(())
        })
    }

    fn anchor(&self) -> Anchor {
        self.query.window.anchor
    }

    fn cut(&self) -> Cut {
        match self.query.order.by {
            SortBy::Number => Cut::Rows,
            SortBy::Anchor if self.query.names_accounts() => Cut::Day,
            SortBy::Anchor => Cut::Hour,
        }
    }

    /// The number of calls that start in the window and match the conditions, but lack the anchor's instant. No window
    /// of this anchor contains them, so the receipt states their number.
    fn without_anchor(&self, query: &CdrQuery) -> Result<Option<u64>, MediationError> {
        if matches!(self.anchor(), Anchor::Start | Anchor::Bill) {
            return Ok(None);
        }
        let field = CdrField::of_anchor(self.anchor());
        let window = Window { anchor: Anchor::Start, ..query.window };
        let query = CdrQuery { window, ..query.clone() }.only(Condition::new(field, Test::Missing)?);
        Ok(Some(self.source.count(&query)?))
    }

    fn source_names(&self) -> Vec<String> {
        self.directory.sources.values().map(|source| source.name.clone()).collect()
    }
}

/// Reports progress to the callback, if any.
struct ProgressReporter<'a> {
    progress: Option<&'a mut dyn FnMut(Progress)>,
    so_far: Progress,
    began: Instant,
}

impl ProgressReporter<'_> {
    fn is_watched(&self) -> bool {
        self.progress.is_some()
    }

    fn enter(&mut self, step: Step) {
        self.so_far.step = step;
        self.report();
    }

    fn count_row(&mut self) {
        self.so_far.rows += 1;
        if self.so_far.rows.is_multiple_of(STRIDE) {
            self.report();
        }
    }

    fn report(&mut self) {
        if let Some(progress) = &mut self.progress {
            self.so_far.elapsed = self.began.elapsed();
            progress(self.so_far);
        }
    }
}

fn facts(query: &CdrQuery, watermark: i64) -> QueryFacts {
    let Window { anchor, from, until } = query.window;
    QueryFacts {
        anchor,
        from,
        until,
        conditions: query.conditions.iter().map(Condition::to_string).collect(),
        order: query.order.to_string(),
        watermark: (watermark != i64::MAX).then_some(watermark),
    }
}

mod fields;
#[cfg(test)]
mod tests;
