//! Packed files: gzip and Zstandard are unpacked while they are read, and a ZIP archive of one file is opened. One of
//! several files is left to the feeds that read them.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};

use cdr_model::printable;
use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;

use super::beginning;
use super::member::Member;
use super::zstd::Frames;
use crate::error::IntakeError;
use crate::feed::Feed;

/// The first bytes of a gzip member with the only known method (RFC 1952, 2.3).
const GZIP: &[u8] = &[0x1f, 0x8b, 8];
/// The first bytes of a Zstandard frame (RFC 8878, 3.1.1).
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// The last bytes of the beginning of a frame without text, whose first byte is between 0x50 and 0x5f (3.1.2).
const SKIPPABLE: &[u8] = &[0x2a, 0x4d, 0x18];
/// The first bytes of a ZIP archive (APPNOTE 4.3.7), and of one without files (4.3.16).
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// How many times a file may be packed.
const LAYERS: usize = 4;
const BUFFER_BYTES: usize = 1 << 16;
/// The members of an archive that a message names.
const NAMED: usize = 5;

/// What is in a packed file, and whether it is one; else the file itself. gzip files and Zstandard frames that were put
/// together are read as one.
///
/// # Errors
/// If it cannot be read, or is a ZIP archive of several files that the feed does not read.
pub(super) fn unpacked<'a>(
    mut input: Box<dyn Read + 'a>,
    feed: &dyn Feed,
    file: &str,
) -> Result<(Box<dyn Read + 'a>, bool), IntakeError> {
    let unread = |source| IntakeError::Input { position: file.to_owned(), source };
    for layer in 0..=LAYERS {
        let (start, read) = beginning(&mut input, ZSTD.len());
        read.map_err(unread)?;
        let is_zip = is_zip(&start) && feed.unpacking().is_some();
        let (is_gzip, is_zstd) = (start.starts_with(GZIP), is_zstd(&start));
        input = Box::new(Cursor::new(start).chain(input));
        if !(is_gzip || is_zstd || is_zip) {
            return Ok((input, layer > 0));
        }
        let buffered = BufReader::with_capacity(BUFFER_BYTES, input);
        input = if is_gzip {
            Box::new(MultiGzDecoder::new(buffered))
        } else if is_zstd {
            Box::new(Frames::new(buffered))
        } else {
            Box::new(only_member(buffered, feed, file)?)
        };
    }
    Err(IntakeError::refused(file, format!("it is packed more than {LAYERS} times")))
}

/// Whether a file that begins with these bytes, four or more, is packed.
pub fn is_packed(start: &[u8]) -> bool {
    let first = &start[..start.len().min(ZSTD.len())];
    first.starts_with(GZIP) || is_zstd(first) || is_zip(first)
}

fn is_zip(start: &[u8]) -> bool {
    ZIP.iter().any(|zip| start.starts_with(zip))
}

fn is_zstd(start: &[u8]) -> bool {
    let is_skippable = start.first().is_some_and(|byte| byte >> 4 == 5) && start.ends_with(SKIPPABLE);
    start.starts_with(ZSTD) || is_skippable
}

/// The only file in an archive, which is copied to an anonymous temporary file, because its directory is at its end.
fn only_member(mut input: impl Read, feed: &dyn Feed, file: &str) -> Result<Member, IntakeError> {
    let unread = |source| IntakeError::Input { position: file.to_owned(), source };
    let unzipped = |source| IntakeError::Zip { file: file.to_owned(), source };
    let mut spooled = tempfile::tempfile().map_err(unread)?;
    io::copy(&mut input, &mut spooled).and_then(|_| spooled.rewind()).map_err(unread)?;
    let copy: File = spooled.try_clone().map_err(unread)?;
    let mut archive = ZipArchive::new(copy).map_err(unzipped)?;
    let (mut only, mut names) = (None, Vec::new());
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(unzipped)?;
        if !entry.is_dir() {
            names.push(printable(&entry.name().map_err(unzipped)?).into_owned());
            only = Some(index);
        }
    }
    let opened = match only.filter(|_| names.len() == 1) {
        Some(index) => Member::open(&mut archive, &spooled, index).map_err(unzipped)?,
        None => None,
    };
    opened.map(|(_, member)| member).ok_or_else(|| {
        let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let files = match names.len() {
            0 => "no file".to_owned(),
            1..=NAMED => named,
            more => format!("{named} and {} more", more - NAMED),
        };
        IntakeError::Archive { file: file.to_owned(), files, help: feed.unpacking().unwrap_or_default() }
    })
}
