//! Reads documents.

use std::net::IpAddr;

use thiserror::Error;
use uuid::Uuid;

use super::{CONF_ID, JSON, UUID, VERSION, codes};
use crate::cdr::Cdr;
use crate::details::Details;
use crate::field::CdrField;
use crate::money::Money;
use crate::record::Field as _;
use crate::time::Timestamp;
use crate::value::{FieldKind, Value};

/// How many references from text to text are followed before a document counts as damaged.
const DEPTH: u8 = 4;

/// Why the document of a call's details could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is JSON, and not that of details.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A later program wrote it.
    #[error("unknown document version {0}; a newer program may have written it")]
    Version(u8),
    /// It is not a document of details.
    #[error("the document is damaged")]
    Damaged,
}

/// A binary document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Document<'a> {
    directory: &'a [u8],
    values: &'a [u8],
}

/// A member of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) code: u8,
    is_marked: bool,
    value: &'a [u8],
}

impl Details {
    /// Reads details as a store has them: as a binary document, or as JSON.
    ///
    /// # Errors
    /// If it is neither.
    pub fn read(document: &[u8]) -> Result<Details, DocumentError> {
        let Some(document) = Document::of(document)? else { return Ok(serde_json::from_slice(document)?) };
        let mut call = Cdr::default();
        for entry in document.entries() {
            let entry = entry?;
            if let Some(field) = codes::field(entry.code) {
                let value = document.value(field, entry)?;
                field.put(&mut call, value).map_err(|_| DocumentError::Damaged)?;
            }
        }
        Ok(call.details)
    }
}

impl<'a> Document<'a> {
    /// The binary document in these bytes; `None` if they are JSON.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Option<Document<'a>>, DocumentError> {
        match *bytes {
            [VERSION, ref rest @ ..] => {
                let (length, rest) = length(rest).ok_or(DocumentError::Damaged)?;
                let (directory, values) = rest.split_at_checked(length).ok_or(DocumentError::Damaged)?;
                let document = Document { directory, values };
                let lengths = document.entries().map(|entry| entry.map(|entry| entry.value.len()));
                let bytes: usize = lengths.sum::<Result<_, _>>()?;
                if bytes == values.len() { Ok(Some(document)) } else { Err(DocumentError::Damaged) }
            }
            [] => Err(DocumentError::Damaged),
            [first, ..] if first < JSON => Err(DocumentError::Version(first)),
            [..] => Ok(None),
        }
    }

    /// The members in order.
    pub(crate) fn entries(self) -> impl Iterator<Item = Result<Entry<'a>, DocumentError>> {
        let Document { mut directory, mut values } = self;
        std::iter::from_fn(move || {
            let (code, rest) = directory.split_first()?;
            let split = length(rest).and_then(|(head, rest)| {
                directory = rest;
                Some((head & 1 == 1, values.split_at_checked(head >> 1)?))
            });
            let Some((is_marked, (value, left))) = split else {
                directory = &[];
                return Some(Err(DocumentError::Damaged));
            };
            values = left;
            Some(Ok(Entry { code: *code, is_marked, value }))
        })
    }

    /// The value of a member of this field.
    fn value(self, field: CdrField, entry: Entry<'_>) -> Result<Value<'static>, DocumentError> {
        Ok(match field.kind() {
            FieldKind::Text => {
                let mut text = String::with_capacity(entry.value.len());
                self.text(field, entry, &mut text)?;
                Value::Text(text.into())
            }
            FieldKind::Integer => Value::Integer(entry.integer()?),
            FieldKind::Duration => Value::Duration(entry.integer()?),
            FieldKind::Time => Value::Time(Timestamp::from_micros(entry.integer()?)),
            FieldKind::Boolean => Value::Boolean(entry.boolean()?),
            FieldKind::Money => Value::Money(entry.money()?),
            FieldKind::Uuid => Value::Uuid(entry.uuid()?),
        })
    }

    /// Adds the text of a member of this field.
    pub(crate) fn text(self, field: CdrField, entry: Entry<'_>, out: &mut String) -> Result<(), DocumentError> {
        if field != CdrField::PeerIp {
            return self.text_to(entry, out, DEPTH);
        }
        let address: IpAddr = if let Ok(octets) = <[u8; 4]>::try_from(entry.value) {
            octets.into()
        } else {
            <[u8; 16]>::try_from(entry.value).map_err(|_| DocumentError::Damaged)?.into()
        };
        out.push_str(&address.to_string());
        Ok(())
    }

    fn text_to(self, entry: Entry<'_>, out: &mut String, depth: u8) -> Result<(), DocumentError> {
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| DocumentError::Damaged);
        if !entry.is_marked {
            out.push_str(text(entry.value)?);
            return Ok(());
        }
        let (kind, rest) = entry.value.split_first().ok_or(DocumentError::Damaged)?;
        match *kind {
            CONF_ID | UUID => {
                let bytes = <[u8; 16]>::try_from(rest).map_err(|_| DocumentError::Damaged)?;
                if *kind == CONF_ID {
                    put_conf_id(out, bytes);
                } else {
                    let mut room = Uuid::encode_buffer();
                    out.push_str(Uuid::from_bytes(bytes).as_hyphenated().encode_lower(&mut room));
                }
                Ok(())
            }
            code => {
                out.push_str(text(rest)?);
                let depth = depth.checked_sub(1).ok_or(DocumentError::Damaged)?;
                let is_end = |other: &Result<Entry<'_>, _>| other.as_ref().map_or(true, |other| other.code == code);
                let end = self.entries().find(is_end).ok_or(DocumentError::Damaged)??;
                self.text_to(end, out, depth)
            }
        }
    }
}

impl Entry<'_> {
    /// The integer of a member.
    pub(crate) fn integer(self) -> Result<i64, DocumentError> {
        integer(self.value).filter(|_| !self.is_marked).ok_or(DocumentError::Damaged)
    }

    /// The boolean of a member.
    pub(crate) fn boolean(self) -> Result<bool, DocumentError> {
        match self.value {
            [] => Ok(false),
            [1] => Ok(true),
            _ => Err(DocumentError::Damaged),
        }
    }

    /// The amount of a member.
    pub(crate) fn money(self) -> Result<Money, DocumentError> {
        let found = if self.is_marked {
            std::str::from_utf8(self.value).ok().and_then(|text| text.parse().ok())
        } else {
            self.value.split_first().and_then(|(decimals, units)| Money::from_printed_units(integer(units)?, *decimals))
        };
        found.ok_or(DocumentError::Damaged)
    }

    /// The UUID of a member.
    pub(crate) fn uuid(self) -> Result<Uuid, DocumentError> {
        Uuid::from_slice(self.value).map_err(|_| DocumentError::Damaged)
    }
}

/// The integer of a zigzag form.
fn integer(bytes: &[u8]) -> Option<i64> {
    let mut zigzag = [0; 8];
    zigzag.get_mut(..bytes.len())?.copy_from_slice(bytes);
    let zigzag = u64::from_le_bytes(zigzag);
    Some((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
}

/// A length at the beginning, and what follows it.
fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let last = bytes.iter().take(5).position(|byte| *byte < 128)?;
    let (digits, rest) = bytes.split_at(last + 1);
    let length = digits.iter().rev().fold(0, |length, digit| length << 7 | usize::from(digit & 127));
    Some((length, rest))
}

/// The bytes of four groups of eight capital hexadecimal digits.
pub(super) fn conf_id_bytes(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let groups = text.as_bytes();
    for (group, out) in bytes.chunks_exact_mut(4).enumerate() {
        let from = group * 9;
        let is_apart = group == 0 || groups.get(from - 1) == Some(&b' ');
        for (byte, pair) in out.iter_mut().zip(groups.get(from..from + 8)?.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        if !is_apart {
            return None;
        }
    }
    (groups.len() == 35).then_some(bytes)
}

/// The value of a capital hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn put_conf_id(out: &mut String, bytes: [u8; 16]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for (at, byte) in bytes.into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push(' ');
        }
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}
