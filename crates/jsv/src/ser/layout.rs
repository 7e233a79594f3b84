//! Tokens: names, texts, braces and the white space between them.

use std::io::Write;
use std::mem;

use super::{LineBreak, Pending, Serializer};
use crate::error::Result;
use crate::quote::{needs_quotes, needs_quotes_but_for_colons, write_quoted};

impl<W: Write> Serializer<W> {
    /// Writes the text before a value other than a null: the name of the member, if any.
    ///
    /// Returns whether the value follows a name, since the pretty form then puts an opening brace on the next line.
    pub(super) fn begin(&mut self) -> Result<bool> {
        let Some(Pending { field, first, after_name }) = self.pending.take() else {
            return Ok(mem::take(&mut self.after_name));
        };
        if first {
            self.open(b'{', after_name)?;
        } else {
            self.next()?;
        }
        if let Some(field) = field {
            self.quote_if_needed(field)?;
        } else {
            let key = mem::take(&mut self.key);
            self.quote_if_needed(&key)?;
            self.key = key;
        }
        self.colon()?;
        Ok(true)
    }

    /// A null: writes nothing and leaves the name of the member pending.
    pub(super) fn nothing(&mut self) {
        self.after_name = false;
    }

    /// Writes a text, quoted if required, but never at the root.
    pub(super) fn text(&mut self, text: &str) -> Result<()> {
        self.begin()?;
        if self.depth == 0 { Ok(self.out.write_all(text.as_bytes())?) } else { self.quote_if_needed(text) }
    }

    /// Writes a text that never requires quotes.
    pub(super) fn plain(&mut self, text: &str) -> Result<()> {
        self.begin()?;
        Ok(self.out.write_all(text.as_bytes())?)
    }

    pub(super) fn quote_if_needed(&mut self, text: &str) -> Result<()> {
        let needed = if self.colons { needs_quotes_but_for_colons(text) } else { needs_quotes(text) };
        // A reader of the pretty form skips white space around tokens.
        let blanks = || text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
        if needed || (self.lines.is_some() && blanks()) {
            write_quoted(&mut self.out, text)?;
        } else {
            self.out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    pub(super) fn colon(&mut self) -> Result<()> {
        Ok(self.out.write_all(if self.lines.is_some() { b": " } else { b":" })?)
    }

    /// Writes the separator between two members or elements.
    pub(super) fn next(&mut self) -> Result<()> {
        self.out.write_all(b",")?;
        self.new_line()
    }

    /// Writes the opening brace or bracket of an object or list that is not empty.
    pub(super) fn open(&mut self, bracket: u8, after_name: bool) -> Result<()> {
        if after_name {
            self.depth -= 1;
            self.new_line()?;
            self.depth += 1;
        }
        self.out.write_all(&[bracket])?;
        self.new_line()
    }

    /// Writes the closing brace or bracket of an object or list that is not empty.
    pub(super) fn close(&mut self, bracket: u8) -> Result<()> {
        self.depth -= 1;
        self.new_line()?;
        Ok(self.out.write_all(&[bracket])?)
    }

    /// Writes both braces or brackets of an empty object or list.
    pub(super) fn open_and_close(&mut self, brackets: [u8; 2], after_name: bool) -> Result<()> {
        if after_name {
            self.depth -= 1;
            return Ok(self.out.write_all(&brackets)?);
        }
        self.open(brackets[0], false)?;
        self.close(brackets[1])
    }

    fn new_line(&mut self) -> Result<()> {
        if let Some(end) = self.lines {
            self.out.write_all(match end {
                LineBreak::Lf => b"\n",
                LineBreak::CrLf => b"\r\n",
            })?;
            for _ in 0..self.depth {
                self.out.write_all(b"\t")?;
            }
        }
        Ok(())
    }
}
