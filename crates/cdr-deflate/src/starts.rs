//! Finds where fields and words start.

/// The number of bytes searched together.
pub(crate) const CHUNK: usize = 64;

/// The starts in text without separators: every eighth byte.
const SOMEWHERE: u64 = 0x0101_0101_0101_0101;

/// A bit set of the positions in up to [`CHUNK`] bytes, the first lowest, at which a field or word starts: after
/// separators. Bits beyond the end of a shorter chunk may be set. `after` is whether a separator precedes the chunk; it
/// is updated to whether the chunk ends with one.
#[inline(always)]
pub(crate) fn starts(chunk: &[u8], after: &mut bool) -> u64 {
    let mut padded = [0; CHUNK];
    let chunk = match chunk.try_into() {
        Ok(whole) => whole,
        Err(_) => {
            padded[..chunk.len()].copy_from_slice(chunk);
            &padded
        }
    };
    let found = separators(chunk);
    let starts = (found << 1 | u64::from(*after)) & !found;
    *after = found >> (CHUNK - 1) == 1;
    if starts == 0 { SOMEWHERE } else { starts }
}

/// A bit set of the bytes that separate fields and words: bytes up to the comma, including quotes and line ends, the
/// full stop, and from `:` to `@`. The `-` of dates and identifiers and the `/` are excluded: a search after them costs
/// more than it saves.
#[inline(always)]
fn separators(chunk: &[u8; CHUNK]) -> u64 {
    // In this form the compiler uses vectors.
    let mut found = [0u8; CHUNK];
    for (found, byte) in found.iter_mut().zip(chunk) {
        *found = u8::from(*byte <= b',') | u8::from(*byte == b'.') | u8::from(byte.wrapping_sub(b':') <= b'@' - b':');
    }
    // Gathers the eight bits of each word in its upper byte.
    let gathered = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let (words, _) = found.as_chunks();
    words.iter().rev().fold(0, |all, word| all << 8 | gathered(word))
}
