//! Finds members in a JSON document without reading the others.

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
            self.at += plain(bytes.get(self.at..).ok_or(NotJson)?);
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(NotJson),
            }
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

/// The number of bytes, in steps of eight, that are neither a quote nor a backslash.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // A byte that is zero has its highest bit set afterwards, and so may some that are followed by one that is zero.
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH != 0;
    let (eights, _) = bytes.as_chunks::<8>();
    let is_plain = |eight: &&[u8; 8]| {
        let word = u64::from_ne_bytes(**eight);
        !has_zero(word ^ (ONES * u64::from(b'"'))) && !has_zero(word ^ (ONES * u64::from(b'\\')))
    };
    eights.iter().take_while(is_plain).count() * 8
}
