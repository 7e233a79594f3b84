//! The encoder: texts in, deflate blocks out.

use crate::bits::Pending;
use crate::block;
use crate::error::DeflateError;
use crate::matching::Matcher;
use crate::tokens::Tokens;

/// Texts are compressed in pieces of this many bytes. No match crosses from one piece to another.
pub(crate) const PIECE: usize = 1 << 22;

/// Ends a stream of blocks: an empty last block with fixed codes.
pub const STREAM_END: &[u8] = &[3, 0];

/// Compresses texts independently of each other. Its memory does not depend on their lengths.
pub struct Deflater {
    matcher: Matcher,
    pub(crate) tokens: Tokens,
}

impl Deflater {
    /// An encoder. Its tables take about 200 KiB; used again, it need not allocate them again.
    pub fn new() -> Deflater {
        Deflater { matcher: Matcher::new(), tokens: Tokens::new() }
    }

    /// Compresses a text and appends it to `packed`, ending with a full flush: at the end of a byte, and without
    /// references to another text. The bytes depend only on the text and the version of this crate. A stream of such
    /// texts ends with [`STREAM_END`].
    ///
    /// # Errors
    /// [`DeflateError`] in the case of an error in this crate. What was appended to `packed` is then of no use.
    pub fn pack(&mut self, text: &[u8], packed: &mut Vec<u8>) -> Result<(), DeflateError> {
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

impl Default for Deflater {
    fn default() -> Deflater {
        Deflater::new()
    }
}
