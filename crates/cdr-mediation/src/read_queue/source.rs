//! A source that an answer reads in turn.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use cdr_export::Cut;
use cdr_model::{Cdr, ConferenceRecord, Directory, Money, PortError, ScannedCall};
use cdr_query::{CdrQuery, Cursor, Window};

use super::queue::QueuedReader;
use crate::listing;
use crate::ports::{CdrSource, PartVersions};

/// The calls of a list that are read in one place, those included that are skipped after a jump. More are read page by page.
const FEW: u64 = 4_096;

/// The same source; each reading of records takes a place of the queue. Scans are read page by page, so that the place
/// is free while the reader is busy with a page.
pub(crate) struct QueuedSource {
    pub(crate) source: Arc<dyn CdrSource>,
    pub(crate) reader: QueuedReader,
}

impl QueuedSource {
    /// Reads for a query in a place of the queue. The query carries the signal that ends the reading.
    fn read<T>(&self, query: &CdrQuery, work: &dyn Fn(&CdrQuery) -> Result<T, PortError>) -> Result<T, PortError> {
        self.reader.read(&query.cancel, &|cancel| work(&query.clone().until(cancel)))
    }
}

impl CdrSource for QueuedSource {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let page = self.read(query, &|query| self.source.page(query, after, limit))?;
        if page.len() == limit {
            self.reader.read_full_page();
        }
        Ok(page)
    }

    fn page_of_fields(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ScannedCall>, PortError> {
        let page = self.read(query, &|query| self.source.page_of_fields(query, after, limit))?;
        if page.len() == limit {
            self.reader.read_full_page();
        }
        Ok(page)
    }

    fn list(&self, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
        let page = &|query: &CdrQuery, after: Option<&Cursor>, limit| self.page(query, after, limit);
        if !query.order.keys.is_empty() {
            return self.read(query, &|query| self.source.list(query, skip, take));
        }
        let (window, left) = self.jump(query, skip)?;
        if left.saturating_add(take as u64) <= FEW {
            return self.read(query, &|query| self.source.list(query, skip, take));
        }
        listing::in_order(page, &CdrQuery { window, ..query.clone() }, None, left, take)
    }

    fn jump(&self, query: &CdrQuery, skip: u64) -> Result<(Window, u64), PortError> {
        if skip == 0 {
            return Ok((query.window, skip));
        }
        self.read(query, &|query| self.source.jump(query, skip))
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.read(query, &|query| self.source.count(query))
    }

    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        self.read(query, &|query| self.source.services(query))
    }

    fn part_versions(
        &self,
        query: &CdrQuery,
        cut: Cut,
        parts: &RangeInclusive<i64>,
    ) -> Result<Option<PartVersions>, PortError> {
        self.source.part_versions(query, cut, parts)
    }

    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        self.read(query, &|query| self.source.conference_page(query, after, limit))
    }

    fn count_conferences(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.read(query, &|query| self.source.count_conferences(query))
    }

    fn watermark(&self) -> Result<i64, PortError> {
        self.source.watermark()
    }

    fn balances(&self, accounts: &[i64]) -> Result<BTreeMap<i64, Money>, PortError> {
        self.source.balances(accounts)
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.source.directory()
    }
}
