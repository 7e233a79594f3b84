//! Calls for lists with pages: in the order of their query, or in any other.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use cdr_model::Cdr;
use cdr_query::{CdrQuery, Cursor};

use crate::error::PortError;
use crate::paged::Paged;
use crate::ports::CdrSource;

/// Calls read at a time.
const PAGE: usize = 1024;

/// Calls in the query's order, without the first `skip`, at most `take`.
pub(crate) fn in_order(
    source: &dyn CdrSource,
    query: &CdrQuery,
    skip: u64,
    take: usize,
) -> Result<Vec<Cdr>, PortError> {
    let (mut skip, mut found, mut after) = (skip, Vec::new(), None);
    while found.len() < take {
        let wanted = skip.saturating_add((take - found.len()) as u64);
        let limit = usize::try_from(wanted).map_or(PAGE, |wanted| wanted.min(PAGE));
        let page = source.page(query, after, limit)?;
        let Some(last) = page.last() else { break };
        after = Some(Cursor::of(last, query));
        let (rows, full) = (page.len() as u64, page.len() == limit);
        let skipped = skip.min(rows);
        found.extend(page.into_iter().skip(usize::try_from(skipped).unwrap_or(usize::MAX)));
        skip -= skipped;
        if !full {
            break;
        }
    }
    Ok(found)
}

/// Calls in another order, without the first `skip`, at most `take`; those that are equal in it by their numbers. All
/// calls of the answer are read, page by page, and no more than `skip + take` are held.
pub(crate) fn ordered_by(
    source: &dyn CdrSource,
    query: &CdrQuery,
    compare: &dyn Fn(&Cdr, &Cdr) -> Ordering,
    skip: u64,
    take: usize,
) -> Result<Vec<Cdr>, PortError> {
    if take == 0 {
        return Ok(Vec::new());
    }
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let most = skip.saturating_add(take);
    // The last of those that are held is on top.
    let mut first: BinaryHeap<Ranked<'_>> = BinaryHeap::new();
    Paged(source).scan(query, &mut |call| {
        let ranked = Ranked { call, compare };
        if first.len() < most {
            first.push(ranked);
        } else if let Some(mut last) = first.peek_mut()
            && ranked < *last
        {
            *last = ranked;
        }
        Ok(())
    })?;
    Ok(first.into_sorted_vec().into_iter().skip(skip).map(|ranked| ranked.call).collect())
}

/// A call with its place in an order.
struct Ranked<'a> {
    call: Cdr,
    compare: &'a dyn Fn(&Cdr, &Cdr) -> Ordering,
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.compare)(&self.call, &other.call).then_with(|| self.call.number.cmp(&other.call.number))
    }
}

impl PartialOrd for Ranked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked<'_> {}

#[cfg(test)]
mod tests;
