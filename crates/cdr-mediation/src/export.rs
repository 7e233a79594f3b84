//! Writing an export: every sheet of a specification, for one query, at one watermark.

use std::io::Write;
use std::time::Instant;

use cdr_export::{
    BLOCK_ROWS, Counts, Cut, ExportFile, FileReceipt, Kinds, QueryFacts, Receipt, Sheet, SheetContent, SheetReceipt,
};
use cdr_model::{Anchor, CdrField, Directory, PortError};
use cdr_query::{CdrQuery, Condition, Test, Window};

use self::fields::for_sheet;
use crate::error::MediationError;
use crate::kept::{Assembled, Assembling, KeptBlocks, Plan, write_sheet};
use crate::ports::CdrSource;
use crate::progress::{Progress, Step};
use crate::request::{ExportRequest, cut_of};

/// The number of rows at the ends of a window that a file of kept blocks may have in memory.
const MOST_AT_ENDS: u64 = BLOCK_ROWS as u64;

/// The number of rows between two progress reports.
const STRIDE: u64 = 1024;

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
    write_export_keeping(source, None, request, out, progress)
}

/// As [`write_export`], but uses blocks that earlier exports have kept, and keeps its own. The bytes are the same. Of records
/// that are removed while the export is written, some may be in the file.
///
/// # Errors
/// As [`write_export`]. A failure to read or keep blocks is not an error.
pub fn write_export_keeping<W: Write>(
    source: &dyn CdrSource,
    kept: Option<&KeptBlocks>,
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
    let work = Work { source, kept, query: &query, request, directory: &directory };
    let plans = work.plans()?;
    let mut progress_reporter = ProgressReporter { progress, so_far: Progress::default(), began: Instant::now() };
    if progress_reporter.is_watched() {
        progress_reporter.so_far.expected = work.expected(&plans)?;
    }

    let mut file = ExportFile::create(out, &request.spec)?;
    let sheets = work.sheets(&mut file, plans, &mut progress_reporter, &mut |file, sheet, plan, progress| {
        work.calls(file, sheet, plan, progress)
    })?;
    progress_reporter.enter(Step::Finishing);
    let (_, file) = file.finish()?;
    Ok(Receipt::new(facts(&query, watermark), &request.spec, sheets, "", file))
}

/// The file of an export, put together from kept blocks while it is read. It has the bytes that [`write_export`] would write
/// now. `None` if calls of it are not in kept blocks, other than a few at the ends of its window.
///
/// # Errors
/// If the specification is invalid, or the source cannot be read.
pub fn assemble_export(
    source: &dyn CdrSource,
    kept: &KeptBlocks,
    request: &ExportRequest,
) -> Result<Option<Assembled>, MediationError> {
    request.spec.check()?;
    let mut query = request.query.clone();
    query.upto = Some(query.upto.map_or_else(|| source.watermark(), Ok)?);
    let directory = source.directory()?;
    let work = Work { source, kept: Some(kept), query: &query, request, directory: &directory };
    let plans = work.plans()?;
    if !work.are_kept(&plans)? {
        return Ok(None);
    }
    let (mut file, outline) = ExportFile::outline(&request.spec)?;
    let (mut assembling, mut is_whole) = (Assembling::new(&outline), true);
    let mut progress = ProgressReporter { progress: None, so_far: Progress::default(), began: Instant::now() };
    work.sheets(&mut file, plans, &mut progress, &mut |file, sheet, plan, _| {
        let mut writer = file.begin_sheet(sheet, &directory, work.anchor(), work.cut())?;
        if let Some(plan) = plan {
            let query = for_sheet(work.of_sheet(sheet), &request.spec.layout, sheet);
            is_whole &= assembling.add(plan, source, &query, &mut writer)?;
        }
        Ok(writer.finish()?)
    })?;
    let (_, FileReceipt { bytes, .. }) = file.finish()?;
    Ok(is_whole.then(|| assembling.finish(kept, bytes)))
}

/// Keeps the blocks of an export that nobody needs now, unless all of them are kept. The bytes of the file go to `out`, which
/// can end this.
///
/// # Errors
/// As [`write_export`].
pub(crate) fn keep_blocks<W: Write>(
    source: &dyn CdrSource,
    kept: &KeptBlocks,
    request: &ExportRequest,
    out: W,
) -> Result<(), MediationError> {
    if assemble_export(source, kept, request)?.is_none() {
        write_export_keeping(source, Some(kept), request, out, None)?;
    }
    Ok(())
}

/// Writes a sheet of calls.
type WriteCalls<'a, W> = dyn FnMut(&mut ExportFile<W>, &Sheet, Option<Plan>, &mut ProgressReporter<'_>) -> Result<SheetReceipt, MediationError>
    + 'a;

/// The parameters that all sheets share.
struct Work<'a> {
    source: &'a dyn CdrSource,
    kept: Option<&'a KeptBlocks>,
    query: &'a CdrQuery,
    request: &'a ExportRequest,
    directory: &'a Directory,
}

impl Work<'_> {
    /// What is known of kept blocks for each sheet.
    fn plans(&self) -> Result<Vec<Option<Plan>>, MediationError> {
        let plan = |sheet: &Sheet| match (sheet.rows, self.kept) {
            (SheetContent::Calls, Some(kept)) => {
                let query = self.of_sheet(sheet);
                Plan::new(kept, self.source, &query, (self.request, sheet, self.cut()), self.directory)
            }
            _ => Ok(None),
        };
        self.request.spec.layout.sheets.iter().map(plan).collect()
    }

    /// Whether all calls are in kept blocks, but for a few at the ends of the window.
    fn are_kept(&self, plans: &[Option<Plan>]) -> Result<bool, MediationError> {
        let mut rows = 0;
        for (sheet, plan) in self.request.spec.layout.sheets.iter().zip(plans) {
            if sheet.rows != SheetContent::Calls {
                continue;
            }
            let Some(ends) = plan.as_ref().and_then(Plan::ends) else { return Ok(false) };
            let query = self.of_sheet(sheet);
            for window in ends {
                rows += self.source.count(&CdrQuery { window, ..query.clone() })?;
            }
        }
        Ok(rows <= MOST_AT_ENDS)
    }

    /// The expected number of rows in all sheets of records.
    fn expected(&self, plans: &[Option<Plan>]) -> Result<u64, MediationError> {
        let mut expected = 0;
        for (sheet, plan) in self.request.spec.layout.sheets.iter().zip(plans) {
            expected += match (sheet.rows, plan) {
                (SheetContent::Calls, Some(plan)) => plan.expected(self.source, &self.of_sheet(sheet))?,
                (SheetContent::Calls, None) => self.source.count(&self.of_sheet(sheet))?,
                (SheetContent::Conferences, _) => self.source.count_conferences(self.query)?,
                (SheetContent::Counts | SheetContent::Records, _) => 0,
            };
        }
        Ok(expected)
    }

    /// Writes all sheets; `calls` writes those of calls.
    fn sheets<W: Write>(
        &self,
        file: &mut ExportFile<W>,
        plans: Vec<Option<Plan>>,
        progress_reporter: &mut ProgressReporter<'_>,
        calls: &mut WriteCalls<'_, W>,
    ) -> Result<Vec<SheetReceipt>, MediationError> {
        let mut counts = Counts { sources_included: self.source_names(), ..Counts::default() };
        let mut sheets = Vec::new();
        for (sheet, plan) in self.request.spec.layout.sheets.iter().zip(plans) {
            sheets.push(match sheet.rows {
                SheetContent::Calls => {
                    progress_reporter.enter(Step::Calls);
                    let receipt = calls(file, sheet, plan, progress_reporter)?;
                    counts.calls = receipt.rows;
                    receipt
                }
                SheetContent::Conferences => {
                    progress_reporter.enter(Step::Conferences);
                    let receipt = self.conferences(file, sheet, progress_reporter)?;
                    counts.conferences = receipt.rows;
                    receipt
                }
                SheetContent::Counts => file.counts(sheet, &counts)?,
                SheetContent::Records => {
                    return Err(PortError::Refused(format!("sheet `{}` is not of calls", sheet.name)).into());
                }
            });
        }
        Ok(sheets)
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
        plan: Option<Plan>,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<SheetReceipt, MediationError> {
        let query = for_sheet(self.of_sheet(sheet), &self.request.spec.layout, sheet);
        let mut writer = file.begin_sheet(sheet, self.directory, self.anchor(), self.cut())?;
        if let (Some(plan), Some(kept)) = (plan, self.kept) {
            let query = CdrQuery { fields: query.fields.clone().and([CdrField::StartedAt]), ..query.clone() };
            let count = &mut |rows| progress_reporter.count_rows(rows);
            write_sheet(kept, plan, self.source, &query, self.directory, &mut writer, count)?;
        } else {
            writer.rows(|push| {
                self.source.scan_fields(&query, &mut |call| {
                    progress_reporter.count_rows(1);
                    push(call)
                })?;
                Ok::<(), MediationError>(())
            })?;
        }
        let mut receipt = writer.finish()?;
        receipt.without_anchor = self.without_anchor(&query)?;
        Ok(receipt)
    }

    fn conferences<W: Write>(
        &self,
        file: &mut ExportFile<W>,
        sheet: &Sheet,
        progress_reporter: &mut ProgressReporter<'_>,
    ) -> Result<SheetReceipt, MediationError> {
        let query = for_sheet(self.query.clone(), &self.request.spec.layout, sheet);
        file.sheet(sheet, self.directory, self.anchor(), self.cut(), |push| {
            self.source.conferences(&query, &mut |conference| {
                progress_reporter.count_rows(1);
                push(conference)
            })?;
            Ok::<(), MediationError>(())
        })
    }

    fn anchor(&self) -> Anchor {
        self.query.window.anchor
    }

    fn cut(&self) -> Cut {
        cut_of(self.query)
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

    fn count_rows(&mut self, rows: u64) {
        let reports = self.so_far.rows / STRIDE;
        self.so_far.rows += rows;
        if self.so_far.rows / STRIDE > reports {
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
