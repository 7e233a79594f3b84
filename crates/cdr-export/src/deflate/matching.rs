//! Finds repetitions of earlier text.

use crate::error::ExportError;

use super::starts::{CHUNK, starts};
use super::symbols::{LONGEST, SHORTEST, WINDOW};
use super::tokens::{STEPS, Tokens};

/// The binary logarithm of the number of positions stored for each of the two keys; the tables fit into the L1 cache.
const SLOTS: u32 = 13;
/// The number of columns of a row whose positions are stored. Later columns overwrite the first ones.
const COLUMNS: usize = 256;
/// The number of bytes compared first.
const LOOK: usize = 16;
/// The shortest match that is used. Beyond the distance `FAR` such a match costs more than its literals, so it has to
/// be one byte longer.
const SHORTEST_NEAR: usize = 4;
const FAR: usize = 2048;

/// Positions as the lower 16 bits of the offset in the text. Any two positions in the window differ in these bits.
type Places = [u16; 1 << SLOTS];

/// Finds matches. Three candidates are tried at the start of a field or word: the last position with the same eight
/// bytes, the last position with the same four, and the start of this column in the previous row.
pub(super) struct Matcher {
    by_eight: Box<Places>,
    by_four: Box<Places>,
    columns: [u32; COLUMNS],
}

impl Matcher {
    pub(super) fn new() -> Matcher {
        Matcher { by_eight: Box::new([0; 1 << SLOTS]), by_four: Box::new([0; 1 << SLOTS]), columns: [0; COLUMNS] }
    }

    /// Turns a text into tokens. `full` is called for each block with its tokens and text, and clears the tokens.
    pub(super) fn run(
        &mut self,
        text: &[u8],
        tokens: &mut Tokens,
        full: &mut impl FnMut(&mut Tokens, &[u8]) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        // An unset position is 0, the offset of the first byte. It is harmless, because the bytes are compared anyway.
        self.by_eight.fill(0);
        self.by_four.fill(0);
        self.columns.fill(0);
        // The text up to `block` is written; the text up to `done` is in the tokens.
        let (mut block, mut done) = (0, 0);
        let (mut column, mut after) = (0, true);
        for (base, chunk) in (0..).step_by(CHUNK).zip(text.chunks(CHUNK)) {
            let mut places = starts(chunk, &mut after);
            while places != 0 {
                let at = base + places.trailing_zeros() as usize;
                places &= places - 1;
                let Some(here) = look(text, at) else { break };
                let before = match text[..at] {
                    [] => b'\n',
                    [.., b',', b'"'] => b',',
                    [.., before] => before,
                };
                let above = self.above(&mut column, before, at);
                if at < done {
                    // Inside a match only the position of the longer key is stored.
                    exchange(&mut self.by_eight, here as u64, at);
                    continue;
                }
                let (distance, length) = self.best(text, at, here, at - above);
                if length < SHORTEST_NEAR + usize::from(distance > FAR) {
                    continue;
                }
                let end = at + length + if length == LOOK { same(text, at + LOOK - distance, at + LOOK) } else { 0 };
                let start = backwards(text, done, at, distance);
                let mut literals = &text[done..start];
                done = start;
                while end - done > LONGEST {
                    // The rest has to be long enough for a match, too.
                    let length = LONGEST.min(end - done - SHORTEST);
                    tokens.add(literals, length, distance);
                    literals = &[];
                    done += length;
                }
                tokens.add(literals, end - done, distance);
                done = end;
                if tokens.steps.len() >= STEPS {
                    tokens.end(&[]);
                    full(tokens, &text[block..done])?;
                    block = done;
                }
            }
        }
        tokens.end(&text[done..]);
        if block < text.len() { full(tokens, &text[block..]) } else { Ok(()) }
    }

    /// The position at which the column that starts here started in the previous row.
    #[inline(always)]
    fn above(&mut self, column: &mut usize, before: u8, at: usize) -> usize {
        *column = if before == b'\n' { 0 } else { (*column + usize::from(before == b',')) % COLUMNS };
        let above = self.columns[*column] as usize;
        if before == b',' || before == b'\n' {
            self.columns[*column] = at as u32;
        }
        above
    }

    /// The distance and the length, up to [`LOOK`], of the best match; the length is 0 if no candidate matches. Stores
    /// the current position.
    #[inline(always)]
    fn best(&mut self, text: &[u8], at: usize, here: u128, above: usize) -> (usize, usize) {
        let long = exchange(&mut self.by_eight, here as u64, at);
        let short = exchange(&mut self.by_four, (here as u64) << 32, at);
        let length = |distance: usize| {
            let valid = distance.wrapping_sub(1) < at.min(WINDOW);
            let from = if valid { at - distance } else { at };
            let differ = look(text, from).unwrap_or(!here) ^ here;
            if valid { (differ.trailing_zeros() / 8) as usize } else { 0 }
        };
        let mut best = (above, length(above));
        let by_eight = length(long);
        if by_eight + usize::from(long < above) > best.1 {
            best = (long, by_eight);
        }
        let by_four = length(short);
        if by_four > best.1 {
            best = (short, by_four);
        }
        best
    }
}

/// Returns the distance to the last position with this key, or to one with the same hash. Stores the current position.
#[inline(always)]
fn exchange(places: &mut Places, key: u64, at: usize) -> usize {
    let slot = &mut places[(key.wrapping_mul(0x9e37_79b1_85eb_ca87) >> (u64::BITS - SLOTS)) as usize];
    let distance = (at as u16).wrapping_sub(*slot);
    *slot = at as u16;
    usize::from(distance)
}

/// The [`LOOK`] bytes at a position; `None` if the text ends before them.
#[inline(always)]
fn look(text: &[u8], at: usize) -> Option<u128> {
    text.get(at..at + LOOK).and_then(|bytes| bytes.try_into().ok()).map(u128::from_le_bytes)
}

/// The number of bytes from `here` on that equal those from `there` on.
#[inline(always)]
fn same(text: &[u8], there: usize, here: usize) -> usize {
    let most = text.len() - here;
    let (there, here) = (&text[there..there + most], &text[here..here + most]);
    let mut same = 0;
    for (one, other) in there.as_chunks().0.iter().zip(here.as_chunks().0) {
        let differ = u128::from_le_bytes(*one) ^ u128::from_le_bytes(*other);
        if differ != 0 {
            return same + (differ.trailing_zeros() / 8) as usize;
        }
        same += LOOK;
    }
    same + there[same..].iter().zip(&here[same..]).take_while(|(one, other)| one == other).count()
}

/// The start of the match at `at` when it is extended backwards over equal bytes, at most to `least`.
#[inline(always)]
fn backwards(text: &[u8], least: usize, at: usize, distance: usize) -> usize {
    let least = least.max(distance).min(at);
    let there = &text[least - distance.min(least)..at - distance];
    let same = text[least..at].iter().rev().zip(there.iter().rev()).take_while(|(one, other)| one == other).count();
    at - same
}

const _: () = assert!(SHORTEST_NEAR >= SHORTEST && SLOTS <= 16 && WINDOW <= 1 << 15);
