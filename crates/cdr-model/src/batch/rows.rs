//! The rows of a batch.

use std::sync::Arc;

use super::json::{Json, NotJson};
use super::member::Member;
use super::place::Section;
use super::text_span::TextSpan;
use super::wanted::WantedFields;
use crate::cdr::Cdr;
use crate::details::Details;
use crate::field::CdrField;

/// Calls that were read for some of their fields.
#[derive(Clone, Debug)]
pub struct CallBatch {
    pub(super) wanted: Arc<WantedFields>,
    pub(super) rows: Vec<BatchRow>,
    /// The members of all rows, as many a row as are wanted.
    pub(super) members: Vec<Member>,
    pub(super) buffer: String,
}

/// The texts of a call that are columns of their own.
#[derive(Clone, Copy, Debug)]
pub struct CallTexts {
    /// As [`Cdr::calling`].
    pub calling: TextSpan,
    /// As [`Cdr::called`].
    pub called: TextSpan,
    /// As [`Cdr::call_id`].
    pub call_id: TextSpan,
}

impl Default for CallTexts {
    fn default() -> CallTexts {
        CallTexts { calling: TextSpan::NONE, called: TextSpan::NONE, call_id: TextSpan::NONE }
    }
}

#[derive(Clone, Debug)]
pub(super) struct BatchRow {
    /// The call without its texts and details, unless it is whole.
    pub(super) call: Cdr,
    pub(super) texts: CallTexts,
    /// Whether the call has its texts and details itself, since some of its values are only found in a whole call.
    pub(super) is_whole: bool,
}

impl BatchRow {
    /// The row with its texts, which are in this buffer, and details in the call.
    fn whole(self, details: &str, buffer: &str) -> Result<BatchRow, serde_json::Error> {
        let BatchRow { mut call, texts, .. } = self;
        call.details = serde_json::from_str::<Details>(details)?;
        call.calling = texts.calling.of(buffer).map(str::to_owned);
        call.called = texts.called.of(buffer).map(str::to_owned);
        call.call_id = texts.call_id.of(buffer).map(str::to_owned);
        Ok(BatchRow { call, texts, is_whole: true })
    }
}

impl CallBatch {
    /// A batch without rows.
    pub fn new(wanted: Arc<WantedFields>) -> CallBatch {
        CallBatch { wanted, rows: Vec::new(), members: Vec::new(), buffer: String::new() }
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

    /// Adds a call: what it has beside its texts and details, its [texts](CallBatch::text), and the document of its
    /// details as JSON.
    ///
    /// # Errors
    /// If the details cannot be read, with the reason.
    pub fn push(&mut self, call: Cdr, texts: CallTexts, details: Option<&str>) -> Result<(), serde_json::Error> {
        let members = self.members.len();
        let buffered = self.buffer.len();
        let mut row = BatchRow { call, texts, is_whole: false };
        if let Some(json) = details.filter(|_| self.wanted.needs_details())
            && self.find_members(json).is_err()
        {
            self.members.truncate(members);
            self.buffer.truncate(buffered);
            row = row.whole(json, &self.buffer)?;
        }
        self.members.resize(members + self.wanted.members.len(), Member::Null);
        self.rows.push(row);
        Ok(())
    }

    /// Adds the wanted members of a document.
    fn find_members(&mut self, json: &str) -> Result<(), NotJson> {
        let first = self.members.len();
        self.members.resize(first + self.wanted.members.len(), Member::Null);
        let wanted = Arc::clone(&self.wanted);
        let mut document = Json::new(json);
        self.find_in(&mut document, &wanted, Section::Top, first)?;
        if document.peek().is_some() { Err(NotJson) } else { Ok(()) }
    }

    fn find_in<'a>(
        &mut self,
        json: &mut Json<'a>,
        wanted: &WantedFields,
        section: Section,
        first: usize,
    ) -> Result<(), NotJson> {
        json.object(&mut |json: &mut Json<'a>, name: &'a str| {
            if let Some(inner) = section.named(name.as_bytes()) {
                return match json.peek() {
                    Some(b'{') if wanted.enters(inner) => self.find_in(json, wanted, inner, first),
                    _ => json.value().map(drop),
                };
            }
            let value = json.value()?;
            let found = wanted.sections[section as usize].iter().find(|(known, _)| *known == name);
            if let Some((_, at)) = found {
                let at = usize::from(*at);
                let put = |text: &str| TextSpan::put(&mut self.buffer, text);
                self.members[first + at] = Member::read(wanted.members[at], value, put)?;
            }
            Ok(())
        })
    }

    /// The member of a row that holds a field, if the field is one of the details.
    pub(super) fn member(&self, at: usize, field: CdrField) -> Option<Member> {
        let index = self.wanted.index_of(field)?;
        self.members.get(at * self.wanted.members.len() + index).copied()
    }
}
