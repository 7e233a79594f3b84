//! The elements of a list of xDRs in a JSON text of any length, one after the other.

use std::io::{self, BufReader, Read};

use crate::lines::LINE_BYTES;

/// The members of an answer that are lists of xDRs.
pub(super) const LISTS: [&str; 2] = ["xdr_list", "XDRSInfo"];

/// One element of a list, or an object that has no list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// The number of the line at which it begins, from 1.
    pub(super) line: u64,
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// Its bytes, at most the first 64 KiB.
    pub(super) raw: Vec<u8>,
    /// Its length in bytes.
    pub(super) length: u64,
    /// Whether the file ends before its end.
    pub(super) is_cut: bool,
}

/// Reads the elements of lists: of the members [`LISTS`] of objects, and of arrays at the top. Answers may follow each
/// other. Memory is bounded by the longest element that is kept, 64 KiB.
pub(super) struct Elements<R> {
    input: BufReader<R>,
    line: u64,
    /// The number of elements so far.
    number: u64,
    /// How many arrays and objects are open.
    depth: usize,
    /// The depth of the elements of the list that is being read.
    list: Option<usize>,
    /// The last text outside of an element, which is the name of a member if a colon follows.
    name: Vec<u8>,
    /// The object at the top, as long as it has no list.
    outer: Option<Element>,
}

impl<R: Read> Elements<R> {
    pub(super) fn new(input: R) -> Elements<R> {
        Elements {
            input: BufReader::with_capacity(LINE_BYTES, input),
            line: 1,
            number: 0,
            depth: 0,
            list: None,
            name: Vec::new(),
            outer: None,
        }
    }

    /// The number of the current line.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether an answer is open, once the file was read to its end.
    pub(super) fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// The next element; `None` at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<Element>> {
        while let Some(byte) = self.peek()? {
            let is_between = byte.is_ascii_whitespace() || byte == b',';
            if self.list == Some(self.depth) && !is_between && byte != b']' {
                return self.element().map(Some);
            }
            if self.depth == 0 && !is_between && byte != b'{' && byte != b'[' {
                return self.garbage().map(Some);
            }
            self.take(byte);
            match byte {
                b'"' => self.name()?,
                b'{' | b'[' => self.open(byte),
                b'}' | b']' => {
                    if let Some(outer) = self.close() {
                        return Ok(Some(self.numbered(outer)));
                    }
                }
                _ => {}
            }
        }
        let outer = self.outer.take().map(|outer| Element { is_cut: true, ..outer });
        Ok(outer.map(|outer| self.numbered(outer)))
    }

    fn open(&mut self, byte: u8) {
        self.depth += 1;
        let is_named = || LISTS.iter().any(|list| list.as_bytes() == self.name);
        match (self.depth, byte) {
            (1, b'[') => self.list = Some(1),
            (1, _) => {
                let mut outer = self.begin();
                outer.push(byte);
                self.outer = Some(outer);
            }
            (2, b'[') if self.list.is_none() && is_named() => {
                self.list = Some(2);
                self.outer = None;
            }
            _ => {}
        }
    }

    /// Closes an array or an object. Returns the object at the top, if it had no list.
    fn close(&mut self) -> Option<Element> {
        if self.list == Some(self.depth) {
            self.list = None;
        }
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 { self.outer.take() } else { None }
    }

    /// Reads a text outside of an element, after its first quote.
    fn name(&mut self) -> io::Result<()> {
        self.name.clear();
        let mut is_escaped = false;
        while let Some(byte) = self.peek()? {
            self.take(byte);
            if byte == b'"' && !is_escaped {
                break;
            }
            is_escaped = byte == b'\\' && !is_escaped;
            if self.name.len() <= LISTS[0].len() {
                self.name.push(byte);
            }
        }
        Ok(())
    }

    /// Reads an element of the list: to the end of its object, array or text, or to the end of a number or word.
    fn element(&mut self) -> io::Result<Element> {
        let mut element = self.begin();
        let (mut depth, mut is_text, mut is_escaped) = (0usize, false, false);
        loop {
            let Some(byte) = self.peek()? else {
                element.is_cut = true;
                return Ok(self.numbered(element));
            };
            if !is_text && depth == 0 && matches!(byte, b',' | b']' | b'}') {
                if element.length == 0 {
                    // A brace that closes nothing.
                    self.take(byte);
                    element.push(byte);
                }
                return Ok(self.numbered(element));
            }
            self.take(byte);
            element.push(byte);
            match byte {
                _ if is_text => {
                    is_text = byte != b'"' || is_escaped;
                    is_escaped = byte == b'\\' && !is_escaped;
                }
                b'"' => is_text = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(self.numbered(element));
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads what is no JSON, to the end of its line.
    fn garbage(&mut self) -> io::Result<Element> {
        let mut element = self.begin();
        while let Some(byte) = self.peek()?.filter(|byte| *byte != b'\n') {
            self.take(byte);
            element.push(byte);
        }
        Ok(self.numbered(element))
    }

    fn begin(&self) -> Element {
        Element { line: self.line, number: 0, raw: Vec::new(), length: 0, is_cut: false }
    }

    fn numbered(&mut self, element: Element) -> Element {
        self.number += 1;
        Element { number: self.number, ..element }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match io::BufRead::fill_buf(&mut self.input) {
                Ok(buffer) => return Ok(buffer.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Passes a byte, which is one of the object at the top if that may be an xDR itself.
    fn take(&mut self, byte: u8) {
        io::BufRead::consume(&mut self.input, 1);
        self.line += u64::from(byte == b'\n');
        if let Some(outer) = &mut self.outer {
            outer.push(byte);
        }
    }
}

impl Element {
    fn push(&mut self, byte: u8) {
        self.length += 1;
        if self.raw.len() < LINE_BYTES {
            self.raw.push(byte);
        }
    }

    /// Whether `raw` is the whole element.
    pub(super) fn is_whole(&self) -> bool {
        self.length == self.raw.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Elements;

    /// The elements with their lines and numbers; cut ones end in `…`.
    fn read(text: &str) -> Vec<(u64, u64, String)> {
        let mut elements = Elements::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(element) = elements.next().unwrap() {
            let end = if element.is_cut { "…" } else { "" };
            let raw = String::from_utf8_lossy(&element.raw).into_owned();
            found.push((element.line, element.number, raw + end));
        }
        found
    }

    #[test]
    fn elements_of_lists_are_found() {
        for (text, expected) in [
            ("", &[][..]),
            ("{\"xdr_list\":[]}", &[]),
            (
                "{\"total\":2,\"xdr_list\":[{\"a\":1},{\"b\":[{}]}],\"x\":[{\"c\":1}]}",
                &[(1, 1, "{\"a\":1}"), (1, 2, "{\"b\":[{}]}")],
            ),
            (
                "{ \"XDRSInfo\" : [\n {\"a\":\"]},{\\\"\"}\n,\n{}\n]\n}\n",
                &[(2, 1, "{\"a\":\"]},{\\\"\"}"), (4, 2, "{}")],
            ),
            ("[{\"a\":1},{}]", &[(1, 1, "{\"a\":1}"), (1, 2, "{}")]),
            // Answers after each other, and an xDR without a list.
            (
                "{\"xdr_list\":[{}]}\n{\"xdr_list\":[{}]}{\"a\":[{}]}",
                &[(1, 1, "{}"), (2, 2, "{}"), (2, 3, "{\"a\":[{}]}")],
            ),
            // A list of the same name further in is none.
            ("{\"a\":{\"xdr_list\":[1]},\"xdr_list\":[2]}", &[(1, 1, "2")]),
            // Elements that are no objects, and what is no JSON.
            (
                "{\"xdr_list\":[1, null ,\"a,b\",[2]]}",
                &[(1, 1, "1"), (1, 2, "null "), (1, 3, "\"a,b\""), (1, 4, "[2]")],
            ),
            ("oops\n[{}]", &[(1, 1, "oops"), (2, 2, "{}")]),
            ("{\"xdr_list\":[}]}", &[(1, 1, "}")]),
            // Files that end early.
            ("{\"xdr_list\":[{}", &[(1, 1, "{}")]),
            ("{\"xdr_list\":[{\"a\":\"", &[(1, 1, "{\"a\":\"…")]),
            ("{\"a\":", &[(1, 1, "{\"a\":…")]),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|(line, number, raw)| (*line, *number, (*raw).to_owned())).collect();
            assert_eq!(read(text), expected, "{text}");
        }
        let mut open = Elements::new(&b"{\"xdr_list\":[{}"[..]);
        while open.next().unwrap().is_some() {}
        assert!(open.is_open());
    }

    #[test]
    fn a_long_element_takes_bounded_memory() {
        let text = format!("[{{\"a\":\"{}\"}},{{}}]", "x".repeat(100_000));
        let mut elements = Elements::new(text.as_bytes());
        let long = elements.next().unwrap().unwrap();
        assert_eq!((long.raw.len(), long.length, long.is_whole()), (64 * 1024, 100_008, false));
        assert_eq!(elements.next().unwrap().unwrap().raw, b"{}");
    }

    proptest! {
        #[test]
        fn any_list_is_read_as_it_was_written(
            texts in prop::collection::vec(".{0,8}", 0..6), pretty: bool, is_array: bool,
        ) {
            let list: Vec<serde_json::Value> = texts.iter().map(|text| serde_json::json!({ "a": text, text: [{}, text] })).collect();
            let whole = if is_array { list.clone().into() } else { serde_json::json!({ "total": "xdr_list", "xdr_list": list }) };
            let text = if pretty { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) }.unwrap();
            let found: Vec<serde_json::Value> =
                read(&text).iter().map(|(_, _, raw)| serde_json::from_str(raw).unwrap()).collect();
            prop_assert_eq!(found, list);
        }

        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut elements = Elements::new(&bytes[..]);
            while elements.next().unwrap().is_some() {}
        }

        #[test]
        fn any_punctuation_is_read_to_its_end(text in "[\\[\\]{},:\" a\n\\\\]{0,40}") {
            let total: usize = read(&text).iter().map(|(_, _, raw)| raw.trim_end_matches('…').len()).sum();
            prop_assert!(total <= text.len());
        }
    }
}
