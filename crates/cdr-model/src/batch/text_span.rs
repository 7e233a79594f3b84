//! A text in the buffer of a batch.

/// A text in the buffer of a [`CallBatch`](super::CallBatch), or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextSpan {
    from: u32,
    /// The length in bytes, or [`NO_TEXT`].
    bytes: u32,
}

const NO_TEXT: u32 = u32::MAX;

impl TextSpan {
    /// No text.
    pub const NONE: TextSpan = TextSpan { from: 0, bytes: NO_TEXT };

    /// Adds a text to a buffer. The offset of a text beyond four gigabytes, which no batch has, would be wrong.
    pub(super) fn put(buffer: &mut String, text: &str) -> TextSpan {
        let from = buffer.len();
        buffer.push_str(text);
        TextSpan::from(from, buffer)
    }

    /// The text that a buffer has from an offset on.
    pub(super) fn from(from: usize, buffer: &str) -> TextSpan {
        let bytes = u32::try_from(buffer.len() - from).unwrap_or(NO_TEXT);
        TextSpan { from: u32::try_from(from).unwrap_or(u32::MAX), bytes }
    }

    pub(super) fn of(self, buffer: &str) -> Option<&str> {
        let (from, bytes) = (self.from as usize, self.bytes);
        if bytes == NO_TEXT { None } else { buffer.get(from..from + bytes as usize) }
    }
}
