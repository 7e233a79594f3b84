//! Finds where fields and words start.

/// The number of bytes searched together.
pub(super) const CHUNK: usize = 64;

/// The starts in text without separators: every eighth byte.
const SOMEWHERE: u64 = ONES;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// A bit set of the positions in up to [`CHUNK`] bytes, the first lowest, at which a field or word starts: after
/// separators. Bits beyond the end of a shorter chunk may be set. `after` is whether a separator precedes the chunk; it
/// is updated to whether the chunk ends with one.
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

/// A bit set of the bytes that separate fields and words: bytes up to the comma, including quotes and line ends, and
/// from `:` to `@`. The `-` and `.` of dates, identifiers and decimals are excluded: a search after them costs more
/// than it saves.
#[inline(always)]
fn separators(word: u64) -> u64 {
    let low = word & !HIGH;
    let over_comma = low + ONES * (0x80 - (b',' as u64 + 1));
    let from_colon = low + ONES * (0x80 - b':' as u64);
    let over_at = low + ONES * (0x80 - (b'@' as u64 + 1));
    let found = (!over_comma | from_colon & !over_at) & !word & HIGH;
    // Gathers the eight bits in one byte.
    (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
