//! Writes a pack.

use std::io::{self, Write};

use cdr_model::Directory;

use super::basis::Basis;
use super::index::{PackIndex, Part, PartVersion, Place};
use super::reader::PackReader;
use super::{MAGIC, PackKey};
use crate::block::Block;

/// A pack that is being written.
pub struct PackWriter<W> {
    out: W,
    at: u64,
    index: PackIndex,
}

impl<W: Write> PackWriter<W> {
    /// Begins the pack of a period. `recipe` is kept for the caller.
    pub fn new(out: W, key: &PackKey, period: i64, recipe: &str) -> PackWriter<W> {
        let index = PackIndex {
            name: key.name(period),
            basis: Basis::default(),
            names: String::new(),
            parts: [].into(),
            recipe: recipe.to_owned(),
        };
        PackWriter { out, at: 0, index }
    }

    /// Begins a part, which has no blocks yet. A part of this number that was written before is forgotten.
    pub fn part(&mut self, part: i64, version: PartVersion) {
        self.index.parts.insert(part, Part { version, blocks: Vec::new() });
    }

    /// Adds the next block of its part, which was begun.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, block: &Block) -> io::Result<()> {
        let Some(part) = block.part.and_then(|part| self.index.parts.get_mut(&part)) else { return Ok(()) };
        self.out.write_all(&block.bytes)?;
        part.blocks.push(Place::of(block, self.at));
        self.index.basis.merge(&block.basis);
        self.at += block.bytes.len() as u64;
        Ok(())
    }

    /// Copies a part of another pack of the same key. Nothing is copied if a block of it is damaged.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn copy<R: io::Read + io::Seek>(&mut self, from: &mut PackReader<R>, part: i64) -> io::Result<()> {
        let Some(version) = from.index().version(part) else { return Ok(()) };
        self.part(part, version);
        let mut buffer = Vec::new();
        for at in 0..from.index().blocks(part) {
            match from.block(part, at, std::mem::take(&mut buffer)) {
                Ok(block) => {
                    self.add(&block)?;
                    buffer = block.into_bytes();
                }
                Err(_) => {
                    self.index.parts.remove(&part);
                    return Ok(());
                }
            }
        }
        self.adopt(from.index());
        Ok(())
    }

    /// Takes over what the blocks of another pack were made from, after some of them were added.
    pub fn adopt(&mut self, from: &PackIndex) {
        self.index.basis.merge(&from.basis);
    }

    /// Completes the pack. `directory` is the one that its blocks were made with.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, directory: &Directory) -> io::Result<W> {
        self.index.names = self.index.basis.names(directory);
        let index = serde_json::to_vec(&self.index)?;
        self.out.write_all(&index)?;
        self.out.write_all(&(index.len() as u64).to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&index).to_le_bytes())?;
        self.out.write_all(&[0; 4])?;
        self.out.write_all(MAGIC)?;
        self.out.flush()?;
        Ok(self.out)
    }
}
