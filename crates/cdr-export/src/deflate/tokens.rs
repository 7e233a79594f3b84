//! What a block of deflate is made of: literals and matches, and how often each symbol comes.

use super::symbols::{DISTANCES, END_OF_BLOCK, LENGTHS, LITERALS, SHORTEST, distance_symbol};

/// The most steps of a block.
pub(super) const STEPS: usize = 1 << 14;

/// Some literals and then a match.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// How many.
    pub(super) literals: u32,
    /// Of the match, less [`SHORTEST`].
    pub(super) length: u8,
    /// Of the distance.
    pub(super) symbol: u8,
    /// Less 1.
    pub(super) distance: u16,
}

/// The tokens of a block. The literals themselves stay in the text.
pub(super) struct Tokens {
    pub(super) steps: Vec<Step>,
    /// How often each literal and length comes.
    pub(super) literals: [u32; LITERALS],
    /// How often each distance comes.
    pub(super) distances: [u32; DISTANCES],
}

impl Tokens {
    pub(super) fn new() -> Tokens {
        Tokens { steps: Vec::with_capacity(STEPS), literals: [0; LITERALS], distances: [0; DISTANCES] }
    }

    /// Adds literals and a match after them: 3 to 258 bytes, from 1 to 32,768 bytes before.
    #[inline(always)]
    pub(super) fn add(&mut self, literals: &[u8], length: usize, distance: usize) {
        self.count(literals);
        let (length, distance) = ((length - SHORTEST) as u8, (distance - 1) as u16);
        let symbol = distance_symbol(distance);
        self.literals[usize::from(LENGTHS[usize::from(length)].symbol) % LITERALS] += 1;
        self.distances[usize::from(symbol) % DISTANCES] += 1;
        self.steps.push(Step { literals: literals.len() as u32, length, symbol, distance });
    }

    /// Adds the literals after the last match, and the end of the block.
    pub(super) fn end(&mut self, literals: &[u8]) {
        self.count(literals);
        self.literals[END_OF_BLOCK] = 1;
    }

    pub(super) fn clear(&mut self) {
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
