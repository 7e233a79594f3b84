//! The value of a member of the details.

use std::borrow::Cow;
use std::net::IpAddr;

use uuid::Uuid;

use super::json::NotJson;
use super::text_span::TextSpan;
use crate::document::{Document, DocumentError, Entry};
use crate::field::CdrField;
use crate::money::Money;
use crate::record::Field as _;
use crate::time::Timestamp;
use crate::value::{FieldKind, Value};

/// The value of a member, with its text in the buffer of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Member {
    Null,
    Text(TextSpan),
    Integer(i64),
    Duration(i64),
    Boolean(bool),
    Time(Timestamp),
    Money(Money),
    Uuid(Uuid),
}

impl Member {
    /// Reads a value of a field as the document has it. `put` adds a text to the buffer.
    ///
    /// # Errors
    /// If the value does not fit the field, or is one that only a whole call has.
    pub(super) fn read(field: CdrField, json: &str, put: impl FnOnce(&str) -> TextSpan) -> Result<Member, NotJson> {
        if json == "null" {
            return Ok(Member::Null);
        }
        Ok(match field {
            // Objects and lists, which a call prints in its own order.
            CdrField::Extra | CdrField::DmaPrinted | CdrField::XdrRecordings => return Err(NotJson),
            CdrField::PeerIp => {
                let text = text(json)?;
                let address: IpAddr = text.parse().map_err(|_| NotJson)?;
                Member::Text(put(&address.to_string()))
            }
            _ => match field.kind() {
                FieldKind::Text => Member::Text(put(&text(json)?)),
                FieldKind::Integer => Member::Integer(json.parse().map_err(|_| NotJson)?),
                FieldKind::Duration => Member::Duration(json.parse().map_err(|_| NotJson)?),
                FieldKind::Boolean => Member::Boolean(json.parse().map_err(|_| NotJson)?),
                FieldKind::Time => Member::Time(text(json)?.parse().map_err(|_| NotJson)?),
                FieldKind::Money => Member::Money(text(json)?.parse().map_err(|_| NotJson)?),
                FieldKind::Uuid => Member::Uuid(text(json)?.parse().map_err(|_| NotJson)?),
            },
        })
    }

    /// Reads a value of a field from a binary document. Its text is added to the buffer.
    ///
    /// # Errors
    /// If the value does not fit the field.
    pub(super) fn of_entry(
        field: CdrField,
        entry: Entry<'_>,
        document: Document<'_>,
        buffer: &mut String,
    ) -> Result<Member, DocumentError> {
        Ok(match field.kind() {
            FieldKind::Text => {
                let from = buffer.len();
                document.text(field, entry, buffer)?;
                Member::Text(TextSpan::from(from, buffer))
            }
            FieldKind::Integer => Member::Integer(entry.integer()?),
            FieldKind::Duration => Member::Duration(entry.integer()?),
            FieldKind::Boolean => Member::Boolean(entry.boolean()?),
            FieldKind::Time => Member::Time(Timestamp::from_micros(entry.integer()?)),
            FieldKind::Money => Member::Money(entry.money()?),
            FieldKind::Uuid => Member::Uuid(entry.uuid()?),
        })
    }

    /// The value, whose text is in this buffer.
    pub(super) fn value(self, buffer: &str) -> Value<'_> {
        match self {
            Member::Null => Value::Null,
            Member::Text(span) => span.of(buffer).into(),
            Member::Integer(n) => Value::Integer(n),
            Member::Duration(micros) => Value::Duration(micros),
            Member::Boolean(yes) => Value::Boolean(yes),
            Member::Time(time) => Value::Time(time),
            Member::Money(amount) => Value::Money(amount),
            Member::Uuid(uuid) => Value::Uuid(uuid),
        }
    }
}

/// A JSON string as text.
fn text(json: &str) -> Result<Cow<'_, str>, NotJson> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(NotJson)?;
    if inner.contains('\\') {
        return serde_json::from_str(json).map(Cow::Owned).map_err(|_| NotJson);
    }
    Ok(Cow::Borrowed(inner))
}
