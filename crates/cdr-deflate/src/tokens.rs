//! The contents of a deflate block: literals, matches, and the frequency of each symbol.

use crate::places::MOST;
use crate::symbols::{DISTANCES, END_OF_BLOCK, LENGTHS, LITERALS, LONGEST, SHORTEST, distance_symbol};

/// The number of steps after which a block ends.
pub(crate) const STEPS: usize = 1 << 14;

/// The room for steps: the number is checked after each match, which may be several steps long.
const CAPACITY: usize = STEPS + MOST / (LONGEST - SHORTEST) + 8;

/// A number of literals followed by a match.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    /// The number of literals.
    pub(crate) literals: u32,
    /// The length of the match, less [`SHORTEST`].
    pub(crate) length: u8,
    /// The symbol of the distance.
    pub(crate) symbol: u8,
    /// The distance, less 1.
    pub(crate) distance: u16,
}

/// The tokens of a block. The literals themselves stay in the text.
pub(crate) struct Tokens {
    pub(crate) steps: Vec<Step>,
    /// The frequency of each literal and length symbol.
    pub(crate) literals: [u32; LITERALS],
    /// The frequency of each distance symbol.
    pub(crate) distances: [u32; DISTANCES],
}

impl Tokens {
    pub(crate) fn new() -> Tokens {
        Tokens { steps: Vec::with_capacity(CAPACITY), literals: [0; LITERALS], distances: [0; DISTANCES] }
    }

    /// Adds literals followed by a match of 3 to 258 bytes at a distance of 1 to 32,768 bytes.
    #[inline(always)]
    pub(crate) fn add(&mut self, literals: &[u8], length: usize, distance: usize) {
        self.count(literals);
        let (length, distance) = ((length - SHORTEST) as u8, (distance - 1) as u16);
        let symbol = distance_symbol(distance);
        self.literals[usize::from(LENGTHS[usize::from(length)].symbol) % LITERALS] += 1;
        self.distances[usize::from(symbol) % DISTANCES] += 1;
        self.steps.push(Step { literals: literals.len() as u32, length, symbol, distance });
    }

    /// Adds the literals after the last match, and the end of the block.
    pub(crate) fn end(&mut self, literals: &[u8]) {
        self.count(literals);
        self.literals[END_OF_BLOCK] = 1;
    }

    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.literals = [0; LITERALS];
        self.distances = [0; DISTANCES];
    }

    #[inline(always)]
    fn count(&mut self, literals: &[u8]) {
        for byte in literals {
            self.literals[usize::from(*byte)] += 1;
        }
    }
}
