//! Shared code of the CSV feeds: mapping fields to records with their positions.

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
        let line = rows.line();
        let found = match rows.next(fields, |fields| mapping.shape(fields)) {
            Ok(Some(found)) => found,
            Ok(None) => {
                *ended = true;
                return None;
            }
            Err(source) => {
                *ended = true;
                return Some(Err(IntakeError::Input { position: format!("{file}:{line}"), source }));
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

    fn clock(&self) -> Option<&ClockCheck> {
        self.mapping.clock()
    }
}

/// What is said about the part of a growing file that is left for the next load.
pub(crate) fn waits(file: &str, Waiting { line, is_open }: Waiting) -> String {
    let why = if is_open { "the last record has an open quote" } else { "the last line has no line end" };
    format!("{file}:{line}: {why} and waits for the next load; --final loads it as it is")
}
