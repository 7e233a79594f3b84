//! The body of a request: the names and texts of its members, in any of the formats.
//!
//! The original used defaults for a body that it could not read. Here that is an error, so that a client does not get
//! records it did not ask for.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_json::Value;
use thiserror::Error;

use crate::porta::service_stack::dto::Class;
use crate::porta::service_stack::path;

/// The encoding of a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Jsv,
    Xml,
    Form,
}

/// Why a body cannot be read.
#[derive(Debug, Error)]
pub(crate) enum BodyError {
    #[error("the body is not {0}")]
    Syntax(String),
    #[error("{0} cannot be given a list or an object")]
    NoText(String),
    #[error("the body is of a type that requests are not read from")]
    Unknown,
}

impl Encoding {
    /// The encoding that a media type stands for.
    fn of(media_type: &str) -> Option<Encoding> {
        let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        Some(match bare.as_str() {
            "application/json" | "text/json" => Encoding::Json,
            "application/jsv" | "text/jsv" | "text/x-jsv" => Encoding::Jsv,
            "application/xml" | "text/xml" => Encoding::Xml,
            "application/x-www-form-urlencoded" => Encoding::Form,
            _ => return None,
        })
    }
}

/// The members in a body, for a class. An empty body has none.
///
/// # Errors
/// When the body does not match its media type.
pub(crate) fn members(class: &Class, media_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, BodyError> {
    let encoding = Encoding::of(media_type).ok_or(BodyError::Unknown)?;
    let text = std::str::from_utf8(body).map_err(|error| BodyError::Syntax(format!("UTF-8: {error}")))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    match encoding {
        Encoding::Json => json(text),
        Encoding::Jsv => jsv(text),
        Encoding::Xml => xml(class, text),
        Encoding::Form => Ok(path::pairs(text)),
    }
}

fn json(text: &str) -> Result<Vec<(String, String)>, BodyError> {
    let object: serde_json::Map<String, Value> =
        serde_json::from_str(text).map_err(|error| BodyError::Syntax(format!("a JSON object: {error}")))?;
    let texts = object.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Array(_) | Value::Object(_) => Err(BodyError::NoText(name)),
        plain => Ok((name, plain.to_string())),
    });
    texts.collect()
}

fn jsv(text: &str) -> Result<Vec<(String, String)>, BodyError> {
    let members: std::collections::BTreeMap<String, Option<String>> =
        jsv::from_str(text).map_err(|error| BodyError::Syntax(format!("a JSV object: {error}")))?;
    Ok(members.into_iter().filter_map(|(name, text)| Some((name, text?))).collect())
}

/// Members in any order, without their prefixes; the root has to be the class in its namespace.
fn xml(class: &Class, text: &str) -> Result<Vec<(String, String)>, BodyError> {
    let wrong = |what: &str| BodyError::Syntax(format!("XML: {what}"));
    let mut reader = Reader::from_str(text);
    let (mut depth, mut members, mut held) = (0, Vec::new(), None::<(String, String)>);
    loop {
        match reader.read_event().map_err(|error| wrong(&error.to_string()))? {
            Event::Start(start) => {
                depth += 1;
                match depth {
                    1 => is_root(class, &start)?,
                    2 => held = Some((local_name(&start), String::new())),
                    _ => return Err(BodyError::NoText(held.map(|(name, _)| name).unwrap_or_default())),
                }
            }
            Event::Empty(start) if depth == 0 => {
                is_root(class, &start)?;
                return Ok(members);
            }
            Event::End(_) => {
                depth -= 1;
                members.extend(held.take());
                if depth == 0 {
                    return Ok(members);
                }
            }
            Event::Text(text) => {
                if let Some((_, held)) = &mut held {
                    held.push_str(&text.xml10_content());
                }
            }
            Event::CData(text) => {
                if let Some((_, held)) = &mut held {
                    held.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some((_, held)) = &mut held {
                    held.push_str(&resolved(&reference).ok_or_else(|| wrong("an unknown entity"))?);
                }
            }
            Event::DocType(_) => return Err(wrong("document types are not read")),
            Event::Eof => return Err(wrong("it ends too early")),
            _ => {}
        }
    }
}

fn is_root(class: &Class, start: &BytesStart<'_>) -> Result<(), BodyError> {
    let named = local_name(start) == class.name;
    let prefix = start.name().prefix().map(|prefix| prefix.as_ref().to_owned());
    let declares = prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
    let namespace = start.try_get_attribute(declares.as_str()).ok().flatten();
    let right = namespace.is_some_and(|it| it.value.as_ref() == class.namespace);
    if named && right {
        return Ok(());
    }
    Err(BodyError::Syntax(format!("<{} xmlns=\"{}\">", class.name, class.namespace)))
}

fn local_name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

fn resolved(reference: &BytesRef<'_>) -> Option<Cow<'static, str>> {
    if let Some(char) = reference.resolve_char_ref().ok()? {
        return Some(Cow::Owned(char.to_string()));
    }
    resolve_predefined_entity(reference).map(Cow::Borrowed)
}
