//! Raw deflate (RFC 1951) in blocks that can be concatenated.
//!
//! The encoder is made for rows of text. Whole fields and their beginnings repeat in such rows, so the encoder searches
//! for matches only where a field or a word starts. This is several times less work than a search at every byte. Other
//! input is encoded correctly, but compresses less well.

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

/// Texts are compressed in pieces of this many bytes. No match crosses from one piece to another.
const PIECE: usize = 1 << 22;

/// Ends a stream of blocks: an empty last block with fixed codes.
pub(crate) const END: &[u8] = &[3, 0];

/// Compresses texts independently of each other.
pub(crate) struct Deflater {
    matcher: Matcher,
    tokens: Tokens,
}

impl Deflater {
    pub(crate) fn new() -> Deflater {
        Deflater { matcher: Matcher::new(), tokens: Tokens::new() }
    }

    /// Compresses a text and appends it to `packed`, ending with a full flush: at a byte boundary, and without
    /// references to another text. The bytes depend only on the text, and are part of
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
