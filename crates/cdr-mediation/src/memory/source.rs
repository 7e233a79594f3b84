//! Records in memory: a source for tests, examples and small embedders.

use std::sync::Arc;

use cdr_model::{Cdr, ConferenceRecord, Directory, PortError, Record};
use cdr_query::{CdrQuery, Cursor};

use crate::ports::CdrSource;

/// Calls and conferences in memory. Queries are answered directly by their definition.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    calls: Vec<Cdr>,
    conferences: Vec<ConferenceRecord>,
    directory: Arc<Directory>,
}

impl Memory {
    /// Creates a source of these calls. Calls without a number are numbered in this order.
    pub fn of(calls: impl IntoIterator<Item = Cdr>) -> Memory {
        let mut memory = Memory::default();
        for mut call in calls {
            if call.number == 0 {
                call.number = memory.highest() + 1;
                call.id = call.number;
            }
            memory.calls.push(call);
        }
        memory
    }

    /// Adds conferences.
    pub fn with_conferences(mut self, conferences: impl IntoIterator<Item = ConferenceRecord>) -> Memory {
        for mut conference in conferences {
            if conference.number == 0 {
                conference.number = self.highest() + 1;
                conference.id = conference.number;
            }
            self.conferences.push(conference);
        }
        self
    }

    /// Sets the directory.
    pub fn with_directory(mut self, directory: Directory) -> Memory {
        self.directory = Arc::new(directory);
        self
    }

    fn highest(&self) -> i64 {
        let numbers = self.calls.iter().map(|call| call.number);
        numbers.chain(self.conferences.iter().map(|conference| conference.number)).max().unwrap_or(0)
    }
}

impl CdrSource for Memory {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        if query.cancel.is_cancelled() {
            return Err(PortError::Cancelled);
        }
        Ok(page(query, self.calls.iter().filter(|call| query.matches(call)), after, limit))
    }

    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> std::io::Result<()>) -> Result<(), PortError> {
        Ok(self.page(query, None, usize::MAX)?.into_iter().try_for_each(each)?)
    }

    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        Ok(page(query, self.conferences.iter().filter(|it| query.matches_conference(it)), after, limit))
    }

    fn watermark(&self) -> Result<i64, PortError> {
        Ok(self.highest())
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        Ok(self.directory.clone())
    }
}

/// The page after a cursor, from all matching records.
fn page<'a, R: Record + Clone + 'a>(
    query: &CdrQuery,
    matching: impl Iterator<Item = &'a R>,
    after: Option<&Cursor>,
    limit: usize,
) -> Vec<R> {
    let mut page: Vec<&R> = matching.filter(|record| after.is_none_or(|after| query.follows(after, *record))).collect();
    page.sort_by(|left, right| query.order.compare(&query.window, *left, *right));
    page.into_iter().take(limit).cloned().collect()
}

#[cfg(test)]
mod tests {
    use cdr_model::{Anchor, Cdr, Timestamp};
    use cdr_query::{CdrQuery, SortBy, SortOrder, Window};

    use super::Memory;
    use crate::ports::CdrSource;

    #[test]
    fn pages_are_consecutive_across_equal_instants() {
        let started_at = Timestamp::from_seconds(1);
        let memory = Memory::of((0..10).map(|_| Cdr { started_at, ..Cdr::default() }));
        for descending in [false, true] {
            let query = CdrQuery {
                order: SortOrder::new(SortBy::Anchor, descending),
                ..CdrQuery::over(Window::all(Anchor::Start))
            };
            let (mut after, mut seen) = (None, Vec::new());
            while let Some(last) = {
                let page = memory.page(&query, after.as_ref(), 3).unwrap();
                seen.extend(page.iter().map(|call| call.number));
                page.last().cloned()
            } {
                after = Some(cdr_query::Cursor::of(&last, &query));
            }
            let expected: Vec<i64> = if descending { (1..=10).rev().collect() } else { (1..=10).collect() };
            assert_eq!(seen, expected);
        }
    }
}
