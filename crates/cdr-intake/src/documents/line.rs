//! The end of a record that is a line.

use memchr::memchr;

use super::Scan;

/// A record that ends with its line.
pub(super) struct Line {
    at: usize,
}

impl Line {
    pub(super) fn begin() -> Box<dyn Scan> {
        Box::new(Line { at: 0 })
    }
}

impl Scan for Line {
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let found = memchr(b'\n', bytes.get(self.at..).unwrap_or_default());
        let end = found.map(|found| self.at + found);
        self.at = bytes.len();
        end
    }

    fn forget(&mut self, dropped: usize) {
        self.at = self.at.saturating_sub(dropped);
    }
}
