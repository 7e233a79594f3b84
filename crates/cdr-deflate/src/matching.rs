//! Turns a text into literals and matches.

use crate::error::DeflateError;
use crate::habits::Habits;
use crate::places::{Found, Here, Places};
use crate::starts::{CHUNK, starts};
use crate::symbols::{LONGEST, SHORTEST};
use crate::tokens::{STEPS, Tokens};

/// The shortest match that is used. Beyond the distance `FAR` such a match costs more than its literals, so it has to
/// be one byte longer.
const SHORTEST_NEAR: usize = 4;
const FAR: usize = 2048;
/// A match of this many bytes is used as it is. Within a shorter one, a better match is searched for.
const ENOUGH: usize = 18;
/// How many bytes further a match has to reach to replace the end of an earlier one.
const FURTHER: usize = 4;
/// How many bytes a match is extended backwards.
const BACK: usize = LONGEST;

/// Finds matches at the starts of fields and words.
pub(crate) struct Matcher {
    places: Places,
    habits: Habits,
}

/// A match that has not been added yet.
#[derive(Clone, Copy, Default)]
struct Match {
    start: usize,
    /// The end; 0 if there is no match.
    end: usize,
    distance: usize,
}

impl Matcher {
    pub(crate) fn new() -> Matcher {
        Matcher { places: Places::new(), habits: Habits::new() }
    }

    /// Turns a text into tokens. `full` is called for each block with its tokens and text, and clears the tokens.
    pub(crate) fn run(
        &mut self,
        text: &[u8],
        tokens: &mut Tokens,
        full: &mut impl FnMut(&mut Tokens, &[u8]) -> Result<(), DeflateError>,
    ) -> Result<(), DeflateError> {
        self.places.clear();
        self.habits.clear();
        // The text up to `block` is written; the text up to `done` is in the tokens.
        let (mut block, mut done) = (0, 0);
        let (mut last, mut after) = (Match::default(), true);
        // Up to here no match is searched for.
        let mut settled = 0;
        for (base, chunk) in (0..).step_by(CHUNK).zip(text.chunks(CHUNK)) {
            let mut places = starts(chunk, &mut after);
            while places != 0 {
                let at = base + places.trailing_zeros() as usize;
                places &= places - 1;
                let Some(here) = Here::new(text, at) else { break };
                if at < settled {
                    self.places.note(&here);
                    continue;
                }
                let kind = Habits::kind(text[at.saturating_sub(1)], &here);
                if self.habits.passes(kind) {
                    self.places.note(&here);
                    continue;
                }
                if at >= last.end && last.end > 0 {
                    done = add(tokens, text, done, last);
                    last.end = 0;
                }
                if tokens.steps.len() >= STEPS {
                    tokens.end(&[]);
                    full(tokens, &text[block..done])?;
                    block = done;
                }
                let Found { length, distance } = self.places.find(text, &here);
                let end = at + length;
                let pending = last.end > 0;
                let least = if pending { last.end + FURTHER - at } else { SHORTEST_NEAR };
                let found = length >= least.max(SHORTEST_NEAR + usize::from(distance > FAR));
                self.habits.learn(kind, found);
                if !found {
                    continue;
                }
                let mut start = backwards(text, if pending { last.start } else { done }, at, distance);
                if pending {
                    if start - last.start >= SHORTEST_NEAR {
                        done = add(tokens, text, done, Match { end: start, ..last });
                    } else {
                        start = backwards(text, done, start, distance);
                    }
                }
                last = Match { start, end, distance };
                if end - start >= ENOUGH {
                    settled = end;
                }
            }
        }
        if last.end > 0 {
            done = add(tokens, text, done, last);
        }
        tokens.end(&text[done..]);
        if block < text.len() { full(tokens, &text[block..]) } else { Ok(()) }
    }
}

/// Adds a match and the literals before it, from `done` on. Returns the end of the match.
#[inline(always)]
fn add(tokens: &mut Tokens, text: &[u8], done: usize, found: Match) -> usize {
    let mut literals = &text[done..found.start];
    let mut left = found.end - found.start;
    while left > LONGEST {
        // The rest has to be long enough for a match, too.
        let length = LONGEST.min(left - SHORTEST);
        tokens.add(literals, length, found.distance);
        literals = &[];
        left -= length;
    }
    tokens.add(literals, left, found.distance);
    found.end
}

/// The start of the match at `at` when it is extended backwards over equal bytes, at most to `least`, and by [`BACK`].
#[inline(always)]
fn backwards(text: &[u8], least: usize, at: usize, distance: usize) -> usize {
    let least = least.max(distance).max(at.saturating_sub(BACK)).min(at);
    let there = &text[least - distance.min(least)..at - distance];
    let here = &text[least..at];
    if let (Some(one), Some(other)) = (here.last_chunk(), there.last_chunk()) {
        let differ = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        if differ != 0 {
            return at - (differ.leading_zeros() / 8) as usize;
        }
    }
    at - here.iter().rev().zip(there.iter().rev()).take_while(|(one, other)| one == other).count()
}

const _: () = assert!(SHORTEST_NEAR >= SHORTEST);
