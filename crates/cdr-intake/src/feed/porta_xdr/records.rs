//! The records of a list of xDRs.

use std::io::Read;

use cdr_mediation::Incoming;

use super::list::{Element, Elements};
use super::map::Map;
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::feed::{FileEnd, Records};
use crate::lines::LINE_BYTES;

/// The records of an answer, in its order. A record is named by its line and its number in the file.
pub(super) struct ListRecords<R> {
    elements: Elements<R>,
    map: Map,
    file: String,
    end: FileEnd,
    /// What is to be said about the end of the file.
    warning: Option<String>,
    ended: bool,
}

impl<R: Read> ListRecords<R> {
    pub(super) fn new(input: R, map: Map, file: &str, end: FileEnd) -> ListRecords<R> {
        ListRecords { elements: Elements::new(input), map, file: file.to_owned(), end, warning: None, ended: false }
    }

    fn incoming(&self, element: Element) -> Incoming {
        let position = format!("{}:{}#{}", self.file, element.line, element.number);
        let content = if element.is_cut {
            Err(Fault::new("not-json", "the file ends within the record"))
        } else if element.is_whole() {
            self.map.object(&element.raw)
        } else {
            let detail =
                format!("the record has {} bytes; only the first {LINE_BYTES} are read and stored", element.length);
            Err(Fault::new("record-too-long", detail))
        };
        Incoming { position, raw: element.raw, content: content.unwrap_or_else(Fault::into_content) }
    }
}

impl<R: Read> Iterator for ListRecords<R> {
    type Item = Result<Incoming, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (element, line) = match self.elements.next() {
            Ok(element) => (element, self.elements.line()),
            Err(source) => {
                self.ended = true;
                let position = format!("{}:{}", self.file, self.elements.line());
                return Some(Err(IntakeError::Input { position, source }));
            }
        };
        let is_waiting = self.end == FileEnd::Growing && element.as_ref().is_some_and(|element| element.is_cut);
        match element.filter(|_| !is_waiting) {
            Some(element) => Some(Ok(self.incoming(element))),
            None => {
                self.ended = true;
                let what = if is_waiting {
                    "the last record is not complete and waits for the next load"
                } else {
                    "the list of records is not closed: the file may be incomplete"
                };
                self.warning = (is_waiting || self.elements.is_open()).then(|| format!("{}:{line}: {what}", self.file));
                None
            }
        }
    }
}

impl<R: Read> Records for ListRecords<R> {
    fn warnings(&self) -> Vec<String> {
        self.warning.clone().into_iter().collect()
    }

    /// A list is one document, which is read from its beginning.
    fn waits_at(&self) -> Option<u64> {
        Some(1)
    }
}
