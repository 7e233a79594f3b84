//! A source that is read page by page, so that a slow reader holds no resources of the source.

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;

use cdr_export::Cut;
use cdr_model::{Cdr, ConferenceRecord, Directory, Money, PortError, ScannedCall};
use cdr_query::{CdrQuery, Cursor, Window};

use crate::ports::{CdrSource, PAGE, PartVersions, pages};

/// The same source, but scanned page by page. Between two pages neither a connection nor a snapshot of the source is
/// held. The watermark makes the answer consistent.
pub(crate) struct Paged<'a>(pub(crate) &'a dyn CdrSource);

impl CdrSource for Paged<'_> {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        self.0.page(query, after, limit)
    }

    fn page_of_fields(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ScannedCall>, PortError> {
        self.0.page_of_fields(query, after, limit)
    }

    fn scan_fields(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ScannedCall) -> io::Result<()>,
    ) -> Result<(), PortError> {
        pages(query, |after| self.0.page_of_fields(query, after, PAGE), each)
    }

    fn list(&self, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
        self.0.list(query, skip, take)
    }

    fn jump(&self, query: &CdrQuery, skip: u64) -> Result<(Window, u64), PortError> {
        self.0.jump(query, skip)
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        self.0.count(query)
    }

    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        self.0.services(query)
    }

    fn part_versions(
        &self,
        query: &CdrQuery,
        cut: Cut,
        parts: &RangeInclusive<i64>,
    ) -> Result<Option<PartVersions>, PortError> {
        self.0.part_versions(query, cut, parts)
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

    fn balances(&self, accounts: &[i64]) -> Result<BTreeMap<i64, Money>, PortError> {
        self.0.balances(accounts)
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.0.directory()
    }
}
