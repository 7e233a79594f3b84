//! Finds members in a JSON document without reading the others.

use memchr::memchr2;

/// The document is not JSON, as far as it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotJson;

/// A place in a document.
pub(super) struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Json<'a> {
    pub(super) fn new(text: &'a str) -> Json<'a> {
        Json { text, at: 0 }
    }

    /// The next byte that is not white space, which is not passed.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.at += blanks;
        rest.get(blanks).copied()
    }

    /// Passes a byte that has to come next.
    pub(super) fn pass(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.peek() != Some(byte) {
            return Err(NotJson);
        }
        self.at += 1;
        Ok(())
    }

    /// Passes the members of an object. `member` gets each name as it is written, and has to pass the value.
    pub(super) fn object(
        &mut self,
        mut member: impl FnMut(&mut Json<'a>, &'a str) -> Result<(), NotJson>,
    ) -> Result<(), NotJson> {
        self.pass(b'{')?;
        if self.peek() == Some(b'}') {
            return self.pass(b'}');
        }
        loop {
            let name = self.string()?;
            self.pass(b':')?;
            member(self, name)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => return self.pass(b'}'),
            }
        }
    }

    /// Passes a string, and returns what is between its quotes, as it is written.
    pub(super) fn string(&mut self) -> Result<&'a str, NotJson> {
        self.pass(b'"')?;
        let from = self.at;
        let bytes = self.text.as_bytes();
        loop {
            let rest = bytes.get(self.at..).ok_or(NotJson)?;
            self.at += memchr2(b'"', b'\\', rest).ok_or(NotJson)?;
            if bytes[self.at] == b'"' {
                break;
            }
            self.at += 2;
        }
        let found = self.text.get(from..self.at).ok_or(NotJson)?;
        self.at += 1;
        Ok(found)
    }

    /// Passes a value, and returns it as it is written.
    pub(super) fn value(&mut self) -> Result<&'a str, NotJson> {
        let first = self.peek().ok_or(NotJson)?;
        let from = self.at;
        match first {
            b'"' => drop(self.string()?),
            b'{' | b'[' => self.nested()?,
            _ => {
                let rest = &self.text.as_bytes()[from..];
                let length = rest.iter().take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n')).count();
                if length == 0 {
                    return Err(NotJson);
                }
                self.at += length;
            }
        }
        self.text.get(from..self.at).ok_or(NotJson)
    }

    /// Passes an object or a list with everything in it.
    fn nested(&mut self) -> Result<(), NotJson> {
        let mut depth = 0;
        loop {
            match self.peek().ok_or(NotJson)? {
                b'"' => drop(self.string()?),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }
}
