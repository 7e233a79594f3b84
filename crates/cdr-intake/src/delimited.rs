//! Comma-separated values, strictly by RFC 4180, so that one damaged line costs one record.
//!
//! A record begins at a physical line, and a quoted field may hold line breaks. If a record is none (its quoting is
//! malformed or not closed, it holds a NUL, it is longer than 64 KiB or 64 lines, or its fields are not what the feed
//! expects), **only its first physical line** is bad, and reading goes on at the next one: a stray quote never takes the
//! good records behind it away. What this cannot tell: garbage that makes up a well-formed record of the expected shape
//! together with the lines behind it.
//!
//! Lines end in LF or CR LF, the last one may end with the file. Empty lines are skipped. Memory is bounded by the
//! limits above, whatever the file holds.

use std::collections::VecDeque;
use std::io::{self, Read};

use crate::fault::{Fault, shown};
use crate::lines::{LINE_BYTES, Line, Lines};
use crate::text::{character, text};

/// The most physical lines a record may have.
const RECORD_LINES: usize = 64;

/// The fields of one record, decoded: without quotes, and inner quotes no longer doubled.
#[derive(Default)]
pub(crate) struct Fields {
    bytes: Vec<u8>,
    /// Where each field ends, and whether it was quoted.
    ends: Vec<(usize, bool)>,
}

/// One field.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    /// Its bytes, decoded.
    pub(crate) bytes: &'a [u8],
    /// Whether it stood in quotes.
    pub(crate) quoted: bool,
}

/// What was found at a line.
pub(crate) struct Found {
    /// The line's number, from 1.
    pub(crate) line: u64,
    /// The bytes as they stood there, without the last line end; at most 64 KiB.
    pub(crate) raw: Vec<u8>,
    /// Why it is no record; its fields are worth nothing then.
    pub(crate) fault: Option<Fault>,
}

/// Reads records.
pub(crate) struct Delimited<R> {
    lines: Lines<R>,
    /// Lines that were read and belong to no record yet.
    ahead: VecDeque<Line>,
}

impl Fields {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<Field<'_>> {
        let (end, quoted) = *self.ends.get(index)?;
        let begin = index.checked_sub(1).map_or(0, |before| self.ends[before].0);
        Some(Field { bytes: &self.bytes[begin..end], quoted })
    }

    /// The text of a field; empty if there is no such field.
    pub(crate) fn text(&self, index: usize) -> std::borrow::Cow<'_, str> {
        self.get(index).map(|field| text(field.bytes)).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn end_field(&mut self, quoted: bool) {
        self.ends.push((self.bytes.len(), quoted));
    }
}

impl<R: Read> Delimited<R> {
    pub(crate) fn new(input: R) -> Delimited<R> {
        Delimited { lines: Lines::new(input), ahead: VecDeque::new() }
    }

    /// The number of the next line, for errors.
    pub(crate) fn line(&self) -> u64 {
        self.ahead.front().map_or(self.lines.number() + 1, |line| line.number)
    }

    /// The first line that is not empty, without passing over it.
    pub(crate) fn peek(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            if self.ahead.is_empty() && !self.read_ahead()? {
                return Ok(None);
            }
            if self.ahead.front().is_some_and(|line| line.parts().0.is_empty()) {
                self.ahead.pop_front();
            } else {
                return Ok(self.ahead.front().map(|line| line.parts().0));
            }
        }
    }

    /// The next physical line as it stands, empty ones skipped: for files with a record a line.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Found>> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let Some(line) = self.ahead.pop_front() else { return Ok(None) };
        let fault = if line.is_whole() { None } else { Some(too_long(&line)) };
        Ok(Some(Found { line: line.number, raw: line.parts().0.to_vec(), fault }))
    }

    /// The next record, or the next line that is none; `None` at the end of the file. `shape` says what is wrong with
    /// well-formed fields that cannot be a record of this file, such as their number.
    pub(crate) fn next(
        &mut self,
        fields: &mut Fields,
        shape: impl FnOnce(&Fields) -> Result<(), Fault>,
    ) -> io::Result<Option<Found>> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let judged = match self.parse(fields)? {
            Ok(lines) => shape(fields).map(|()| lines),
            Err(fault) => Err(fault),
        };
        let (used, fault) = match judged {
            Ok(lines) => (lines, None),
            Err(fault) => (1, Some(fault)),
        };
        Ok(self.take(used, fault))
    }

    /// Decodes the record that begins at the first line ahead, and says how many lines it has.
    fn parse(&mut self, fields: &mut Fields) -> io::Result<Result<usize, Fault>> {
        fields.clear();
        let (mut state, mut bytes) = (State::FieldStart, 0);
        for used in 0..RECORD_LINES {
            if used == self.ahead.len() && !self.read_ahead()? {
                let detail = format!("the quote that opens field {} is not closed when the file ends", fields.len() + 1);
                return Ok(Err(Fault::new("quote-unclosed", detail)));
            }
            let line = &self.ahead[used];
            bytes += line.bytes.len();
            if !line.is_whole() || bytes > LINE_BYTES {
                return Ok(Err(if used == 0 { too_long(line) } else { unclosed(fields, "65,536 bytes") }));
            }
            match decode(line, state, fields) {
                Err(fault) => return Ok(Err(fault)),
                Ok(None) => return Ok(Ok(used + 1)),
                Ok(Some(inside)) => state = inside,
            }
        }
        Ok(Err(unclosed(fields, "64 lines")))
    }

    fn read_ahead(&mut self) -> io::Result<bool> {
        let line = self.lines.next()?;
        let is_more = line.is_some();
        self.ahead.extend(line);
        Ok(is_more)
    }

    fn take(&mut self, lines: usize, fault: Option<Fault>) -> Option<Found> {
        let first = self.ahead.pop_front()?;
        let (number, mut end) = (first.number, first.parts().1.len());
        let mut raw = first.bytes;
        for line in self.ahead.drain(..lines - 1) {
            raw.extend_from_slice(&line.bytes);
            end = line.parts().1.len();
        }
        raw.truncate(raw.len() - end);
        Some(Found { line: number, raw, fault })
    }
}

fn too_long(line: &Line) -> Fault {
    let detail = format!("the line has {} bytes, at most {LINE_BYTES} are read (and kept here)", line.length);
    Fault::new("record-too-long", detail)
}

fn unclosed(fields: &Fields, limit: &str) -> Fault {
    let detail = format!("the quote that opens field {} is not closed within {limit}", fields.len() + 1);
    Fault::new("quote-unclosed", detail)
}

/// Where in a record the next byte stands.
#[derive(Clone, Copy)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field, which closes it or doubles.
    Closing,
}

/// Decodes one line into `fields`. `None`: the record ends with it. Otherwise it goes on in the next line.
fn decode(line: &Line, mut state: State, fields: &mut Fields) -> Result<Option<State>, Fault> {
    let (body, end) = line.parts();
    let malformed = |at: usize, fields: &Fields, found: &str, right: &str| {
        let (number, character, field) = (line.number, character(body, at), fields.len() + 1);
        let detail = format!("line {number}, character {character}, field {field}: {found}; {right} would be right");
        Fault::new("quoting-malformed", detail)
    };
    if let Some(at) = body.iter().position(|byte| *byte == 0) {
        let detail = format!(
            "line {}, character {}: a NUL, which no text can hold (a file in UTF-16 has to be made UTF-8 first)",
            line.number,
            character(body, at)
        );
        return Err(Fault::new("nul-character", detail));
    }
    let mut at = 0;
    loop {
        let rest = &body[at..];
        match state {
            State::FieldStart if rest.first() == Some(&b'"') => (at, state) = (at + 1, State::Quoted),
            State::FieldStart => state = State::Plain,
            State::Plain => {
                let length = rest.iter().position(|byte| matches!(byte, b',' | b'"' | b'\r')).unwrap_or(rest.len());
                fields.bytes.extend_from_slice(&rest[..length]);
                at += length;
                match body.get(at) {
                    None => {
                        fields.end_field(false);
                        return Ok(None);
                    }
                    Some(b',') => {
                        fields.end_field(false);
                        (at, state) = (at + 1, State::FieldStart);
                    }
                    Some(b'"') => {
                        let found = "a quote within a field that does not begin with one";
                        return Err(malformed(at, fields, found, "the whole field in quotes and this one doubled"));
                    }
                    Some(_) => {
                        let found = "a carriage return that ends no line";
                        return Err(malformed(at, fields, found, "the whole field in quotes, or lines that end in LF"));
                    }
                }
            }
            State::Quoted => match rest.iter().position(|byte| *byte == b'"') {
                None => {
                    fields.bytes.extend_from_slice(rest);
                    fields.bytes.extend_from_slice(end);
                    return Ok(Some(State::Quoted));
                }
                Some(length) => {
                    fields.bytes.extend_from_slice(&rest[..length]);
                    (at, state) = (at + length + 1, State::Closing);
                }
            },
            State::Closing => match rest.first() {
                None => {
                    fields.end_field(true);
                    return Ok(None);
                }
                Some(b',') => {
                    fields.end_field(true);
                    (at, state) = (at + 1, State::FieldStart);
                }
                Some(b'"') => {
                    fields.bytes.push(b'"');
                    (at, state) = (at + 1, State::Quoted);
                }
                Some(_) => {
                    let next: String = text(rest).chars().take(1).collect();
                    let found = format!("{} after the closing quote", shown(&next));
                    return Err(malformed(at, fields, &found, "a comma, the end of the line, or the quote doubled"));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests;
