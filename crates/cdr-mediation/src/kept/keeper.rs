//! Writes the packs of an export.

use std::collections::BTreeSet;

use cdr_export::{Block, PackWriter, PartVersion};
use cdr_model::{Directory, PortError, chain};
use cdr_query::CdrQuery;
use tracing::{debug, warn};

use super::KeptBlocks;
use super::plan::{Plan, open};
use crate::ports::CdrSource;
use crate::spool::SpoolWrite;

/// Writes the packs of an export, one after the other. After the first failure it writes nothing more.
pub(super) struct Keeper<'a> {
    kept: &'a KeptBlocks,
    plan: &'a Plan,
    directory: &'a Directory,
    /// The pack that is being written, with its period.
    writer: Option<(i64, PackWriter<Box<dyn SpoolWrite>>)>,
    /// The periods whose packs are not to be used or written any more.
    forgotten: BTreeSet<i64>,
    /// The periods whose packs were used, and those whose packs were written.
    used: BTreeSet<i64>,
    written: BTreeSet<i64>,
    has_failed: bool,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(kept: &'a KeptBlocks, plan: &'a Plan, directory: &'a Directory) -> Keeper<'a> {
        Keeper {
            kept,
            plan,
            directory,
            writer: None,
            forgotten: BTreeSet::new(),
            used: BTreeSet::new(),
            written: BTreeSet::new(),
            has_failed: false,
        }
    }

    /// Begins a part, which has no blocks yet.
    pub(super) fn begin_part(&mut self, part: i64, version: PartVersion) {
        let period = self.plan.scale.period(part);
        if self.enter(period)
            && let Some((_, writer)) = &mut self.writer
        {
            writer.part(part, version);
        }
    }

    /// Adds a block to the part that was begun.
    pub(super) fn add(&mut self, block: &Block) {
        if let Some((_, writer)) = &mut self.writer
            && let Err(error) = writer.add(block)
        {
            self.fail(&PortError::unavailable("blocks could not be kept", error));
        }
    }

    /// Notes that the pack of a period was read.
    pub(super) fn used(&mut self, period: i64) {
        self.used.insert(period);
    }

    /// Removes the damaged pack of a period.
    pub(super) fn forget(&mut self, period: i64) {
        if self.forgotten.insert(period) {
            self.writer.take_if(|(writing, _)| *writing == period);
            self.remove(period);
        }
    }

    /// Completes the last pack. Nothing is kept of calls that are removed meanwhile.
    pub(super) fn finish(mut self, source: &dyn CdrSource, query: &CdrQuery) {
        self.publish();
        for period in self.used.difference(&self.written) {
            if let Err(error) = self.kept.packs.note_use(&self.plan.key.name(*period)) {
                debug!(error = %chain(&error), "the use of kept blocks could not be noted");
            }
        }
        if self.written.is_empty() {
            return;
        }
        let parts = self.plan.versions.parts.keys();
        let all = parts.clone().next().copied().unwrap_or(0)..=parts.copied().next_back().unwrap_or(0);
        let now = source.part_versions(query, self.plan.cut, &all).ok().flatten();
        if now.is_none_or(|now| now.removals != self.plan.versions.removals) {
            self.written.iter().for_each(|period| self.remove(*period));
        }
        if let Err(error) = self.kept.shrink() {
            warn!(error = %chain(&error), "kept blocks could not be removed");
        }
    }

    /// Makes the pack of a period the one that is written. Returns whether it can be.
    fn enter(&mut self, period: i64) -> bool {
        if self.writer.as_ref().is_some_and(|(writing, _)| *writing == period) {
            return true;
        }
        self.publish();
        if self.has_failed || self.forgotten.contains(&period) {
            return false;
        }
        match self.kept.packs.begin(&self.plan.key.name(period)) {
            Ok(file) => {
                let mut writer = PackWriter::new(file, &self.plan.key, period, &self.plan.recipe);
                if let Err(error) = self.copy_others(&mut writer, period) {
                    self.fail(&PortError::unavailable("blocks could not be kept", error));
                    return false;
                }
                self.writer = Some((period, writer));
                true
            }
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    /// Copies the parts of the old pack that this export does not cover, if they are still good.
    fn copy_others(&self, writer: &mut PackWriter<Box<dyn SpoolWrite>>, period: i64) -> std::io::Result<()> {
        let Some(found) = self.plan.found.get(&period) else { return Ok(()) };
        writer.adopt(&found.index);
        let is_good = |part: &i64| {
            let now = self.plan.versions.parts.get(part).copied().flatten();
            !self.plan.covered.contains(part) && now.is_some() && now == found.index.version(*part)
        };
        let others: Vec<i64> = found.index.parts().filter(is_good).collect();
        if others.is_empty() {
            return Ok(());
        }
        let Some(mut old) = open(self.kept, &self.plan.key.name(period)) else { return Ok(()) };
        for part in others {
            // The pack may have been replaced since the plan was made.
            if old.index().has_blocks_of(&found.index, part) {
                writer.copy(&mut old, part)?;
            }
        }
        Ok(())
    }

    fn publish(&mut self) {
        let Some((period, writer)) = self.writer.take() else { return };
        let finished = writer.finish(self.directory);
        let published = finished
            .map_err(|error| PortError::unavailable("blocks could not be kept", error))
            .and_then(|file| file.publish());
        match published {
            Ok(()) => drop(self.written.insert(period)),
            Err(error) => self.fail(&error),
        }
    }

    fn remove(&self, period: i64) {
        if let Err(error) = self.kept.packs.remove(&self.plan.key.name(period)) {
            warn!(error = %chain(&error), "kept blocks could not be removed");
        }
    }

    fn fail(&mut self, error: &PortError) {
        self.writer = None;
        if !self.has_failed {
            warn!(error = %chain(error), "blocks are not kept");
        }
        self.has_failed = true;
    }
}
