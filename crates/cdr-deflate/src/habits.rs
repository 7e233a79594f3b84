//! What has proved useless: kinds of fields and words, such as seconds and random numbers, that begin no match.

use crate::places::Here;

/// The binary logarithm of the number of kinds.
const SLOTS: u32 = 10;
/// The highest score. A kind begins with it.
const BEST: u8 = 240;
/// A kind with a lower score is passed over.
const LEAST: u8 = 64;
/// How much a search adds that finds a match, and how much one takes that does not. Each time that a kind is passed over
/// adds 1, so that a useless kind is tried again after 16 times.
const FOUND: u8 = 48;
const MISSED: u8 = 16;

/// A score for each kind of field or word: by the byte before it, and whether its first, third and fifth bytes are digits,
/// letters or others.
pub(crate) struct Habits {
    scores: Box<[u8; 1 << SLOTS]>,
}

impl Habits {
    pub(crate) fn new() -> Habits {
        Habits { scores: Box::new([BEST; 1 << SLOTS]) }
    }

    pub(crate) fn clear(&mut self) {
        self.scores.fill(BEST);
    }

    /// The kind of a field or word. The upper bits of a byte of ASCII tell digits, letters and others apart.
    #[inline(always)]
    pub(crate) fn kind(before: u8, here: &Here) -> usize {
        let kind = (here.first() << 8 | u64::from(before)) & 0x7000_7000_70ff;
        (kind.wrapping_mul(0x9e37_79b1_85eb_ca87) >> (u64::BITS - SLOTS)) as usize
    }

    /// Whether a search would probably be in vain.
    #[inline(always)]
    pub(crate) fn passes(&mut self, kind: usize) -> bool {
        let score = &mut self.scores[kind];
        let passes = *score < LEAST;
        *score += u8::from(passes);
        passes
    }

    #[inline(always)]
    pub(crate) fn learn(&mut self, kind: usize, found: bool) {
        let score = &mut self.scores[kind];
        *score = if found { score.saturating_add(FOUND).min(BEST) } else { score.saturating_sub(MISSED) };
    }
}

const _: () = assert!(BEST as u32 + 1 < u8::MAX as u32 && LEAST < BEST);
