//! Shared code of the feeds: mapping the fields of rows, or whole lines, to records with their positions.

use std::io::Read;

use cdr_mediation::{Content, Incoming};

use crate::clock::ClockCheck;
use crate::delimited::{Delimited, Fields, Waiting};
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::feed::Records;
use crate::notes::{Note, Notes};

/// Maps the fields of a row to a record of a feed.
pub(crate) trait Mapping {
    /// Rejects fields that cannot be a row of this feed at all, for example because of their number.
    fn shape(&self, fields: &Fields) -> Result<(), Fault>;

    /// Whether a row is no record, such as a heading between records.
    fn skips(&mut self, _: &Fields) -> bool {
        false
    }

    /// The record of a row.
    fn content(&mut self, fields: &Fields) -> Result<Content, Fault>;

    /// The notes about that row.
    fn notes(&mut self) -> Vec<Note> {
        Vec::new()
    }

    /// What the rows say about the clock of their switch.
    fn clock(&self) -> Option<&ClockCheck> {
        None
    }
}

/// The records of a CSV file.
pub(crate) struct CsvRecords<R, M> {
    rows: Delimited<R>,
    fields: Fields,
    mapping: M,
    file: String,
    notes: Notes,
    ended: bool,
}

impl<R: Read, M: Mapping> CsvRecords<R, M> {
    pub(crate) fn new(rows: Delimited<R>, mapping: M, file: &str) -> CsvRecords<R, M> {
        CsvRecords {
            rows,
            fields: Fields::default(),
            mapping,
            file: file.to_owned(),
            notes: Notes::default(),
            ended: false,
        }
    }

    /// Returns the mapping after the end of the file.
    pub(crate) fn into_mapping(self) -> M {
        self.mapping
    }
}

impl<R: Read, M: Mapping> Iterator for CsvRecords<R, M> {
    type Item = Result<Incoming, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let CsvRecords { rows, fields, mapping, file, notes, ended } = self;
        let found = loop {
            let line = rows.line();
            match rows.next(fields, |fields| mapping.shape(fields)) {
                Ok(Some(found)) if found.fault.is_none() && mapping.skips(fields) => {}
                Ok(Some(found)) => break found,
                Ok(None) => {
                    *ended = true;
                    return None;
                }
                Err(source) => {
                    *ended = true;
                    return Some(Err(IntakeError::Input { position: format!("{file}:{line}"), source }));
                }
            }
        };
        let content = match found.fault {
            Some(fault) => Err(fault),
            None => mapping.content(fields),
        };
        let position = format!("{file}:{}", found.line);
        if content.is_ok() {
            mapping.notes().into_iter().for_each(|note| notes.add(&position, note));
        }
        let content = content.unwrap_or_else(Fault::into_content);
        Some(Ok(Incoming { position, raw: found.raw, content }))
    }
}

impl<R: Read, M: Mapping> Records for CsvRecords<R, M> {
    fn warnings(&self) -> Vec<String> {
        let waiting = self.rows.waiting().map(|waiting| waits(&self.file, waiting));
        self.notes.lines().into_iter().chain(waiting).collect()
    }

    fn waits_at(&self) -> Option<u64> {
        self.rows.waiting().map(|waiting| waiting.line)
    }

    fn clock(&self) -> Option<&ClockCheck> {
        self.mapping.clock()
    }
}

/// Maps a line to a record of a feed.
pub(crate) trait LineMapping {
    /// Why a line is no record and is left out, if it is none.
    fn skips(&self, _line: &[u8]) -> Option<Note> {
        None
    }

    /// The record of a line, and what is unusual about it.
    fn content(&self, line: &[u8]) -> Result<(Content, Option<Note>), Fault>;
}

/// The records of a file with one record per line.
pub(crate) struct LineRecords<R, M> {
    lines: Delimited<R>,
    mapping: M,
    file: String,
    notes: Notes,
    ended: bool,
}

impl<R: Read, M: LineMapping> LineRecords<R, M> {
    pub(crate) fn new(lines: Delimited<R>, mapping: M, file: &str) -> LineRecords<R, M> {
        LineRecords { lines, mapping, file: file.to_owned(), notes: Notes::default(), ended: false }
    }
}

impl<R: Read, M: LineMapping> Iterator for LineRecords<R, M> {
    type Item = Result<Incoming, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (found, position) = loop {
            let found = match self.lines.next_line() {
                Ok(found) => found,
                Err(source) => {
                    self.ended = true;
                    let position = format!("{}:{}", self.file, self.lines.line());
                    return Some(Err(IntakeError::Input { position, source }));
                }
            };
            self.ended = found.is_none();
            let found = found?;
            let position = format!("{}:{}", self.file, found.line);
            match found.fault.is_none().then(|| self.mapping.skips(&found.raw)).flatten() {
                Some(note) => self.notes.add(&position, note),
                None => break (found, position),
            }
        };
        let mapped = match found.fault {
            Some(fault) => Err(fault),
            None => self.mapping.content(&found.raw),
        };
        let content = match mapped {
            Ok((content, note)) => {
                note.into_iter().for_each(|note| self.notes.add(&position, note));
                content
            }
            Err(fault) => fault.into_content(),
        };
        Some(Ok(Incoming { position, raw: found.raw, content }))
    }
}

impl<R: Read, M: LineMapping> Records for LineRecords<R, M> {
    fn warnings(&self) -> Vec<String> {
        let waiting = self.lines.waiting().map(|waiting| waits(&self.file, waiting));
        self.notes.lines().into_iter().chain(waiting).collect()
    }

    fn waits_at(&self) -> Option<u64> {
        self.lines.waiting().map(|waiting| waiting.line)
    }
}

/// What is said about the part of a growing file that is left for the next load.
fn waits(file: &str, Waiting { line, is_open }: Waiting) -> String {
    let why = if is_open { "the last record has an open quote" } else { "the last line has no line end" };
    format!("{file}:{line}: {why} and waits for the next load; --final loads it as it is")
}
