//! The records of a file of documents.

use std::collections::VecDeque;
use std::io::Read;

use cdr_mediation::{Content, Incoming};

use super::{Documents, Syntax};
use crate::clock::ClockCheck;
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::feed::Records;
use crate::notes::{Note, Notes};

/// Maps a document to the records of a feed.
pub(crate) trait DocumentMapping {
    /// The records of a document, at least one, and what is unusual about them.
    fn contents(&mut self, document: &[u8], notes: &mut Vec<Note>) -> Vec<Result<Content, Fault>>;

    /// What the records say about the clock of their switch.
    fn clock(&self) -> Option<&ClockCheck> {
        None
    }
}

/// The records of a file of documents.
pub(crate) struct DocumentRecords<R, S, M> {
    documents: Documents<R, S>,
    mapping: M,
    file: String,
    notes: Notes,
    /// The other records of the last document.
    more: VecDeque<Incoming>,
    ended: bool,
}

impl<R: Read, S: Syntax, M: DocumentMapping> DocumentRecords<R, S, M> {
    pub(crate) fn new(documents: Documents<R, S>, mapping: M, file: &str) -> DocumentRecords<R, S, M> {
        let (notes, more) = (Notes::default(), VecDeque::new());
        DocumentRecords { documents, mapping, file: file.to_owned(), notes, more, ended: false }
    }
}

impl<R: Read, S: Syntax, M: DocumentMapping> Iterator for DocumentRecords<R, S, M> {
    type Item = Result<Incoming, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(incoming) = self.more.pop_front() {
            return Some(Ok(incoming));
        }
        if self.ended {
            return None;
        }
        let found = match self.documents.next() {
            Ok(found) => found,
            Err(source) => {
                self.ended = true;
                let position = format!("{}:{}", self.file, self.documents.line());
                return Some(Err(IntakeError::Input { position, source }));
            }
        };
        self.ended = found.is_none();
        let found = found?;
        let position = format!("{}:{}", self.file, found.line);
        let mut notes = Vec::new();
        let contents = match found.fault {
            Some(fault) => vec![Err(fault)],
            None => self.mapping.contents(&found.raw, &mut notes),
        };
        notes.into_iter().for_each(|note| self.notes.add(&position, note));
        self.more.extend(contents.into_iter().map(|content| Incoming {
            position: position.clone(),
            raw: found.raw.clone(),
            content: content.unwrap_or_else(Fault::into_content),
        }));
        self.more.pop_front().map(Ok)
    }
}

impl<R: Read, S: Syntax, M: DocumentMapping> Records for DocumentRecords<R, S, M> {
    fn warnings(&self) -> Vec<String> {
        let waits = |line: u64| {
            let why = "the last record is not finished and waits for the next load; --final loads it as it is";
            format!("{}:{line}: {why}", self.file)
        };
        self.notes.lines().into_iter().chain(self.documents.waiting().map(waits)).collect()
    }

    fn waits_at(&self) -> Option<u64> {
        self.documents.waiting()
    }

    fn clock(&self) -> Option<&ClockCheck> {
        self.mapping.clock()
    }
}
