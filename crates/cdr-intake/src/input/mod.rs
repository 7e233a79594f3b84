//! Opening a file before its feed reads it: unpacking it, and turning its text into lines of UTF-8.

mod encoding;
mod member;
mod sample;
mod text;
mod unpack;
mod zstd;

use std::io::{self, Cursor, Read};

pub use encoding::{TextEncoding, TextEncodingError};
pub(crate) use member::Member;
pub use sample::FileSample;
pub(crate) use sample::split;
pub use unpack::is_packed;

use crate::error::IntakeError;
use crate::feed::{Feed, FeedSettings, FileEnd};

/// The bytes at the beginning of a file that decide what it is.
const SAMPLE_BYTES: usize = 64 * 1024;

/// A file that is ready to be read.
pub(crate) struct Opened<'a> {
    pub(crate) text: Box<dyn Read + 'a>,
    /// The beginning of the text.
    pub(crate) sample: FileSample,
    /// How the file ends. What is packed ends properly, or else it cannot be read to its end.
    pub(crate) end: FileEnd,
}

/// Opens a file for a feed.
///
/// # Errors
/// If it cannot be read, or is packed in a way that is not understood.
pub(crate) fn open<'a>(
    input: Box<dyn Read + 'a>,
    feed: &dyn Feed,
    file: &str,
    settings: &FeedSettings,
) -> Result<Opened<'a>, IntakeError> {
    let (input, is_packed) = unpack::unpacked(input, feed, file)?;
    let begun = text::begin(input, SAMPLE_BYTES, settings.encoding);
    let end = if is_packed { FileEnd::Complete } else { settings.end };
    // An unfinished line shows nothing.
    let sample = FileSample::of(&begun.start, begun.is_all && end == FileEnd::Complete);
    let text = Box::new(Cursor::new(begun.start).chain(begun.rest));
    Ok(Opened { text, sample, end })
}

/// Reads up to `most` bytes, fewer only at the end or before an error, which comes after them.
fn beginning(input: &mut impl Read, most: usize) -> (Vec<u8>, io::Result<()>) {
    let mut start = Vec::new();
    let read = input.take(most as u64).read_to_end(&mut start);
    (start, read.map(drop))
}
