//! Raw deflate (RFC 1951) in blocks that can be put one after another.
//!
//! An encoder for rows of text. What repeats in them are whole fields and their beginnings, so it looks for matches only
//! where a field or a word of it begins, which is several times less work than at every byte. Any other input is written
//! correctly too, only less tightly.

mod bits;
mod block;
mod heading;
mod huffman;
mod matching;
mod starts;
mod symbols;
#[cfg(test)]
mod tests;
mod tokens;

use crate::error::ExportError;

use self::bits::Pending;
use self::matching::Matcher;
use self::tokens::Tokens;

/// Texts are compressed in pieces of so many bytes, with no match from one into another.
const PIECE: usize = 1 << 22;

/// Ends a stream of blocks: a last, empty one with fixed codes.
pub(crate) const END: &[u8] = &[3, 0];

/// Compresses texts, each on its own.
pub(crate) struct Deflater {
    matcher: Matcher,
    tokens: Tokens,
}

impl Deflater {
    pub(crate) fn new() -> Deflater {
        Deflater { matcher: Matcher::new(), tokens: Tokens::new() }
    }

    /// Compresses a text and adds it to `packed`. It ends on a byte, with nothing in it that refers to
    /// another text: a full flush. The bytes depend on the text alone, and are part of
    /// [`FORMAT_VERSION`](crate::FORMAT_VERSION).
    pub(crate) fn pack(&mut self, text: &[u8], packed: &mut Vec<u8>) -> Result<(), ExportError> {
        self.tokens.clear();
        let mut pending = Pending::default();
        for piece in text.chunks(PIECE) {
            self.matcher.run(piece, &mut self.tokens, &mut |tokens, text| {
                block::write(tokens, text, packed, &mut pending)?;
                tokens.clear();
                Ok(())
            })?;
        }
        block::align(packed, &mut pending);
        Ok(())
    }
}
