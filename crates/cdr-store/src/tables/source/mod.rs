//! The store as a source of records.

mod batches;
pub(crate) mod calls;
mod column;
pub(crate) mod conferences;
mod identities;
mod lists;
mod naming;
mod select;
mod services;
mod slices;
pub(crate) mod sorted;

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::Db;
use cdr_export::Cut;
use cdr_mediation::{CdrSource, PartVersions, PortError, sorted_page, sorted_scan};
use cdr_model::{Cdr, ConferenceRecord, Directory, Money, ScannedCall};
use cdr_query::{CdrQuery, Cursor, Window};
use diesel::dsl::count_star;
use diesel::prelude::*;

pub(crate) use self::naming::accounts_of_customers;
use self::naming::naming_accounts;
use super::lowering::{Lowered, lower, lower_conferences, order};
use super::rollup::{Jumped, count, jump};
use super::{Conn, Store};
use crate::error::TransactionError;
use crate::schema::{self, cdrs, counters};

const READING_CALLS: &str = "the calls could not be read";
const READING_CONFERENCES: &str = "the conferences could not be read";

/// Counts the calls of a query whose conditions SQL expresses exactly.
fn count_calls(conn: &mut Conn, query: &CdrQuery) -> QueryResult<u64> {
    let mut select = cdrs::table.select(count_star()).into_boxed::<Db>();
    for filter in lower(query, None).filters {
        select = select.filter(filter);
    }
    select.get_result::<i64>(conn).map(i64::unsigned_abs)
}

impl Store {
    /// Reads calls.
    ///
    /// # Errors
    /// [`PortError::Cancelled`] once the answer is no longer wanted.
    fn reading<T>(
        &self,
        query: &CdrQuery,
        work: impl FnOnce(&Store) -> Result<T, TransactionError>,
    ) -> Result<T, PortError> {
        if query.cancel.is_cancelled() {
            return Err(PortError::Cancelled);
        }
        work(self).map_err(|error| match error {
            // The failure may be that of the statement that was cancelled.
            _ if query.cancel.is_cancelled() => PortError::Cancelled,
            error => self.failed(READING_CALLS, error),
        })
    }

    /// An error once the answer is no longer wanted.
    fn goes_on(&self, query: &CdrQuery) -> Result<(), TransactionError> {
        if query.cancel.is_cancelled() { Err(PortError::Cancelled.into()) } else { Ok(()) }
    }
}

impl CdrSource for Store {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let mut page = Vec::new();
        if limit == 0 {
            return Ok(page);
        }
        if !query.order.keys.is_empty() {
            let sorted = sorted::part(self, query, after, 0, limit)?;
            return sorted.map_or_else(|| sorted_page(self, query, after, limit), Ok);
        }
        self.reading(query, |store| {
            calls::walk(store, query, after, Some(limit), &mut |call| {
                page.push(call);
                Ok(page.len() < limit)
            })?;
            if query.fields.has_identity() {
                identities::of_calls(store, query.upto, &mut page)?;
            }
            Ok(())
        })?;
        Ok(page)
    }

    /// Runs one statement and reads it row by row: memory use does not depend on the number of rows, and all rows
    /// belong to one snapshot.
    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        if order::terms(query).is_none() {
            return sorted_scan(self, query, each);
        }
        self.reading(query, |store| calls::stream(store, query, each))
    }

    /// Reads only the columns that the fields follow from, unless whole calls are needed.
    fn scan_fields(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ScannedCall) -> io::Result<()>,
    ) -> Result<(), PortError> {
        if let Some(wanted) = batches::wanted(self, query).filter(|_| order::terms(query).is_some()) {
            return self.reading(query, |store| batches::stream(store, query, wanted, each));
        }
        self.scan(query, &mut |call| each(call.into()))
    }

    /// Reads only the columns that the fields follow from, unless whole calls are needed.
    fn page_of_fields(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ScannedCall>, PortError> {
        let by_columns = limit > 0 && query.order.keys.is_empty();
        if let Some(wanted) = batches::wanted(self, query).filter(|_| by_columns) {
            return self.reading(query, |store| batches::page(store, query, wanted, after, limit));
        }
        Ok(self.page(query, after, limit)?.into_iter().map(ScannedCall::from).collect())
    }

    /// Skips and sorts in SQL, unless a key of the order is not a column, or the query has to be evaluated for each row.
    fn list(&self, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
        if take == 0 {
            return Ok(Vec::new());
        }
        lists::part(self, query, skip, take)
    }

    /// Looks the start up among those of the pages that were read last, or its hour in the rollup.
    fn jump(&self, query: &CdrQuery, skip: u64) -> Result<(Window, u64), PortError> {
        let Jumped { start, .. } = self.reading(query, |store| jump(store, query, skip, &count_calls))?;
        Ok((start.window, start.left))
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let query = &naming_accounts(self, query).map_err(|error| self.failed(READING_CALLS, error))?;
        if lower(query, None).residue {
            let mut rows = 0;
            self.scan(&CdrQuery::clone(query).selecting([]), &mut |_| {
                rows += 1;
                Ok(())
            })?;
            return Ok(rows);
        }
        self.reading(query, |store| {
            if let Some(calls) = count(store, query, &count_calls)? {
                return Ok(calls);
            }
            let mut conn = store.record_reader(query.upto)?;
            store.0.engine.until(&mut conn, &query.cancel, |conn| Ok(count_calls(conn, query)?))
        })
    }

    /// Groups the rows in SQL, unless the query has to be evaluated for each row.
    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        self.reading(query, |store| services::of(store, query))
    }

    fn conference_page(
        &self,
        query: &CdrQuery,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<ConferenceRecord>, PortError> {
        let mut page = Vec::new();
        if limit == 0 {
            return Ok(page);
        }
        let walked = conferences::walk(self, query, after, Some(limit), &mut |conference| {
            page.push(conference);
            Ok(page.len() < limit)
        });
        walked.map_err(|error| self.failed(READING_CONFERENCES, error))?;
        Ok(page)
    }

    /// Reads one snapshot, as [`CdrSource::scan`] does here.
    fn conferences(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ConferenceRecord) -> io::Result<()>,
    ) -> Result<(), PortError> {
        let walked = conferences::walk(self, query, None, None, &mut |conference| each(conference).map(|()| true));
        walked.map_err(|error| self.failed(READING_CONFERENCES, error))
    }

    fn count_conferences(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let Some(Lowered { filters, residue }) = lower_conferences(query, None) else { return Ok(0) };
        if residue {
            let mut rows = 0;
            self.conferences(query, &mut |_| {
                rows += 1;
                Ok(())
            })?;
            return Ok(rows);
        }
        let mut select = schema::conferences::table.select(count_star()).into_boxed::<Db>();
        for filter in filters {
            select = select.filter(filter);
        }
        let rows = self.read_records(query.upto, |conn| Ok(select.get_result::<i64>(conn)?));
        rows.map(i64::unsigned_abs).map_err(|error| self.failed(READING_CONFERENCES, error))
    }

    fn watermark(&self) -> Result<i64, PortError> {
        let last = counters::table.find("record").select(counters::last);
        let watermark = self.read(|conn| Ok(last.first(conn)?));
        watermark.map_err(|error| self.failed("the watermark could not be read", error))
    }

    fn part_versions(
        &self,
        query: &CdrQuery,
        cut: Cut,
        parts: &RangeInclusive<i64>,
    ) -> Result<Option<PartVersions>, PortError> {
        let versions = self.read(|conn| super::parts::versions(conn, query, cut, parts));
        versions.map_err(|error| self.failed("the versions of the parts could not be read", error))
    }

    fn balances(&self, accounts: &[i64]) -> Result<BTreeMap<i64, Money>, PortError> {
        self.current_balances(accounts)
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        super::directory::current(self).map_err(|error| self.failed("the directory could not be read", error))
    }
}
