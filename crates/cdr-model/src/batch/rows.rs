//! The rows of a batch.

use std::sync::Arc;

use super::columns::CallColumns;
use super::json::{Json, NotJson};
use super::member::Member;
use super::members::{Members, RowMembers};
use super::place::Section;
use super::text_span::TextSpan;
use super::wanted::WantedFields;
use crate::cdr::Cdr;
use crate::details::Details;
use crate::document::{Document, DocumentError};
use crate::field::CdrField;
use crate::identity::Identity;

/// The members that most calls have.
const USUAL_MEMBERS: usize = 32;

/// Calls that were read for some of their fields.
#[derive(Clone, Debug)]
pub struct CallBatch {
    pub(super) wanted: Arc<WantedFields>,
    pub(super) rows: Vec<BatchRow>,
    members: Members,
    pub(super) buffer: String,
}

#[derive(Clone, Debug, Default)]
pub(super) struct BatchRow {
    pub(super) columns: CallColumns,
    members: RowMembers,
    /// The call with its texts and details, if some of its values are only found in a whole call.
    pub(super) whole: Option<Box<Cdr>>,
}

impl CallBatch {
    /// A batch without rows, with room for some.
    pub fn new(wanted: Arc<WantedFields>, rows: usize) -> CallBatch {
        let members = Members::with_capacity(rows * wanted.members.len().min(USUAL_MEMBERS));
        CallBatch { wanted, rows: Vec::with_capacity(rows), members, buffer: String::new() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The size of its texts in bytes.
    pub fn text_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// Adds a text to the buffer.
    pub fn text(&mut self, text: &str) -> TextSpan {
        TextSpan::put(&mut self.buffer, text)
    }

    /// Adds a call: its columns, whose [texts](CallBatch::text) were added before, and its details as a store has them.
    ///
    /// # Errors
    /// If the details cannot be read, with the reason. The call is not added then.
    pub fn push(&mut self, columns: CallColumns, details: Option<&[u8]>) -> Result<(), DocumentError> {
        let mut row = BatchRow { columns, members: self.members.begin(), whole: None };
        if let Some(bytes) = details.filter(|_| self.wanted.needs_details()) {
            self.read(bytes, &mut row).inspect_err(|_| self.members.clear(&mut row.members))?;
        }
        self.rows.push(row);
        Ok(())
    }

    /// The indexes and the numbers of the rows that have no key yet, if it is wanted.
    pub fn unidentified(&self) -> Vec<(usize, i64)> {
        let wants = self.wanted.has_identity();
        let rows = self.rows.iter().enumerate().filter(|(_, row)| wants && row.columns.key == TextSpan::NONE);
        rows.map(|(at, row)| (at, row.columns.number)).collect()
    }

    /// Gives a row its key and its digest.
    pub fn identify(&mut self, at: usize, identity: Identity) {
        let row = &mut self.rows[at];
        row.columns.key = TextSpan::put(&mut self.buffer, &identity.key);
        row.columns.digest = TextSpan::put(&mut self.buffer, &identity.digest);
        if let Some(call) = &mut row.whole {
            call.identity = Some(Box::new(identity));
        }
    }

    /// Finds the wanted members of the details of a new row, and makes the whole call if one of them is only found there.
    fn read(&mut self, bytes: &[u8], row: &mut BatchRow) -> Result<(), DocumentError> {
        let all_found = match Document::of(bytes)? {
            Some(document) => self.find_entries(document, &mut row.members)?,
            None => std::str::from_utf8(bytes).is_ok_and(|json| self.find_members(json, &mut row.members).is_ok()),
        };
        if !all_found {
            self.members.clear(&mut row.members);
            let details = Details::read(bytes)?;
            row.whole = Some(Box::new(Cdr { details, ..row.columns.to_call(&self.buffer) }));
        }
        Ok(())
    }

    /// Finds the wanted members of a binary document. False if one of them is only found in a whole call.
    fn find_entries(&mut self, document: Document<'_>, row: &mut RowMembers) -> Result<bool, DocumentError> {
        let CallBatch { wanted, members, buffer, .. } = self;
        for entry in document.entries() {
            let entry = entry?;
            let Some(at) = wanted.find_code(entry.code) else { continue };
            let field = wanted.members[at];
            if field == CdrField::DmaPrinted {
                return Ok(false);
            }
            members.put(row, at, Member::of_entry(field, entry, document, buffer)?);
        }
        Ok(true)
    }

    /// Finds the wanted members of a document in JSON.
    fn find_members(&mut self, json: &str, row: &mut RowMembers) -> Result<(), NotJson> {
        let CallBatch { wanted, members, buffer, .. } = self;
        let mut finder = Finder { wanted, members, row, buffer };
        let mut document = Json::new(json);
        finder.find_in(&mut document, Section::Top)?;
        if document.peek().is_some() { Err(NotJson) } else { Ok(()) }
    }

    /// The member of a row that holds a field, if the field is one of the details and the row has it.
    pub(super) fn member(&self, row: &BatchRow, field: CdrField) -> Option<Member> {
        self.members.get(row.members, self.wanted.index_of(field)?)
    }

    /// Whether a field of a row is null, because it is one of the details and the row does not have it.
    pub(super) fn lacks(&self, row: &BatchRow, field: CdrField) -> bool {
        let lacks = |at| !row.members.has(at) && !WantedFields::follows_from_column(field);
        row.whole.is_none() && self.wanted.index_of(field).is_some_and(lacks)
    }
}

/// Finds the members of one document.
struct Finder<'a> {
    wanted: &'a WantedFields,
    members: &'a mut Members,
    row: &'a mut RowMembers,
    buffer: &'a mut String,
}

impl Finder<'_> {
    fn find_in<'j>(&mut self, json: &mut Json<'j>, section: Section) -> Result<(), NotJson> {
        json.object(|json: &mut Json<'j>, name: &'j str| {
            if let Some(inner) = section.named(name.as_bytes()) {
                return match json.peek() {
                    Some(b'{') if self.wanted.enters(inner) => self.find_in(json, inner),
                    _ => json.value().map(drop),
                };
            }
            let value = json.value()?;
            if let Some(at) = self.wanted.find(section, name) {
                let put = |text: &str| TextSpan::put(self.buffer, text);
                self.members.put(self.row, at, Member::read(self.wanted.members[at], value, put)?);
            }
            Ok(())
        })
    }
}
