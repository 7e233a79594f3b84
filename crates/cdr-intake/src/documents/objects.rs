//! The objects of a JSON text: one after another, or the elements of a list.

use super::line::Line;
use super::{Scan, Syntax};

/// JSON objects (RFC 8259). A line that begins with `{` begins an object, whatever is open before it: within an object, such
/// a line shows that the object was cut off.
pub(crate) struct Objects {
    /// What may precede an object.
    prefix: &'static str,
    /// The members of an object that hold the records as a list.
    lists: &'static [&'static str],
    open: Open,
}

/// The list whose elements are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    No,
    List,
    /// One that is a member of an object.
    Member,
    /// None; the object around it is to be closed.
    Rest,
}

impl Objects {
    /// Objects that this may precede.
    pub(crate) fn after(prefix: &'static str) -> Objects {
        Objects { prefix, lists: &[], open: Open::No }
    }

    /// Objects that an object may hold as a list in one of these members.
    pub(crate) fn in_lists(lists: &'static [&'static str]) -> Objects {
        Objects { prefix: "", lists, open: Open::No }
    }

    /// The length of the beginning of an object up to the bracket of the list of records, if these bytes are one.
    fn opening(&self, bytes: &[u8]) -> Option<usize> {
        let inner = bytes.strip_prefix(b"{")?;
        let bracket = inner.iter().position(|byte| b"[{}".contains(byte)).filter(|at| inner[*at] == b'[')?;
        let before = inner[..bracket].trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
        let is_named = |list: &&'static str| {
            let name = before.strip_suffix(b"\"").and_then(|before| before.strip_suffix(list.as_bytes()));
            name.is_some_and(|before| before.ends_with(b"\""))
        };
        self.lists.iter().any(is_named).then_some(bracket + 2)
    }
}

impl Syntax for Objects {
    fn between(&mut self, bytes: &[u8]) -> usize {
        let Some(first) = bytes.first() else { return 0 };
        let opens_list = || *first == b'[' && matches!(bytes[1..].trim_ascii_start().first(), None | Some(b'{' | b']'));
        let (open, length) = match (self.open, first) {
            (Open::No, _) if opens_list() => (Open::List, 1),
            (Open::No, _) => match self.opening(bytes) {
                Some(length) => (Open::Member, length),
                None => (Open::No, 0),
            },
            (Open::List, b']') => (Open::No, 1),
            (Open::Member, b']') => (Open::Rest, 1),
            (Open::Rest, _) => {
                let brace = bytes.iter().position(|byte| b"[{}".contains(byte)).filter(|at| bytes[*at] == b'}');
                (Open::No, brace.map_or(0, |brace| brace + 1))
            }
            (open, b',') => (open, 1),
            (open, _) => (open, 0),
        };
        self.open = open;
        length
    }

    fn begin(&self, bytes: &[u8]) -> Box<dyn Scan> {
        let at = bytes.strip_prefix(self.prefix.as_bytes()).map_or(0, |_| self.prefix.len());
        if bytes.get(at) != Some(&b'{') {
            return Line::begin();
        }
        let before = self.prefix.bytes().next();
        Box::new(Object { at, before, depth: 0, state: State::Plain, is_line_start: false })
    }

    fn close(&mut self) -> Option<&'static str> {
        let is_open = self.open != Open::No;
        self.open = Open::No;
        is_open.then_some("the list of records is not closed when the file ends")
    }
}

/// The end of an object.
struct Object {
    at: usize,
    /// The first byte of what may precede an object.
    before: Option<u8>,
    /// The number of braces and brackets that are open.
    depth: usize,
    state: State,
    is_line_start: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Plain,
    String,
    Escape,
    /// A line ended in a string.
    Broken,
}

impl Scan for Object {
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(byte) = bytes.get(self.at).copied() {
            if self.is_line_start && (byte == b'{' || Some(byte) == self.before) {
                return Some(self.at);
            }
            self.is_line_start = byte == b'\n';
            self.at += 1;
            self.state = match (self.state, byte) {
                (State::Plain, b'"') | (State::Escape, _) if byte != b'\n' => State::String,
                (State::String, b'"') => State::Plain,
                (State::String, b'\\') => State::Escape,
                (State::String | State::Escape, b'\n') => State::Broken,
                (state, _) => state,
            };
            if self.state == State::Plain {
                match byte {
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                }
                if self.depth == 0 {
                    return Some(self.at);
                }
            }
        }
        None
    }

    fn forget(&mut self, dropped: usize) {
        self.at = self.at.saturating_sub(dropped);
    }

    fn is_broken(&self) -> bool {
        self.state == State::Broken
    }
}
