//! The index of a pack.

use std::collections::BTreeMap;

use cdr_model::{MoneySum, Timestamp};
use serde::{Deserialize, Serialize};

use super::basis::Basis;
use crate::block::Block;
use crate::tally::Tally;
use crate::total::RunningTotal;

/// The version of the calls of a part: the record number of the last change, and a random number of that change. Two parts of
/// one hour or day with the same version have the same calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartVersion {
    /// The record number of the last change. What a query finds at an earlier watermark is of another version.
    pub number: i64,
    /// A random number.
    pub mark: i64,
}

impl PartVersion {
    /// The version of two sets of calls together.
    #[must_use]
    pub fn and(self, other: PartVersion) -> PartVersion {
        // An odd factor, so that no mark is lost and the order matters.
        let mark = self.mark.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(other.mark);
        PartVersion { number: self.number.max(other.number), mark }
    }
}

/// The index of a pack: which parts it has, of which versions, and where their blocks are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackIndex {
    /// The name of the pack, with its key.
    pub(super) name: String,
    pub(super) basis: Basis,
    /// The digest of what the blocks print of the directory.
    pub(super) names: String,
    pub(super) parts: BTreeMap<i64, Part>,
    /// How further blocks of the same key are made, in words of the caller.
    pub(super) recipe: String,
}

/// The blocks of a part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) version: PartVersion,
    pub(super) blocks: Vec<Place>,
}

/// A block: where it is, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) length: u64,
    /// CRC-32 of the bytes in the pack.
    pub(super) crc: u32,
    /// CRC-32 of the text.
    text_crc: u32,
    rows: u64,
    text: u64,
    /// Decimal numbers as text: JSON numbers are too short for them.
    talk_us: String,
    money: BTreeMap<String, String>,
    first: Option<i64>,
    last: Option<i64>,
    totals: Vec<Total>,
}

/// A control total: cells, those as received, microseconds, amounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Total(u64, u64, String, String);

impl PackIndex {
    /// The version of a part that the pack has.
    pub fn version(&self, part: i64) -> Option<PartVersion> {
        Some(self.parts.get(&part)?.version)
    }

    /// The digest of the names that the blocks print from the directory.
    pub fn names(&self) -> &str {
        &self.names
    }

    /// How further blocks of the same key are made: what [`PackWriter::new`](crate::PackWriter::new) was given.
    pub fn recipe(&self) -> &str {
        &self.recipe
    }

    /// Whether a pack of the same name has the blocks of a part that this one has: those of the same calls, with the same
    /// names.
    pub fn has_blocks_of(&self, other: &PackIndex, part: i64) -> bool {
        self.names == other.names && self.version(part).is_some() && self.version(part) == other.version(part)
    }

    /// The parts that it has.
    pub fn parts(&self) -> impl Iterator<Item = i64> {
        self.parts.keys().copied()
    }

    /// The number of blocks of a part.
    pub fn blocks(&self, part: i64) -> usize {
        self.parts.get(&part).map_or(0, |part| part.blocks.len())
    }

    /// The number of rows of a part.
    pub fn rows(&self, part: i64) -> u64 {
        self.parts.get(&part).map_or(0, |part| part.blocks.iter().map(|place| place.rows).sum())
    }

    /// A block without its bytes, and their number.
    pub(crate) fn without_bytes(&self, part: i64, at: usize) -> Option<(u64, Block)> {
        Some((self.place(part, at)?.length, self.block(part, at, Vec::new())?))
    }

    pub(super) fn place(&self, part: i64, at: usize) -> Option<&Place> {
        self.parts.get(&part)?.blocks.get(at)
    }

    /// A block of these bytes; `None` if the index is damaged.
    pub(super) fn block(&self, part: i64, at: usize, bytes: Vec<u8>) -> Option<Block> {
        self.place(part, at)?.block(bytes, part)
    }

    /// When the earliest of its calls started.
    pub fn earliest(&self) -> Option<Timestamp> {
        self.basis.earliest.map(Timestamp::from_micros)
    }
}

impl Place {
    pub(super) fn of(block: &Block, at: u64) -> Place {
        let Tally { rows, bytes, talk_us, money, first, last, totals } = &block.tally;
        let total = |RunningTotal { cells, as_received, micros, money }: &RunningTotal| {
            Total(*cells, *as_received, micros.to_string(), money.to_string())
        };
        Place {
            at,
            length: block.bytes.len() as u64,
            crc: crc32fast::hash(&block.bytes),
            text_crc: block.crc.clone().finalize(),
            rows: *rows,
            text: *bytes,
            talk_us: talk_us.to_string(),
            money: money.iter().map(|(currency, sum)| (currency.clone(), sum.to_string())).collect(),
            first: first.map(Timestamp::micros),
            last: last.map(Timestamp::micros),
            totals: totals.iter().map(total).collect(),
        }
    }

    fn block(&self, bytes: Vec<u8>, part: i64) -> Option<Block> {
        let sum = |text: &String| text.parse::<MoneySum>().ok();
        let money = self.money.iter().map(|(currency, text)| Some((currency.clone(), sum(text)?)));
        let total = |Total(cells, as_received, micros, money): &Total| {
            let (micros, money) = (micros.parse().ok()?, sum(money)?);
            Some(RunningTotal { cells: *cells, as_received: *as_received, micros, money })
        };
        let tally = Tally {
            rows: self.rows,
            bytes: self.text,
            talk_us: self.talk_us.parse().ok()?,
            money: money.collect::<Option<_>>()?,
            first: self.first.map(Timestamp::from_micros),
            last: self.last.map(Timestamp::from_micros),
            totals: self.totals.iter().map(total).collect::<Option<_>>()?,
        };
        let crc = crc32fast::Hasher::new_with_initial_len(self.text_crc, self.text);
        Some(Block { bytes, crc, tally, part: Some(part), basis: Basis::default() })
    }
}
