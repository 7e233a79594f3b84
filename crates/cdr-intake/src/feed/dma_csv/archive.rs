//! A DMA's export ZIP: its members are read in order.

use std::fs::File;
use std::io::{self, Read, Seek};

use cdr_mediation::Incoming;
use zip::ZipArchive;
use zip::result::ZipError;

use super::map::Map;
use super::skip_headings;
use crate::delimited::{Delimited, Fields};
use crate::error::IntakeError;
use crate::feed::Records;
use crate::input::Member;
use crate::rows::CsvRecords;

/// The records of an archive.
pub(super) struct Archive {
    archive: ZipArchive<File>,
    /// The same file, for reading the members.
    spooled: File,
    file: String,
    next: usize,
    state: State,
    counts: Option<Counts>,
    warnings: Vec<String>,
}

enum State {
    /// Between two members, with the mapping for the next rows.
    Between(Map),
    /// Inside a member.
    Inside(Box<CsvRecords<Member, Map>>),
    /// At the end, or after an error.
    Ended,
}

/// The contents of the counts file, and its name.
struct Counts {
    member: String,
    calls: u64,
    conferences: u64,
}

impl Archive {
    /// Copies the archive to an anonymous temporary file, because its central directory is at its end.
    pub(super) fn open(mut input: impl Read, file: &str, map: Map) -> Result<Archive, IntakeError> {
        let unread = |source| IntakeError::Input { position: file.to_owned(), source };
        let mut spooled = tempfile::tempfile().map_err(unread)?;
        io::copy(&mut input, &mut spooled).and_then(|_| spooled.rewind()).map_err(unread)?;
        let copy = spooled.try_clone().map_err(unread)?;
        let archive = ZipArchive::new(copy).map_err(|source| IntakeError::Zip { file: file.to_owned(), source })?;
        let (file, state) = (file.to_owned(), State::Between(map));
        Ok(Archive { archive, spooled, file, next: 0, state, counts: None, warnings: Vec::new() })
    }

    /// Opens the next member that contains rows. At the end of the archive, compares the counts.
    fn advance(&mut self, map: Map) -> Result<State, IntakeError> {
        while self.next < self.archive.len() {
            let unzipped = |source: ZipError| IntakeError::Zip { file: self.file.clone(), source };
            let member = Member::open(&mut self.archive, &self.spooled, self.next).map_err(unzipped)?;
            self.next += 1;
            let Some((name, member)) = member else { continue };
            let file = format!("{}/{name}", self.file);
            let unread = |source| IntakeError::Input { position: format!("{file}:1"), source };
            let mut rows = Delimited::new(member);
            skip_headings(&mut rows).map_err(unread)?;
            if let Some((calls, conferences)) = counts(rows.peek().map_err(unread)?) {
                self.counts = Some(Counts { member: name, calls, conferences });
                // Read to the end, so that the checksum is verified.
                while rows.next_line().map_err(unread)?.is_some() {}
                continue;
            }
            return Ok(State::Inside(Box::new(CsvRecords::new(rows, map, &file))));
        }
        self.compare(&map);
        Ok(State::Ended)
    }

    fn compare(&mut self, map: &Map) {
        let Some(Counts { member, calls, conferences }) = &self.counts else { return };
        for (what, stated, read) in [("calls", calls, map.calls), ("conferences", conferences, map.conferences)] {
            if *stated != read {
                let warning = format!("{}/{member} counts {stated} {what}, the archive holds {read}", self.file);
                self.warnings.push(warning);
            }
        }
    }
}

impl Iterator for Archive {
    type Item = Result<Incoming, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let map = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return None,
                State::Between(map) => map,
                State::Inside(mut rows) => match rows.next() {
                    Some(Ok(incoming)) => {
                        self.state = State::Inside(rows);
                        return Some(Ok(incoming));
                    }
                    Some(Err(error)) => return Some(Err(error)),
                    None => rows.into_mapping(),
                },
            };
            match self.advance(map) {
                Ok(state) => self.state = state,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Records for Archive {
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}

/// The two numbers at the beginning of a line of counts.
fn counts(line: Option<&[u8]>) -> Option<(u64, u64)> {
    let mut rows = Delimited::new(line?);
    let mut fields = Fields::default();
    rows.next(&mut fields, |_| Ok(())).ok().flatten().filter(|found| found.fault.is_none())?;
    Some((fields.text(0).trim().parse().ok()?, fields.text(1).trim().parse().ok()?))
}
