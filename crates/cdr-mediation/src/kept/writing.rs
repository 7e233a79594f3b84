//! Writes a sheet of calls by a plan.

use std::collections::BTreeMap;
use std::io::{self, Write};

use cdr_export::{BLOCK_ROWS, PartVersion, SheetWriter};
use cdr_model::{CdrField, Directory, ScannedCall};
use cdr_query::{CdrQuery, Window};

use super::KeptBlocks;
use super::keeper::Keeper;
use super::plan::{OpenPack, Plan, Step, open};
use crate::error::MediationError;
use crate::ports::CdrSource;

/// Writes the calls of a query into a sheet, and keeps their blocks. `count` is called with the number of rows that were
/// written.
///
/// # Errors
/// If the source cannot be read, or the sheet cannot be written. Nothing else is an error: what cannot be read of kept blocks
/// is made anew, and what cannot be kept is not.
pub(crate) fn write_sheet<W: Write>(
    kept: &KeptBlocks,
    mut plan: Plan,
    source: &dyn CdrSource,
    query: &CdrQuery,
    directory: &Directory,
    sheet: &mut SheetWriter<'_, W, CdrField>,
    count: &mut dyn FnMut(u64),
) -> Result<(), MediationError> {
    let mut readers = BTreeMap::new();
    for (period, found) in &mut plan.found {
        readers.extend(found.reader.take().map(|reader| (*period, reader)));
    }
    let plan = &plan;
    let keeper = Keeper::new(kept, plan, directory);
    let mut writing =
        Writing { kept, plan, source, query, sheet, count, keeper, readers, opened: None, buffer: Vec::new() };
    for step in &plan.steps {
        match step {
            Step::Kept(part) => writing.put(*part)?,
            Step::Read(window, parts) => writing.read(*window, parts, 0)?,
        }
    }
    writing.keeper.finish(source, query);
    Ok(())
}

struct Writing<'a, 's, 'f, W: Write> {
    kept: &'a KeptBlocks,
    plan: &'a Plan,
    source: &'a dyn CdrSource,
    query: &'a CdrQuery,
    sheet: &'s mut SheetWriter<'f, W, CdrField>,
    count: &'a mut dyn FnMut(u64),
    keeper: Keeper<'a>,
    /// The packs that are open already, by their periods.
    readers: BTreeMap<i64, OpenPack>,
    /// The pack that was read last, with its period.
    opened: Option<(i64, Option<OpenPack>)>,
    /// The buffer of the next block.
    buffer: Vec<u8>,
}

impl<W: Write> Writing<'_, '_, '_, W> {
    /// Writes the kept blocks of a part. If one cannot be read, the part is read from there on.
    fn put(&mut self, part: i64) -> Result<(), MediationError> {
        let period = self.plan.scale.period(part);
        let found = self.plan.found.get(&period);
        let Some((found, version)) = found.and_then(|found| Some((found, found.index.version(part)?))) else {
            return self.read(self.plan.scale.within(self.query.window, part), &[], 0);
        };
        let grows = self.plan.growing.contains(&period);
        if grows {
            self.keeper.begin_part(part, version);
        }
        for at in 0..found.index.blocks(part) {
            if self.query.cancel.is_cancelled() {
                return Err(crate::PortError::Cancelled.into());
            }
            let Some(block) = self.block(period, part, at) else {
                let skipped = at as u64 * BLOCK_ROWS as u64;
                return self.read(self.plan.scale.within(self.query.window, part), &[], skipped);
            };
            if grows {
                self.keeper.add(&block);
            }
            let rows = block.rows();
            self.buffer = self.sheet.put(block)?;
            (self.count)(rows);
        }
        Ok(())
    }

    /// A kept block; `None` if it cannot be read.
    fn block(&mut self, period: i64, part: i64, at: usize) -> Option<cdr_export::Block> {
        if self.opened.as_ref().is_none_or(|(opened, _)| *opened != period) {
            let reader = self.readers.remove(&period).or_else(|| open(self.kept, &self.plan.key.name(period)));
            if reader.is_some() {
                self.keeper.used(period);
            }
            self.opened = Some((period, reader));
        }
        let reader = self.opened.as_mut()?.1.as_mut()?;
        // The pack may have been replaced since the plan was made.
        if !self.plan.found.get(&period).is_some_and(|found| reader.index().has_blocks_of(&found.index, part)) {
            return None;
        }
        let read = reader.block(part, at, std::mem::take(&mut self.buffer));
        if let Err(error) = &read {
            tracing::warn!(part, %error, "a kept block could not be read; it is made anew");
            self.keeper.forget(period);
        }
        read.ok()
    }

    /// Reads the calls of a window but the first ones, and keeps the blocks of the parts.
    fn read(&mut self, window: Window, parts: &[(i64, PartVersion)], skipped: u64) -> Result<(), MediationError> {
        let query = CdrQuery { window, ..self.query.clone() };
        let (mut parts, keeper) = (parts.iter().copied().peekable(), &mut self.keeper);
        let mut begun = None;
        let mut keep = |block: &cdr_export::Block| {
            let Some(part) = block.part() else { return };
            // Parts without rows are in front of it.
            let descending = self.query.order.descending;
            let is_before = |other: i64| if descending { other > part } else { other < part };
            while let Some((other, version)) = parts.next_if(|(other, _)| is_before(*other) || *other == part) {
                begun = Some(other);
                keeper.begin_part(other, version);
            }
            if begun == Some(part) {
                keeper.add(block);
            }
        };
        let (source, count) = (self.source, &mut *self.count);
        self.sheet.rows_to_keep(&mut keep, |push: &mut dyn FnMut(ScannedCall) -> io::Result<()>| {
            let mut left = skipped;
            source.scan_fields(&query, &mut |call| {
                if left > 0 {
                    left -= 1;
                    return Ok(());
                }
                count(1);
                push(call)
            })?;
            Ok::<(), MediationError>(())
        })?;
        for (part, version) in parts {
            self.keeper.begin_part(part, version);
        }
        Ok(())
    }
}
