//! The encoding and the line ends of a text: UTF-16 becomes UTF-8, and lines that end in CR alone end in LF.

use std::io::{self, Cursor, Read};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::beginning;
use super::encoding::TextEncoding;

/// The characters that show the encoding of a text without a byte order mark.
const SHOWING: usize = 8;

/// The beginning of an archive that the feed reads itself, which is no text.
const ARCHIVE: &[u8] = b"PK";

/// A text whose beginning was read.
pub(super) struct Begun<'a> {
    /// The first bytes.
    pub(super) start: Vec<u8>,
    /// Whether they are all.
    pub(super) is_all: bool,
    /// What follows them.
    pub(super) rest: Box<dyn Read + 'a>,
}

/// Reads the beginning of a text, of at most `most` bytes. An error comes after the bytes before it.
pub(super) fn begin<'a>(mut input: Box<dyn Read + 'a>, most: usize, given: Option<TextEncoding>) -> Begun<'a> {
    let (mut start, mut read) = beginning(&mut input, most);
    if let Some(encoding) = utf16(&start).or_else(|| given?.other_than_utf8()) {
        let whole = Cursor::new(start).chain(AfterError(read.err())).chain(input);
        // This removes the byte order mark.
        input = Box::new(DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(whole));
        (start, read) = beginning(&mut input, most);
    }
    if ends_lines_in_cr(&start) {
        start.iter_mut().for_each(end_in_lf);
        input = Box::new(LineFeeds(input));
    }
    let is_all = start.len() < most && read.is_ok();
    Begun { is_all, start, rest: Box::new(AfterError(read.err()).chain(input)) }
}

/// Fails once, if there was an error, and then ends.
struct AfterError(Option<io::Error>);

impl Read for AfterError {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The encoding of a text in UTF-16, by its byte order mark (RFC 2781, 3.2), or by the zeros in its first characters.
fn utf16(start: &[u8]) -> Option<&'static Encoding> {
    if let [0xff, 0xfe, ..] = start {
        return Some(UTF_16LE);
    }
    if let [0xfe, 0xff, ..] = start {
        return Some(UTF_16BE);
    }
    let (units, _) = start.get(..2 * SHOWING)?.as_chunks::<2>();
    if units.iter().all(|[low, high]| *low != 0 && *high == 0) {
        return Some(UTF_16LE);
    }
    units.iter().all(|[high, low]| *high == 0 && *low != 0).then_some(UTF_16BE)
}

/// Whether the lines of a text end in CR without LF. One CR at the end may be the first half of a line end.
fn ends_lines_in_cr(start: &[u8]) -> bool {
    if start.starts_with(ARCHIVE) {
        return false;
    }
    let Some((_, before)) = start.split_last() else { return false };
    before.contains(&b'\r') && !start.contains(&b'\n')
}

fn end_in_lf(byte: &mut u8) {
    if *byte == b'\r' {
        *byte = b'\n';
    }
}

/// Replaces every CR by LF.
struct LineFeeds<R>(R);

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.0.read(into)?;
        into[..length].iter_mut().for_each(end_in_lf);
        Ok(length)
    }
}
