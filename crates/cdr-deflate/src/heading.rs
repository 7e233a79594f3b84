//! The code lengths in the header of a dynamic block (RFC 1951, 3.2.7).

use crate::bits::BitWriter;
use crate::huffman;
use crate::symbols::{DISTANCES, END_OF_BLOCK, LITERALS};

/// The code length symbols, in the order in which their own code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const REPEAT: u8 = 16;
const ZEROS: u8 = 17;
const MANY_ZEROS: u8 = 18;

/// The code lengths of both codes, run-length encoded.
pub(crate) struct Heading {
    literals: usize,
    distances: usize,
    runs: Vec<Run>,
    /// The code lengths of the run symbols, and how many of them are written.
    lengths: [u8; 19],
    written: usize,
}

/// A symbol and its extra bits.
#[derive(Clone, Copy)]
struct Run {
    symbol: u8,
    more: u8,
    bits: u8,
}

impl Heading {
    pub(crate) fn new(literals: &[u8; LITERALS], distances: &[u8; DISTANCES]) -> Heading {
        let (literals, distances) = (used(literals, END_OF_BLOCK + 1), used(distances, 1));
        let all: Vec<u8> = literals.iter().chain(distances).copied().collect();
        let runs: Vec<Run> = all.chunk_by(|one, other| one == other).flat_map(runs).collect();
        let mut often = [0; 19];
        for run in &runs {
            often[usize::from(run.symbol)] += 1;
        }
        let lengths = huffman::lengths(&often, 7);
        let written = ORDER.iter().rposition(|symbol| lengths[*symbol] > 0).map_or(0, |at| at + 1).max(4);
        Heading { literals: literals.len(), distances: distances.len(), runs, lengths, written }
    }

    /// The size in bits, without the three bits of the block header.
    pub(crate) fn size(&self) -> u64 {
        let runs: u64 = self.runs.iter().map(|run| u64::from(self.lengths[usize::from(run.symbol)] + run.bits)).sum();
        14 + 3 * self.written as u64 + runs
    }

    pub(crate) fn write(&self, out: &mut BitWriter) {
        out.put((self.literals - END_OF_BLOCK - 1) as u64, 5);
        out.put(self.distances as u64 - 1, 5);
        out.put(self.written as u64 - 4, 4);
        for symbol in &ORDER[..self.written] {
            out.flush();
            out.put(u64::from(self.lengths[*symbol]), 3);
        }
        let codes = huffman::codes(&self.lengths);
        for run in &self.runs {
            let code = codes[usize::from(run.symbol)];
            out.flush();
            out.put(u64::from(code.bits), code.length);
            out.put(u64::from(run.more), u32::from(run.bits));
        }
        out.flush();
    }
}

/// The lengths without trailing zeros, but at least `least` of them.
fn used(lengths: &[u8], least: usize) -> &[u8] {
    let used = lengths.iter().rposition(|length| *length > 0).map_or(0, |at| at + 1);
    &lengths[..used.max(least)]
}

/// The runs that encode lengths that are all equal.
fn runs(same: &[u8]) -> Vec<Run> {
    let length = same[0];
    let plain = Run { symbol: length, more: 0, bits: 0 };
    let (mut runs, mut left) = (Vec::new(), same.len());
    if length > 0 {
        runs.push(plain);
        left -= 1;
    }
    while left >= 3 {
        let (symbol, least, most, bits) = match (length, left) {
            (0, 11..) => (MANY_ZEROS, 11, 138, 7),
            (0, _) => (ZEROS, 3, 10, 3),
            _ => (REPEAT, 3, 6, 2),
        };
        let now = left.min(most);
        runs.push(Run { symbol, more: (now - least) as u8, bits });
        left -= now;
    }
    runs.extend(std::iter::repeat_n(plain, left));
    runs
}
