//! Sorting by keys, for sources that cannot read records in such an order.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io;

use cdr_model::{Cdr, PortError};
use cdr_query::{CdrQuery, Cursor};

use crate::listing::{self, ReadPage, fetch, without_keys};
use crate::ports::CdrSource;

/// The number of calls held in memory while all calls are read in order.
const HELD: usize = 16 * 1024;

/// A page of an answer in an order with keys, from a source that supports only orders without keys. Every call of the
/// answer is read, and at most `limit` calls are held in memory.
///
/// # Errors
/// If the calls cannot be read.
pub fn sorted_page(
    source: &dyn CdrSource,
    query: &CdrQuery,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Cdr>, PortError> {
    let fields = query.fields.clone().and(query.order.keys.iter().map(|key| key.field));
    let unsorted = CdrQuery { fields, ..without_keys(query) };
    // The top of the heap is the last of the held calls.
    let mut page: BinaryHeap<Ranked<'_>> = BinaryHeap::new();
    source.scan(&unsorted, &mut |call| {
        if limit > 0 && after.is_none_or(|after| query.follows(after, &call)) {
            page.push(Ranked { call, query });
            if page.len() > limit {
                page.pop();
            }
        }
        Ok(())
    })?;
    Ok(page.into_sorted_vec().into_iter().map(|ranked| ranked.call).collect())
}

/// A page of a list, as [`CdrSource::list`] reads it by default, for sources with a list of their own: up to `take`
/// calls without the first `skip`. In an order with keys, only the keys of every call of the answer are read, and at most
/// a fixed number of places is held in memory, with a further reading for every such number that is skipped. Then the
/// calls of the page are read. Without keys, the calls before the page are read and dropped.
///
/// # Errors
/// If the calls cannot be read.
pub fn read_list(source: &dyn CdrSource, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
    let page: ReadPage<'_> = &|query, after, limit| source.page(query, after, limit);
    listing::list(&|query, each| source.scan(query, each), page, query, skip, take)
}

/// The calls of an answer with these numbers, in the order of the numbers. Numbers that the answer does not contain are
/// left out.
///
/// # Errors
/// If the calls cannot be read.
pub fn by_number(source: &dyn CdrSource, query: &CdrQuery, numbers: &[i64]) -> Result<Vec<Cdr>, PortError> {
    fetch(&|query, after, limit| source.page(query, after, limit), query, numbers)
}

/// All calls of an answer in an order with keys, from a source that supports only orders without keys. They are read
/// page by page, and every page reads all calls of the answer.
///
/// # Errors
/// If the calls cannot be read to the end, or `each` fails.
pub fn sorted_scan(
    source: &dyn CdrSource,
    query: &CdrQuery,
    each: &mut dyn FnMut(Cdr) -> io::Result<()>,
) -> Result<(), PortError> {
    let mut after = None;
    loop {
        let page = sorted_page(source, query, after.as_ref(), HELD)?;
        let full = page.len() == HELD;
        after = page.last().map(|last| Cursor::of(last, query));
        for call in page {
            if query.cancel.is_cancelled() {
                return Err(PortError::Cancelled);
            }
            each(call)?;
        }
        if !full {
            return Ok(());
        }
    }
}

/// A call that compares by its position in the order of a query.
struct Ranked<'a> {
    call: Cdr,
    query: &'a CdrQuery,
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.query.order.compare(&self.query.window, &self.call, &other.call)
    }
}

impl PartialOrd for Ranked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked<'_> {}
