//! Reading kept lines.

use std::io::Cursor;

use cdr_mediation::{Content, chain};

use crate::accounts::AccountRules;
use crate::error::IntakeError;
use crate::fault::Fault;
use crate::feed::{Feed, FeedSettings, FileEnd, Origin};

/// Reads lines of a source again, each for itself: the records that each of them has now, with the accounts of the rules.
/// `head` is the text before them in their file. A line that is no record any more has an unreadable one.
///
/// Keys may differ from those of the first reading, as a key may count equal lines before it.
pub fn read_lines(
    feed: &dyn Feed,
    source: &str,
    head: &str,
    settings: &FeedSettings,
    rules: &AccountRules,
    lines: &[&[u8]],
) -> Vec<Vec<Content>> {
    let reading = Reading {
        feed,
        origin: Origin { source: source.to_owned(), file: "a kept line".to_owned() },
        settings: FeedSettings { end: FileEnd::Complete, encoding: None, skipped: 0, ..settings.clone() },
        head: head.as_bytes(),
    };
    // The records of one document have the same line.
    let mut groups = lines.to_vec();
    groups.dedup();
    let mut read = match reading.together(&groups) {
        Some(read) => read,
        None => groups.iter().map(|line| reading.alone(line)).collect(),
    };
    for content in read.iter_mut().flatten() {
        if let Content::Call(draft) = content {
            rules.assign(draft);
        }
    }
    let (mut at, mut contents) = (0, Vec::with_capacity(lines.len()));
    for line in lines {
        at += usize::from(groups.get(at).is_some_and(|group| group != line));
        contents.push(read.get(at).cloned().unwrap_or_default());
    }
    contents
}

struct Reading<'a> {
    feed: &'a dyn Feed,
    origin: Origin,
    settings: FeedSettings,
    head: &'a [u8],
}

impl Reading<'_> {
    /// The records of lines as of one file; `None` if a line is read otherwise beside the others.
    fn together(&self, lines: &[&[u8]]) -> Option<Vec<Vec<Content>>> {
        let text = self.feed.file_of(self.head, lines);
        let mut read: Vec<Vec<Content>> = vec![Vec::new(); lines.len()];
        let mut at = 0;
        for incoming in self.feed.open(Box::new(Cursor::new(text)), &self.origin, &self.settings).ok()? {
            let incoming = incoming.ok()?;
            if lines.get(at).is_some_and(|line| *line != incoming.raw) {
                at += 1;
            }
            lines.get(at).filter(|line| **line == incoming.raw)?;
            read[at].push(incoming.content);
        }
        read.iter().all(|contents| !contents.is_empty()).then_some(read)
    }

    /// The records of a line as of a file with it alone.
    fn alone(&self, line: &[u8]) -> Vec<Content> {
        let text = self.feed.file_of(self.head, &[line]);
        let read = || -> Result<Vec<Content>, IntakeError> {
            let records = self.feed.open(Box::new(Cursor::new(text)), &self.origin, &self.settings)?;
            records.map(|incoming| incoming.map(|incoming| incoming.content)).collect()
        };
        read().unwrap_or_else(|error| vec![Fault::new("line-unreadable", chain(&error).to_string()).into_content()])
    }
}
