//! Packed files: gzip is unpacked while it is read, a ZIP archive is left to the feeds that read them.

use std::io::{self, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use crate::error::IntakeError;
use crate::feed::Feed;

/// The first bytes of a gzip member with the only known method (RFC 1952, 2.3).
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// The first bytes of a ZIP archive (APPNOTE 4.3.7), and of one without files (4.3.16).
const ZIP: [[u8; 4]; 2] = [*b"PK\x03\x04", *b"PK\x05\x06"];

/// The text of a file: what is in a gzip file, or else the file. Gzip files that were put together are read as one.
///
/// # Errors
/// If it cannot be read, or is a ZIP archive that the feed does not read.
pub(super) fn text<'a>(
    mut input: Box<dyn Read + 'a>,
    feed: &dyn Feed,
    file: &str,
) -> Result<Box<dyn Read + 'a>, IntakeError> {
    let unread = |source| IntakeError::Input { position: file.to_owned(), source };
    let start = begin(&mut input).map_err(unread)?;
    if start.starts_with(&GZIP) {
        return text_of_gzip(Cursor::new(start).chain(input), feed, file);
    }
    check(&start, feed, file)?;
    Ok(Box::new(Cursor::new(start).chain(input)))
}

fn text_of_gzip<'a>(input: impl Read + 'a, feed: &dyn Feed, file: &str) -> Result<Box<dyn Read + 'a>, IntakeError> {
    let mut text = MultiGzDecoder::new(BufReader::with_capacity(1 << 16, input));
    let start = begin(&mut text).map_err(|source| IntakeError::Input { position: file.to_owned(), source })?;
    check(&start, feed, file)?;
    Ok(Box::new(Cursor::new(start).chain(text)))
}

/// The first four bytes, or fewer of a shorter file.
fn begin(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(4).read_to_end(&mut start)?;
    Ok(start)
}

fn check(start: &[u8], feed: &dyn Feed, file: &str) -> Result<(), IntakeError> {
    match feed.unpacking() {
        Some(help) if ZIP.iter().any(|zip| start.starts_with(zip)) => {
            Err(IntakeError::Archive { file: file.to_owned(), feed: feed.name(), help })
        }
        _ => Ok(()),
    }
}
