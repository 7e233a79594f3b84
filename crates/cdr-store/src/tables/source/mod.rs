//! The store as a source of records.

pub(crate) mod calls;
pub(crate) mod conferences;
mod identities;
mod select;
mod services;

use std::io;
use std::sync::Arc;

use super::Db;
use cdr_mediation::{CdrSource, PortError, sorted_page, sorted_scan};
use cdr_model::{Cdr, ConferenceRecord, Directory};
use cdr_query::{CdrQuery, Cursor};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::Store;
use super::lowering::{Lowered, lower, lower_conferences};
use crate::schema::{self, cdrs, counters};

const READING_CALLS: &str = "the calls could not be read";
const READING_CONFERENCES: &str = "the conferences could not be read";

impl CdrSource for Store {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        let mut page = Vec::new();
        if limit == 0 {
            return Ok(page);
        }
        if !query.order.keys.is_empty() {
            return sorted_page(self, query, after, limit);
        }
        let walked = calls::walk(self, query, after, Some(limit), &mut |call| {
            page.push(call);
            Ok(page.len() < limit)
        });
        walked.map_err(|error| self.failed(READING_CALLS, error))?;
        if query.fields.has_identity() {
            let looked_up = identities::of_calls(self, query.upto, &mut page);
            looked_up.map_err(|error| self.failed(READING_CALLS, error))?;
        }
        Ok(page)
    }

    /// Runs one statement and reads it row by row: memory use does not depend on the number of rows, and all rows
    /// belong to one snapshot.
    fn scan(&self, query: &CdrQuery, each: &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError> {
        if !query.order.keys.is_empty() {
            return sorted_scan(self, query, each);
        }
        calls::stream(self, query, each).map_err(|error| self.failed(READING_CALLS, error))
    }

    fn count(&self, query: &CdrQuery) -> Result<u64, PortError> {
        let Lowered { filters, residue } = lower(query, None);
        if residue {
            let mut rows = 0;
            self.scan(&query.clone().selecting([]), &mut |_| {
                rows += 1;
                Ok(())
            })?;
            return Ok(rows);
        }
        let mut select = cdrs::table.select(count_star()).into_boxed::<Db>();
        for filter in filters {
            select = select.filter(filter);
        }
        let rows = self.read_records(query.upto, |conn| Ok(select.get_result::<i64>(conn)?));
        rows.map(i64::unsigned_abs).map_err(|error| self.failed(READING_CALLS, error))
    }

    /// Groups the rows in SQL, unless the query has to be evaluated for each row.
    fn services(&self, query: &CdrQuery) -> Result<Vec<(i32, u64)>, PortError> {
        services::of(self, query).map_err(|error| self.failed(READING_CALLS, error))
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

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        super::directory::current(self).map_err(|error| self.failed("the directory could not be read", error))
    }
}
