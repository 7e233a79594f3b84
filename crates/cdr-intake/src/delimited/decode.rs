//! Decoding the bytes of a line into fields.

use memchr::{memchr, memchr2, memchr3};

use super::fields::Fields;
use crate::fault::{Fault, shown};
use crate::lines::Line;
use crate::text::{character, text};

/// The reason of a record whose quotes cannot be read.
pub(super) const MALFORMED: &str = "quoting-malformed";

/// How quotes are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quoting {
    /// As RFC 4180 defines them.
    #[default]
    Strict,
    /// A record that cannot be read strictly is read once more, for switches that do not double the quotes in a field: a
    /// quote closes its field only where the field ends.
    Tolerant,
}

/// The form of the records of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) quoting: Quoting,
    /// The byte between two fields.
    pub(super) separator: u8,
}

/// The state of the parser before the next byte of a record.
#[derive(Clone, Copy)]
pub(super) enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote in a quoted field, which closes the field or is the first of a doubled quote.
    Closing,
}

/// Decodes one line into `fields`. Returns `None` if the record ends with it, else the state at the start of the next
/// line.
pub(super) fn decode(line: &Line, mut state: State, form: Form, fields: &mut Fields) -> Result<Option<State>, Fault> {
    let (body, end) = line.parts();
    let malformed = |at: usize, fields: &Fields, found: &str, expected: &str| {
        let (number, character, field) = (line.number, character(body, at), fields.len() + 1);
        let detail = format!("line {number}, character {character}, field {field}: {found}; expected {expected}");
        Fault::new(MALFORMED, detail)
    };
    if let Some(at) = memchr(0, body) {
        let detail = format!(
            "line {}, character {}: a NUL character, which text cannot contain",
            line.number,
            character(body, at)
        );
        return Err(Fault::new("nul-character", detail));
    }
    // Most lines have no quotes.
    if matches!(state, State::FieldStart) && memchr2(b'"', b'\r', body).is_none() {
        fields.split(body, form.separator);
        return Ok(None);
    }
    let mut at = 0;
    loop {
        let rest = &body[at..];
        match state {
            State::FieldStart if rest.first() == Some(&b'"') => (at, state) = (at + 1, State::Quoted),
            State::FieldStart => state = State::Plain,
            State::Plain => {
                let length = memchr3(form.separator, b'"', b'\r', rest).unwrap_or(rest.len());
                fields.bytes.extend_from_slice(&rest[..length]);
                at += length;
                match body.get(at) {
                    None => {
                        fields.end_field(false);
                        return Ok(None);
                    }
                    Some(byte) if *byte == form.separator => {
                        fields.end_field(false);
                        (at, state) = (at + 1, State::FieldStart);
                    }
                    Some(b'"') if form.quoting == Quoting::Tolerant => {
                        fields.bytes.push(b'"');
                        at += 1;
                    }
                    Some(b'"') => {
                        let found = "a quote within a field that does not start with one";
                        return Err(malformed(at, fields, found, "the whole field in quotes and this quote doubled"));
                    }
                    Some(_) => {
                        let found = "a carriage return that does not end a line";
                        return Err(malformed(at, fields, found, "the whole field in quotes, or lines that end in LF"));
                    }
                }
            }
            State::Quoted => match memchr(b'"', rest) {
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
                Some(byte) if *byte == form.separator => {
                    fields.end_field(true);
                    (at, state) = (at + 1, State::FieldStart);
                }
                Some(b'"') => {
                    fields.bytes.push(b'"');
                    (at, state) = (at + 1, State::Quoted);
                }
                // The quote is one of the field.
                Some(_) if form.quoting == Quoting::Tolerant => {
                    fields.bytes.push(b'"');
                    state = State::Quoted;
                }
                Some(_) => {
                    let next: String = text(rest).chars().take(1).collect();
                    let found = format!("{} after the closing quote", shown(&next));
                    return Err(malformed(at, fields, &found, "a comma, the end of the line, or a doubled quote"));
                }
            },
        }
    }
}
