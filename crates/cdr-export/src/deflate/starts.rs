//! Where fields and words begin.

/// How many bytes are looked at together.
pub(super) const CHUNK: usize = 64;

/// In text without separators, one place in eight.
const SOMEWHERE: u64 = ONES;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The places in up to [`CHUNK`] bytes, the first lowest, where something begins: after separators. Past the
/// end of a shorter chunk it may name places, too. `after` tells whether
/// a separator came before, and then whether the chunk ended with one.
#[inline(always)]
pub(super) fn starts(chunk: &[u8], after: &mut bool) -> u64 {
    let mut found = 0;
    for (at, bytes) in chunk.chunks(8).enumerate() {
        let word = match bytes.try_into() {
            Ok(eight) => u64::from_le_bytes(eight),
            Err(_) => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        found |= separators(word) << (at * 8);
    }
    let starts = (found << 1 | u64::from(*after)) & !found;
    *after = found >> (CHUNK - 1) == 1;
    if starts == 0 { SOMEWHERE } else { starts }
}

/// Which bytes of a word part fields and words: those up to a comma, quotes and line ends among them, and from `:` to `@`.
/// Not the `-` and `.` of dates, identifiers and decimals: looking after those takes longer than it saves.
#[inline(always)]
fn separators(word: u64) -> u64 {
    let low = word & !HIGH;
    let over_comma = low + ONES * (0x80 - (b',' as u64 + 1));
    let from_colon = low + ONES * (0x80 - b':' as u64);
    let over_at = low + ONES * (0x80 - (b'@' as u64 + 1));
    let found = (!over_comma | from_colon & !over_at) & !word & HIGH;
    // Brings the eight bits together.
    (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
