//! Reading records one by one.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::decode::{Form, MALFORMED, Quoting, State, decode};
use super::fields::Fields;
use crate::fault::Fault;
use crate::feed::{FeedSettings, FileEnd};
use crate::input::FileSample;
use crate::lines::{LINE_BYTES, Line, Lines};

/// The maximum number of physical lines in a record.
const RECORD_LINES: usize = 64;

/// The record or invalid line at a line of the file.
pub(crate) struct FoundRow {
    /// The line's number, from 1.
    pub(crate) line: u64,
    /// The raw bytes without the last line end; at most 64 KiB.
    pub(crate) raw: Vec<u8>,
    /// Why it is not a valid record; its fields are meaningless in that case.
    pub(crate) fault: Option<Fault>,
}

/// Reads records.
pub(crate) struct Delimited<R> {
    lines: Lines<R>,
    end: FileEnd,
    quoting: Quoting,
    separator: u8,
    /// What lines begin with that are not read.
    comment: Option<Vec<u8>>,
    /// Lines that were read and do not belong to a record yet.
    ahead: VecDeque<Line>,
    waiting: Option<Waiting>,
}

/// Where a growing file is left for the next load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The line at which the last record begins.
    pub(crate) line: u64,
    /// Whether its last line has a line end, and its quotes are still open.
    pub(crate) is_open: bool,
}

/// Why the lines ahead are not a record.
enum NotARecord {
    /// The input could not be read.
    Unread(io::Error),
    /// Its end is still to come.
    Waits,
    Fault(Fault),
}

impl<R: Read> Delimited<R> {
    /// A whole file that is read strictly.
    pub(crate) fn new(input: R) -> Delimited<R> {
        Delimited {
            lines: Lines::new(input),
            end: FileEnd::Complete,
            quoting: Quoting::Strict,
            separator: b',',
            comment: None,
            ahead: VecDeque::new(),
            waiting: None,
        }
    }

    /// A file that is read as the settings say.
    pub(crate) fn of(input: R, settings: &FeedSettings) -> Delimited<R> {
        let quoting = settings.quoting.unwrap_or_default();
        let rows = Delimited { end: settings.end, quoting, ..Delimited::new(input) };
        Delimited { lines: rows.lines.skipping(settings.skipped), ..rows }
    }

    /// The same file, whose fields another byte separates.
    pub(crate) fn separated_by(self, separator: u8) -> Delimited<R> {
        Delimited { separator, ..self }
    }

    /// The same file, without the lines between records that begin with these bytes.
    pub(crate) fn commented_by(self, comment: &str) -> Delimited<R> {
        Delimited { comment: Some(comment.as_bytes().to_vec()), ..self }
    }

    /// What is left for the next load, once the file was read to its end.
    pub(crate) fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    /// The number of the next line, for errors.
    pub(crate) fn line(&self) -> u64 {
        self.ahead.front().map_or(self.lines.number() + 1, |line| line.number)
    }

    /// The next line that is not empty and no comment, without consuming it.
    pub(crate) fn peek(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            if self.ahead.is_empty() && !self.read_ahead()? {
                return Ok(None);
            }
            let is_comment = |line: &[u8]| self.comment.as_ref().is_some_and(|comment| line.starts_with(comment));
            if self.ahead.front().is_some_and(|line| line.parts().0.is_empty() || is_comment(line.parts().0)) {
                self.ahead.pop_front();
            } else {
                return Ok(self.ahead.front().map(|line| line.parts().0));
            }
        }
    }

    /// The fields of the next physical line that is not empty, without consuming it.
    pub(crate) fn peek_row(&mut self) -> io::Result<Option<Vec<String>>> {
        let separator = char::from(self.separator);
        let line = self.peek()?;
        Ok(line.and_then(|line| FileSample::of(line, true).rows_by(separator).next()))
    }

    /// The next physical line that is not empty, undecoded. For files with one record per line.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<FoundRow>> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let Some(line) = self.ahead.pop_front() else { return Ok(None) };
        let fault = if line.is_whole() { None } else { Some(too_long(&line)) };
        Ok(Some(FoundRow { line: line.number, raw: line.parts().0.to_vec(), fault }))
    }

    /// The next record or invalid line; `None` at the end of the file. `shape` rejects well-formed fields that cannot
    /// be a record of this file, for example because of their number.
    pub(crate) fn next(
        &mut self,
        fields: &mut Fields,
        shape: impl FnOnce(&Fields) -> Result<(), Fault>,
    ) -> io::Result<Option<FoundRow>> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        match self.parse(fields).and_then(|lines| Ok(shape(fields).map(|()| lines)?)) {
            Ok(lines) => Ok(self.take(lines, None)),
            Err(NotARecord::Fault(fault)) => Ok(self.take(1, Some(fault))),
            Err(NotARecord::Waits) => {
                let is_open = self.waiting.is_none();
                self.waiting = self.ahead.front().map(|line| Waiting { line: line.number, is_open });
                self.ahead.clear();
                Ok(None)
            }
            Err(NotARecord::Unread(error)) => Err(error),
        }
    }

    /// Decodes the record that starts at the first line in `ahead`. Returns its number of lines.
    fn parse(&mut self, fields: &mut Fields) -> Result<usize, NotARecord> {
        match self.parse_by(Quoting::Strict, fields) {
            Err(NotARecord::Fault(fault)) if self.quoting == Quoting::Tolerant && fault.reason == MALFORMED => {
                self.parse_by(Quoting::Tolerant, fields).map_err(|_| NotARecord::Fault(fault))
            }
            parsed => parsed,
        }
    }

    fn parse_by(&mut self, quoting: Quoting, fields: &mut Fields) -> Result<usize, NotARecord> {
        fields.clear();
        let (mut state, mut bytes) = (State::FieldStart, 0);
        for used in 0..RECORD_LINES {
            if used == self.ahead.len() && !self.read_ahead()? {
                if self.end == FileEnd::Growing {
                    return Err(NotARecord::Waits);
                }
                let detail =
                    format!("the quote that opens field {} is not closed when the file ends", fields.len() + 1);
                return Err(Fault::new("quote-unclosed", detail).into());
            }
            let line = &self.ahead[used];
            bytes += line.bytes.len();
            if !line.is_whole() || bytes > LINE_BYTES {
                let fault = if used == 0 { too_long(line) } else { unclosed(fields, "65,536 bytes") };
                return Err(fault.into());
            }
            match decode(line, state, Form { quoting, separator: self.separator }, fields)? {
                None => return Ok(used + 1),
                Some(inside) => state = inside,
            }
        }
        Err(unclosed(fields, "64 lines").into())
    }

    fn read_ahead(&mut self) -> io::Result<bool> {
        let Some(line) = self.lines.next()? else { return Ok(false) };
        if self.end == FileEnd::Growing && !line.has_end {
            self.waiting = Some(Waiting { line: line.number, is_open: false });
            return Ok(false);
        }
        self.ahead.push_back(line);
        Ok(true)
    }

    fn take(&mut self, lines: usize, fault: Option<Fault>) -> Option<FoundRow> {
        let first = self.ahead.pop_front()?;
        let (number, mut end) = (first.number, first.parts().1.len());
        let mut raw = first.bytes;
        for line in self.ahead.drain(..lines - 1) {
            raw.extend_from_slice(&line.bytes);
            end = line.parts().1.len();
        }
        raw.truncate(raw.len() - end);
        Some(FoundRow { line: number, raw, fault })
    }
}

impl From<io::Error> for NotARecord {
    fn from(error: io::Error) -> NotARecord {
        NotARecord::Unread(error)
    }
}

impl From<Fault> for NotARecord {
    fn from(fault: Fault) -> NotARecord {
        NotARecord::Fault(fault)
    }
}

fn too_long(line: &Line) -> Fault {
    let detail = format!("the line has {} bytes; only the first {LINE_BYTES} are read and stored", line.length);
    Fault::new("record-too-long", detail)
}

fn unclosed(fields: &Fields, limit: &str) -> Fault {
    let detail = format!("the quote that opens field {} is not closed within {limit}", fields.len() + 1);
    Fault::new("quote-unclosed", detail)
}
