//! Writes documents.

use std::net::IpAddr;

use uuid::Uuid;

use super::codes::Group;
use super::{CONF_ID, UUID, VERSION, codes};
use crate::account::Directory;
use crate::cdr::Cdr;
use crate::field::CdrField;
use crate::record::Field as _;
use crate::value::{FieldKind, Value};

/// The bytes that most documents fit in.
const BYTES: usize = 320;

/// Texts that often end as another one does. None of them refers to itself through others.
const TAILS: [(CdrField, &[CdrField]); 3] = [
    (CdrField::RuriDomain, &[CdrField::ToDomain]),
    (CdrField::FromDomain, &[CdrField::ToDomain, CdrField::RuriDomain]),
    (CdrField::Group, &[CdrField::RuriDomain, CdrField::ToDomain]),
];

impl Cdr {
    /// The details as a binary document, which [`Details::read`](crate::Details::read) reads. The `given` values, unless
    /// null, replace those of the call.
    pub fn details_document(&self, given: &[(CdrField, Value<'_>)]) -> Vec<u8> {
        let (mut directory, mut values) = (Vec::with_capacity(BYTES), Vec::with_capacity(BYTES));
        let members = Members { call: self, given, directory: Directory::default() };
        let details = &self.details;
        let has = |group| match group {
            Group::Single => true,
            Group::Xdr => details.xdr.is_some(),
            Group::Queue => details.queue.is_some(),
            Group::Telepresence => details.telepresence.is_some(),
        };
        for (code, field) in codes::of_groups(has) {
            let value = members.value(field);
            if value == Value::Null {
                continue;
            }
            let from = values.len();
            let is_marked = members.put(field, &value, &mut values);
            directory.push(code);
            put_length(&mut directory, (values.len() - from) * 2 + usize::from(is_marked));
        }
        let mut document = Vec::with_capacity(3 + directory.len() + values.len());
        document.push(VERSION);
        put_length(&mut document, directory.len());
        document.extend_from_slice(&directory);
        document.extend_from_slice(&values);
        document
    }
}

/// The members of a document that is written.
struct Members<'a> {
    call: &'a Cdr,
    given: &'a [(CdrField, Value<'a>)],
    directory: Directory,
}

impl Members<'_> {
    fn value(&self, field: CdrField) -> Value<'_> {
        if let Some((_, given)) = self.given.iter().find(|(given, value)| *given == field && *value != Value::Null) {
            return given.clone();
        }
        match field {
            // These have the value of a column if they are absent.
            CdrField::CallingRouted => self.call.details.calling_routed.as_ref().into(),
            CdrField::CalledRouted => self.call.details.called_routed.as_ref().into(),
            _ => field.of(self.call, &self.directory),
        }
    }

    /// Adds a value, and says whether it is marked.
    fn put(&self, field: CdrField, value: &Value<'_>, out: &mut Vec<u8>) -> bool {
        match value {
            Value::Null => {}
            Value::Integer(n) | Value::Duration(n) => put_integer(out, *n),
            Value::Time(time) => put_integer(out, time.micros()),
            Value::Boolean(yes) => out.extend(yes.then_some(1)),
            Value::Uuid(uuid) => out.extend_from_slice(uuid.as_bytes()),
            Value::Money(amount) => {
                let Some((units, decimals)) = amount.printed_units() else {
                    out.extend_from_slice(amount.to_string().as_bytes());
                    return true;
                };
                out.push(decimals);
                put_integer(out, units);
            }
            Value::Text(text) => return self.put_text(field, text, out),
        }
        false
    }

    fn put_text(&self, field: CdrField, text: &str, out: &mut Vec<u8>) -> bool {
        debug_assert_eq!(field.kind(), FieldKind::Text);
        if field == CdrField::PeerIp {
            match text.parse() {
                Ok(IpAddr::V4(address)) => out.extend_from_slice(&address.octets()),
                Ok(IpAddr::V6(address)) => out.extend_from_slice(&address.octets()),
                // A call has only addresses. A reader refuses this one.
                Err(_) => out.extend_from_slice(text.as_bytes()),
            }
            return false;
        }
        let tails = TAILS.iter().find(|(known, _)| *known == field).map_or(&[][..], |(_, tails)| tails);
        for tail in tails {
            if let (Value::Text(end), Some(code)) = (self.value(*tail), codes::code(*tail))
                && let Some(before) = text.strip_suffix(&*end).filter(|_| end.len() > 1)
            {
                out.push(code);
                out.extend_from_slice(before.as_bytes());
                return true;
            }
        }
        if let Some((kind, bytes)) = packed(text) {
            out.push(kind);
            out.extend_from_slice(&bytes);
            return true;
        }
        out.extend_from_slice(text.as_bytes());
        false
    }
}

/// The bytes of an identifier in one of the forms that have a shorter one.
fn packed(text: &str) -> Option<(u8, [u8; 16])> {
    match text.len() {
        35 => super::read::conf_id_bytes(text).map(|bytes| (CONF_ID, bytes)),
        36 => {
            let uuid: Uuid = text.parse().ok()?;
            (uuid.as_hyphenated().to_string() == text).then(|| (UUID, uuid.into_bytes()))
        }
        _ => None,
    }
}

/// Adds the zigzag form of an integer (<https://protobuf.dev/programming-guides/encoding/#signed-ints>) in as few bytes
/// as it needs.
fn put_integer(out: &mut Vec<u8>, n: i64) {
    let zigzag = ((n << 1) ^ (n >> 63)).to_le_bytes();
    let length = zigzag.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    out.extend_from_slice(&zigzag[..length]);
}

fn put_length(out: &mut Vec<u8>, mut length: usize) {
    while length > 127 {
        out.push(u8::try_from(length & 127).unwrap_or_default() | 128);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap_or_default());
}
