//! A file of kept blocks, which are read on demand.

use std::io::{self, Read, Seek, SeekFrom};

use cdr_export::{Outline, Segment, SheetWriter};
use cdr_model::CdrField;
use cdr_query::CdrQuery;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::KeptBlocks;
use super::plan::{OpenPack, Plan, Step, open};
use crate::error::MediationError;
use crate::ports::CdrSource;

/// A file that is put together from kept blocks while it is read, from any position. Reading fails if a block is damaged or
/// gone meanwhile; no wrong byte is returned.
pub struct Assembled {
    kept: KeptBlocks,
    /// The start of each segment, with the sheet whose blocks it has.
    segments: Vec<(u64, usize, Segment)>,
    /// What is known of the blocks of each sheet.
    plans: Vec<Plan>,
    bytes: u64,
    tag: String,
    at: u64,
    /// The block that was read last, by its segment.
    block: Option<(usize, Vec<u8>)>,
    /// The pack that was read last, by its sheet and period.
    opened: Option<(usize, i64, OpenPack)>,
}

/// A file of kept blocks that is being put together.
pub(crate) struct Assembling {
    outline: Outline,
    plans: Vec<Plan>,
    /// The number of segments in front of the end of each sheet.
    ends: Vec<usize>,
}

impl Assembling {
    pub(crate) fn new(outline: &Outline) -> Assembling {
        Assembling { outline: outline.clone(), plans: Vec::new(), ends: Vec::new() }
    }

    /// Adds the blocks of a sheet, and the calls at the ends of its window. Returns whether all of the blocks are known.
    ///
    /// # Errors
    /// If the calls cannot be read.
    pub(crate) fn add(
        &mut self,
        plan: Plan,
        source: &dyn CdrSource,
        query: &CdrQuery,
        sheet: &mut SheetWriter<'_, Outline, CdrField>,
    ) -> Result<bool, MediationError> {
        for step in &plan.steps {
            let part = match step {
                Step::Kept(part) => part,
                Step::Read(window, _) => {
                    let query = CdrQuery { window: *window, ..query.clone() };
                    sheet.rows(|push| Ok::<(), MediationError>(source.scan_fields(&query, push)?))?;
                    continue;
                }
            };
            let Some(found) = plan.found.get(&plan.scale.period(*part)) else { return Ok(false) };
            for at in 0..found.index.blocks(*part) {
                if !sheet.note(&self.outline, &found.index, *part, at)? {
                    return Ok(false);
                }
            }
        }
        self.plans.push(plan);
        self.ends.push(self.outline.len());
        Ok(true)
    }

    /// The file of this size.
    pub(crate) fn finish(self, kept: &KeptBlocks, bytes: u64) -> Assembled {
        let (mut digest, mut start) = (Sha256::new(), 0);
        let mut segments = Vec::new();
        for (n, segment) in self.outline.segments().into_iter().enumerate() {
            let sheet = self.ends.iter().take_while(|end| **end <= n).count();
            let length = match &segment {
                Segment::Bytes(bytes) => {
                    digest.update([0]);
                    digest.update((bytes.len() as u64).to_le_bytes());
                    digest.update(bytes);
                    bytes.len() as u64
                }
                Segment::Kept { part, at, length } => {
                    digest.update([1]);
                    if let Some(plan) = self.plans.get(sheet) {
                        digest.update(plan.key.to_string());
                        let version = plan.versions.parts.get(part).copied().flatten().unwrap_or_default();
                        digest.update(version.number.to_le_bytes());
                        digest.update(version.mark.to_le_bytes());
                        // The same calls have other bytes once an entry of the directory has another name.
                        let found = plan.found.get(&plan.scale.period(*part));
                        digest.update(found.map(|found| found.index.names()).unwrap_or_default());
                    }
                    digest.update(part.to_le_bytes());
                    digest.update((*at as u64).to_le_bytes());
                    *length
                }
            };
            segments.push((start, sheet, segment));
            start += length;
        }
        let tag = HEXLOWER.encode(&digest.finalize()[..16]);
        let (block, opened) = (None, None);
        Assembled { kept: kept.clone(), segments, plans: self.plans, bytes, tag, at: 0, block, opened }
    }
}

impl Assembled {
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.bytes
    }

    /// Identifies its bytes: 32 hexadecimal digits.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Reads the block of a segment.
    fn load(&mut self, segment: usize, sheet: usize, part: i64, at: usize) -> io::Result<()> {
        if self.block.as_ref().is_some_and(|(loaded, _)| *loaded == segment) {
            return Ok(());
        }
        let gone = || io::Error::other("a kept block is gone");
        let plan = self.plans.get_mut(sheet).ok_or_else(gone)?;
        let period = plan.scale.period(part);
        let name = plan.key.name(period);
        if self.opened.as_ref().is_none_or(|(of, opened, _)| (*of, *opened) != (sheet, period)) {
            let found = plan.found.get_mut(&period).ok_or_else(gone)?;
            let reader = found.reader.take().or_else(|| open(&self.kept, &name));
            self.opened = Some((sheet, period, reader.ok_or_else(gone)?));
            // Used or not is of no importance to the answer.
            let _ = self.kept.packs.note_use(&name);
        }
        let (_, _, reader) = self.opened.as_mut().ok_or_else(gone)?;
        // The pack may have been replaced since the file was put together.
        if !plan.found.get(&period).is_some_and(|found| reader.index().has_blocks_of(&found.index, part)) {
            return Err(gone());
        }
        let buffer = self.block.take().map(|(_, buffer)| buffer).unwrap_or_default();
        match reader.bytes(part, at, buffer) {
            Ok(bytes) => self.block = Some((segment, bytes)),
            Err(error) => {
                tracing::warn!(pack = name, %error, "a kept block could not be read; it will be made anew");
                let _ = self.kept.packs.remove(&name);
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Read for Assembled {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.bytes {
            return Ok(0);
        }
        let after = self.segments.partition_point(|(start, ..)| *start <= self.at);
        let Some((start, sheet, segment)) = after.checked_sub(1).and_then(|at| self.segments.get(at)) else {
            return Ok(0);
        };
        let offset = usize::try_from(self.at - start).unwrap_or(usize::MAX);
        if let Segment::Kept { part, at, .. } = *segment {
            let sheet = *sheet;
            self.load(after - 1, sheet, part, at)?;
        }
        let bytes = match self.segments.get(after - 1) {
            Some((_, _, Segment::Bytes(bytes))) => bytes.as_slice(),
            _ => self.block.as_ref().map_or(&[][..], |(_, bytes)| bytes),
        };
        let rest = bytes.get(offset..).unwrap_or_default();
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Assembled {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = wanted.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "before the start"))?;
        Ok(self.at)
    }
}
