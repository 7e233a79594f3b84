//! A source that is read page by page, so that a slow reader holds no resources of the source.

use std::sync::Arc;

use cdr_model::{Cdr, ConferenceRecord, Directory, PortError};
use cdr_query::{CdrQuery, Cursor};

use crate::ports::CdrSource;

/// The same source, but scanned page by page. Between two pages neither a connection nor a snapshot of the source is
/// held. The watermark makes the answer consistent.
pub(crate) struct Paged<'a>(pub(crate) &'a dyn CdrSource);

impl CdrSource for Paged<'_> {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        self.0.page(query, after, limit)
    }

    fn list(&self, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
        self.0.list(query, skip, take)
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.0.count(query)
    }

    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        self.0.services(query)
    }

    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        self.0.conference_page(query, after, limit)
    }

    fn count_conferences(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.0.count_conferences(query)
    }

    fn watermark(&self) -> Result<i64, PortError> {
        self.0.watermark()
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.0.directory()
    }
}
