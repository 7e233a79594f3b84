//! Writing an export: every sheet of a plan, for one query, at one watermark.

use std::io::Write;
use std::time::Instant;

use cdr_export::{Counts, Cut, ExportFile, ExportPlan, Kinds, QueryFacts, Receipt, Rows, Sheet, SheetReceipt};
use cdr_model::{Anchor, CdrField, Directory, PortError};
use cdr_query::{CdrQuery, Condition, OrderBy, Test, Window};
use serde::{Deserialize, Serialize};

use crate::error::MediationError;
use crate::ports::CdrSource;
use crate::progress::{Progress, Step};

/// Rows between two words about progress.
const STRIDE: u64 = 1024;

/// Which records, in which form: plain data that says all its writer needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportRequest {
    /// Which records.
    pub query: CdrQuery,
    /// In which form.
    pub plan: ExportPlan,
}

impl ExportRequest {
    /// The version of a request as JSON. A change that an older program could not read, or would misread, raises it; older
    /// programs leave such requests to newer ones.
    pub const VERSION: u32 = 1;
}

/// Writes an export and returns its receipt, which does not name the file yet ([`Receipt::file`] has its size and digest).
///
/// The query is answered at the source's watermark of this moment, unless it names one: what arrives meanwhile is not in
/// the file. With `progress`, rows are counted beforehand, which costs a pass over the window.
///
/// # Errors
/// When the plan is none, the source cannot be read to the end, or the output cannot be written. What was written then is
/// no export, and has to be thrown away.
pub fn write_export<W: Write>(
    source: &dyn CdrSource,
    request: &ExportRequest,
    out: W,
    progress: Option<&mut dyn FnMut(Progress)>,
) -> Result<Receipt, MediationError> {
    request.plan.check()?;
    let mut query = request.query.clone();
    let watermark = query.upto.map_or_else(|| source.watermark(), Ok)?;
    query.upto = Some(watermark);
    // After the watermark, so that every record the export can contain finds its names.
    let directory = source.directory()?;
    let work = Work { source, query: &query, directory: &directory };
    let mut told = Told { progress, so_far: Progress::default(), began: Instant::now() };
    if told.is_watched() {
        told.so_far.expected = work.expected(&request.plan)?;
    }

    let mut file = ExportFile::create(out, &request.plan)?;
    let mut counts = Counts { sources_included: work.source_names(), ..Counts::default() };
    let mut sheets = Vec::new();
    for sheet in &request.plan.layout.sheets {
        sheets.push(match sheet.rows {
            Rows::Calls => {
                told.turn_to(Step::Calls);
                let receipt = work.calls(&mut file, sheet, &mut told)?;
                counts.calls = receipt.rows;
                receipt
            }
            Rows::Conferences => {
                told.turn_to(Step::Conferences);
                let receipt = work.conferences(&mut file, sheet, &mut told)?;
                counts.conferences = receipt.rows;
                receipt
            }
            Rows::Counts => file.counts(sheet, &counts)?,
            Rows::Records => return Err(PortError::Refused(format!("sheet `{}` is not of calls", sheet.name)).into()),
        });
    }
    told.turn_to(Step::Finishing);
    let (_, file) = file.finish()?;
    Ok(Receipt::new(facts(&query, watermark), &request.plan, sheets, "", file))
}

/// What stays the same from sheet to sheet.
struct Work<'a> {
    source: &'a dyn CdrSource,
    query: &'a CdrQuery,
    directory: &'a Directory,
}

impl Work<'_> {
    /// How many rows there will be, over all sheets of records.
    fn expected(&self, plan: &ExportPlan) -> Result<u64, MediationError> {
        let mut expected = 0;
        for sheet in &plan.layout.sheets {
            expected += match sheet.rows {
                Rows::Calls => self.source.count(&self.of_sheet(sheet))?,
                Rows::Conferences => self.source.count_conferences(self.query)?,
                Rows::Counts | Rows::Records => 0,
            };
        }
        Ok(expected)
    }

    /// The query for a sheet of calls: only what the layout says is one.
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
        told: &mut Told<'_>,
    ) -> Result<SheetReceipt, MediationError> {
        let query = self.of_sheet(sheet);
        let mut receipt = file.sheet(sheet, self.directory, self.anchor(), self.cut(), |push| {
            self.source.scan(&query, &mut |call| {
                told.one_more();
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
        told: &mut Told<'_>,
    ) -> Result<SheetReceipt, MediationError> {
        file.sheet(sheet, self.directory, self.anchor(), self.cut(), |push| {
            self.source.conferences(self.query, &mut |conference| {
                told.one_more();
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
            OrderBy::Number => Cut::Rows,
            OrderBy::Anchor if self.query.names_accounts() => Cut::Day,
            OrderBy::Anchor => Cut::Hour,
        }
    }

    /// Calls that start in the window and meet the conditions, but lack the anchor's instant: no window of this anchor has
    /// them, so a reader should know of them.
    fn without_anchor(&self, query: &CdrQuery) -> Result<Option<u64>, MediationError> {
        let field = match self.anchor() {
            Anchor::Start | Anchor::Bill => return Ok(None),
            Anchor::Connect => CdrField::ConnectedAt,
            Anchor::End => CdrField::EndedAt,
        };
        let window = Window { anchor: Anchor::Start, ..query.window };
        let query = CdrQuery { window, ..query.clone() }.only(Condition::new(field, Test::Missing)?);
        Ok(Some(self.source.count(&query)?))
    }

    fn source_names(&self) -> Vec<String> {
        self.directory.sources.values().map(|source| source.name.clone()).collect()
    }
}

/// Who is told about progress, and how far it is.
struct Told<'a> {
    progress: Option<&'a mut dyn FnMut(Progress)>,
    so_far: Progress,
    began: Instant,
}

impl Told<'_> {
    fn is_watched(&self) -> bool {
        self.progress.is_some()
    }

    fn turn_to(&mut self, step: Step) {
        self.so_far.step = step;
        self.tell();
    }

    fn one_more(&mut self) {
        self.so_far.rows += 1;
        if self.so_far.rows.is_multiple_of(STRIDE) {
            self.tell();
        }
    }

    fn tell(&mut self) {
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

#[cfg(test)]
mod tests;
