//! Following a file that grows: each reading goes on after the last whole record that was stored before.
//!
//! A [`Mark`] says how far a file was read. It is an optimisation only: records are keyed, so reading a file again from its
//! start adds nothing. A mark that does not fit the file is ignored. Records before the mark are never passed on again,
//! also where a feed has to read a file from its start: documents, and files with rows whose keys count equal rows.

mod beyond;
mod counted;
mod mark;

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use cdr_mediation::CdrSink;

use self::beyond::Beyond;
use self::counted::{Counted, Tally, start_of};
use crate::error::IntakeError;
use crate::feed::{Feed, FeedSettings, FileEnd};
use crate::load::{LoadOptions, load};
use crate::report::LoadReport;

pub use mark::Mark;

/// The longest first line that is given again, in bytes.
const FIRST_LINE: usize = 64 * 1024;

/// Loads what a file that is not packed has after a mark, or all of it, and returns the mark for the next reading. `size` is
/// how many bytes of the file are read; later ones are left for the next reading. A last line that is not finished waits.
///
/// The report counts records before the mark as known. No batch for the sink has them.
///
/// # Errors
/// As [`load`], and if the file cannot be read. The mark of the last reading stays valid.
pub fn follow(
    feed: &dyn Feed,
    file: &mut (impl Read + Seek),
    size: u64,
    name: &str,
    settings: &FeedSettings,
    options: &LoadOptions,
    mark: Option<&Mark>,
    sink: &dyn CdrSink,
) -> Result<(LoadReport, Mark), IntakeError> {
    let unread = |source| IntakeError::Input { position: name.to_owned(), source };
    let from = match mark {
        Some(mark) if mark.fits(file, size).map_err(unread)? => mark.clone(),
        _ => Mark::default(),
    };
    let first = if feed.reads_lines() && !from.needs_all { first_line(file, &from).map_err(unread)? } else { None };
    let start = if first.is_some() { from.offset } else { 0 };
    let begun = if first.is_some() { from.line } else { 1 };
    file.seek(SeekFrom::Start(start)).map_err(unread)?;
    let tally = Rc::new(RefCell::new(Tally::default()));
    let rest = Counted::new(file.by_ref().take(size - start), tally.clone());
    let skipped = first.as_ref().map_or(0, |_| from.line - 2);
    let input = Cursor::new(first.unwrap_or_default()).chain(rest);

    let settings = FeedSettings { end: FileEnd::Growing, skipped, ..settings.clone() };
    let options = LoadOptions { is_recognised: from.offset > 0, ..options.clone() };
    let beyond = Beyond::new(feed, sink, from.line);
    let mut report = load(feed, input, name, &settings, &options, &beyond, &mut |_| {})?;
    if let Some(line) = report.waits_at {
        let about = format!("{name}:{line}: ");
        report.warnings.retain(|warning| !warning.starts_with(&about));
    }

    let needs_all = from.needs_all || beyond.has_counted();
    let Tally { lines, last_start, .. } = *tally.borrow();
    let is_plain = settings.encoding.is_none_or(|encoding| encoding.has_plain_lines()) && tally.borrow().is_plain();
    let (offset, line) = match report.waits_at.filter(|waits| *waits < begun + lines) {
        _ if !is_plain && start == 0 => (0, 1),
        Some(waits) => {
            file.seek(SeekFrom::Start(start)).map_err(unread)?;
            let into = start_of(file.by_ref().take(size - start), waits.saturating_sub(begun)).map_err(unread)?;
            (start + into, begun.max(waits))
        }
        None => (start + last_start, begun + lines),
    };
    // A file never goes back behind what was stored of it.
    let (offset, line) = if offset < from.offset { (from.offset, from.line) } else { (offset, line) };
    let mark = Mark::at(file, offset, line, needs_all, size).map_err(unread)?;
    Ok((report, mark))
}

/// The first line of a file, if the reading can go on after it at a mark: it is not empty and has no field that continues
/// on the next line.
fn first_line(file: &mut (impl Read + Seek), from: &Mark) -> io::Result<Option<Vec<u8>>> {
    if from.line <= 2 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    let mut start = Vec::new();
    file.by_ref().take(FIRST_LINE as u64).read_to_end(&mut start)?;
    let Some(end) = start.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
    start.truncate(end + 1);
    let quotes = start.iter().filter(|byte| **byte == b'"').count();
    Ok((quotes % 2 == 0 && !start.trim_ascii().is_empty()).then_some(start))
}

#[cfg(test)]
mod tests;
