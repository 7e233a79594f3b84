//! The documents of an XML text, one after another.

use memchr::memchr;

use super::line::Line;
use super::{Scan, Syntax};

/// XML documents (<https://www.w3.org/TR/xml/>) with one root element. The beginning of a document within another one shows
/// that the other one was cut off.
pub(crate) struct Elements {
    /// What may precede a document.
    prefix: &'static str,
    /// The name of the root element, of at most eight bytes.
    root: &'static str,
}

/// The beginning of a document that has an XML declaration.
const DECLARATION: &[u8] = b"<?xml";

impl Elements {
    /// Documents with this root element, which the prefix may precede.
    pub(crate) fn named(root: &'static str, prefix: &'static str) -> Elements {
        Elements { prefix, root }
    }
}

impl Syntax for Elements {
    fn begin(&self, bytes: &[u8]) -> Box<dyn Scan> {
        let start = bytes.strip_prefix(self.prefix.as_bytes()).map_or(0, |_| self.prefix.len());
        let element = Element {
            start_tag: format!("<{}", self.root),
            end_tag: format!("</{}>", self.root),
            prefix: self.prefix,
            at: start,
            state: State::Start,
        };
        match element.tag(&bytes[start..]) {
            Some(Tag::Declaration | Tag::RootStart) => Box::new(element),
            _ => Line::begin(),
        }
    }
}

/// The end of a document.
struct Element {
    /// The beginning of the root's start tag.
    start_tag: String,
    /// The root's end tag.
    end_tag: String,
    prefix: &'static str,
    at: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning.
    Start,
    /// Before the root element.
    Prolog,
    /// In the root element.
    Root,
}

/// What begins with a `<`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Declaration,
    RootStart,
    RootEnd,
    Other,
}

impl Element {
    /// The tag that begins with these bytes; `None` if they are too few to say.
    fn tag(&self, bytes: &[u8]) -> Option<Tag> {
        let begins = |tag: &[u8]| bytes.starts_with(tag);
        if begins(DECLARATION) {
            return Some(Tag::Declaration);
        }
        if begins(self.end_tag.as_bytes()) {
            return Some(Tag::RootEnd);
        }
        if let Some(after) = bytes.strip_prefix(self.start_tag.as_bytes()) {
            let next = after.first()?;
            return Some(if b" \t\r\n>/".contains(next) { Tag::RootStart } else { Tag::Other });
        }
        let known = [DECLARATION, self.end_tag.as_bytes(), self.start_tag.as_bytes()];
        if known.iter().any(|tag| tag.starts_with(bytes)) { None } else { Some(Tag::Other) }
    }
}

impl Scan for Element {
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(found) = memchr(b'<', bytes.get(self.at..)?) {
            let at = self.at + found;
            self.at = at;
            let tag = self.tag(&bytes[at..])?;
            self.state = match (self.state, tag) {
                (State::Root, Tag::RootEnd) => return Some(at + self.end_tag.len()),
                (State::Root, Tag::RootStart) | (State::Prolog | State::Root, Tag::Declaration) => {
                    // Another document.
                    return Some(bytes[..at].strip_suffix(self.prefix.as_bytes()).map_or(at, <[u8]>::len));
                }
                (_, Tag::RootStart) => State::Root,
                (State::Start, _) => State::Prolog,
                (state, _) => state,
            };
            self.at = at + 1;
        }
        self.at = bytes.len();
        None
    }

    fn forget(&mut self, dropped: usize) {
        self.at = self.at.saturating_sub(dropped);
    }
}
