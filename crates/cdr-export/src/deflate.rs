//! Raw deflate (RFC 1951) in blocks that can be put one after another.

use flate2::{Compress, Compression, FlushCompress};

use crate::error::ExportError;

/// One level for all, so that the same rows are the same bytes whoever asks for them. Part of
/// [`FORMAT_VERSION`](crate::FORMAT_VERSION).
const LEVEL: u32 = 2;

/// The compressor counts what it is given in 32 bits.
const PIECE: usize = 1 << 30;

/// Ends a stream of blocks: a last, empty one with fixed codes.
pub(crate) const END: &[u8] = &[3, 0];

/// Compresses texts, each on its own.
pub(crate) struct Deflater(Compress);

impl Deflater {
    pub(crate) fn new() -> Deflater {
        Deflater(Compress::new(Compression::new(LEVEL), false))
    }

    /// Compresses a text into `packed`, in place of what was there. It ends on a byte, with nothing in it that refers to
    /// another text: a full flush.
    pub(crate) fn pack(&mut self, text: &[u8], packed: &mut Vec<u8>) -> Result<(), ExportError> {
        self.0.reset();
        packed.clear();
        // More than deflate ever needs: it would write a second flush marker if the first just fitted, and then the bytes
        // would depend on how large the buffer was.
        packed.reserve(text.len() + text.len() / 8 + text.len() / 64 + 64);
        let mut rest = text;
        loop {
            let (now, later) = rest.split_at(rest.len().min(PIECE));
            let flush = if later.is_empty() { FlushCompress::Full } else { FlushCompress::None };
            self.0.compress_vec(now, packed, flush).map_err(|error| ExportError::Deflate(error.to_string()))?;
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        match usize::try_from(self.0.total_in()) {
            Ok(read) if read == text.len() && packed.len() < packed.capacity() => Ok(()),
            _ => Err(ExportError::Deflate(format!("{} of {} bytes were taken", self.0.total_in(), text.len()))),
        }
    }
}
