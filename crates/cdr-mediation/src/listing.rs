//! Paginated lists of calls, in the order of their query.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};
use std::io;

use cdr_model::{Cdr, CdrField, PortError};
use cdr_query::{CdrQuery, Condition, Cursor, Operand, SortBy, SortOrder, Test};

/// The number of calls read at a time.
const PAGE: usize = 1024;
/// The number of places in an order that are held in memory while a list is sorted, at about a hundred bytes each.
const PLACES: usize = 128 * 1024;
/// The number of calls that are read by their numbers at a time.
const FETCHED: usize = 1_000;

/// Reads the whole answer to a query.
pub(crate) type Scan<'a> = &'a dyn Fn(&CdrQuery, &mut dyn FnMut(Cdr) -> io::Result<()>) -> Result<(), PortError>;

/// Reads a page of the answer to a query.
pub(crate) type ReadPage<'a> = &'a dyn Fn(&CdrQuery, Option<&Cursor>, usize) -> Result<Vec<Cdr>, PortError>;

/// Up to `take` calls in the query's order, without the first `skip`; see [`read_list`](crate::read_list).
pub(crate) fn list(
    scan: Scan<'_>,
    page: ReadPage<'_>,
    query: &CdrQuery,
    skip: u64,
    take: usize,
) -> Result<Vec<Cdr>, PortError> {
    if query.order.keys.is_empty() {
        return in_order(page, query, None, skip, take);
    }
    let (mut skip, mut found, mut after) = (skip, Vec::new(), None);
    while found.len() < take {
        let wanted = skip.saturating_add((take - found.len()) as u64);
        let most = usize::try_from(wanted).map_or(PLACES, |wanted| wanted.min(PLACES));
        let places = places(scan, query, after.as_ref(), most)?;
        let skipped = usize::try_from(skip).map_or(places.len(), |skip| skip.min(places.len()));
        let numbers: Vec<i64> = places[skipped..].iter().map(|place| place.number).collect();
        found.extend(fetch(page, query, &numbers)?);
        skip -= skipped as u64;
        if places.len() < most {
            break;
        }
        after = places.into_iter().last();
    }
    Ok(found)
}

/// The first places of an answer after a cursor, at most `most`, in order.
fn places(scan: Scan<'_>, query: &CdrQuery, after: Option<&Cursor>, most: usize) -> Result<Vec<Cursor>, PortError> {
    let keys = query.order.keys.iter().map(|key| key.field);
    let unsorted = without_keys(query).selecting(keys);
    // The top of the heap is the last of the held places.
    let mut places: BinaryHeap<Position<'_>> = BinaryHeap::new();
    scan(&unsorted, &mut |call| {
        let place = Position { place: Cursor::of(&call, query), query };
        let is_held = places.len() < most || places.peek().is_some_and(|last| place < *last);
        if is_held && after.is_none_or(|after| query.follows(after, &call)) {
            places.push(place);
            if places.len() > most {
                places.pop();
            }
        }
        Ok(())
    })?;
    Ok(places.into_sorted_vec().into_iter().map(|position| position.place).collect())
}

/// The calls with these numbers, in the order of the numbers.
pub(crate) fn fetch(page: ReadPage<'_>, query: &CdrQuery, numbers: &[i64]) -> Result<Vec<Cdr>, PortError> {
    let mut found = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(FETCHED) {
        let test = Test::In(numbers.iter().copied().map(Operand::Integer).collect());
        let named = Condition::new(CdrField::Number, test)
            .map_err(|error| PortError::failed("the calls of a page could not be named", error))?;
        let order = SortOrder::new(SortBy::Number, false);
        let named = CdrQuery { order, ..query.clone() }.only(named);
        let calls = page(&named, None, numbers.len())?;
        let mut calls: HashMap<i64, Cdr> = calls.into_iter().map(|call| (call.number, call)).collect();
        found.extend(numbers.iter().filter_map(|number| calls.remove(number)));
    }
    Ok(found)
}

/// Up to `take` calls after a cursor in the query's order, without the first `skip`, which are read too.
pub(crate) fn in_order(
    page: ReadPage<'_>,
    query: &CdrQuery,
    mut after: Option<Cursor>,
    skip: u64,
    take: usize,
) -> Result<Vec<Cdr>, PortError> {
    let (mut skip, mut found) = (skip, Vec::new());
    while found.len() < take {
        if query.cancel.is_cancelled() {
            return Err(PortError::Cancelled);
        }
        let wanted = skip.saturating_add((take - found.len()) as u64);
        let limit = usize::try_from(wanted).map_or(PAGE, |wanted| wanted.min(PAGE));
        let page = page(query, after.as_ref(), limit)?;
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

/// The same query in its order without the keys.
pub(crate) fn without_keys(query: &CdrQuery) -> CdrQuery {
    CdrQuery { order: SortOrder::new(query.order.by, query.order.descending), ..query.clone() }
}

/// A place in the order of a query.
struct Position<'a> {
    place: Cursor,
    query: &'a CdrQuery,
}

impl Ord for Position<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.query.compare_positions(&self.place, &other.place)
    }
}

impl PartialOrd for Position<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Position<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Position<'_> {}

#[cfg(test)]
mod tests;
