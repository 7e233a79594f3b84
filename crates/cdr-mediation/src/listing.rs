//! Paginated lists of calls, in the order of their query.

use cdr_model::{Cdr, PortError};
use cdr_query::{CdrQuery, Cursor};

use crate::ports::CdrSource;

/// The number of calls read at a time.
const PAGE: usize = 1024;
/// The number of calls read at a time in an order with keys. A source may read all calls for each such page.
const SORTED_PAGE: usize = 16 * 1024;

/// Up to `take` calls in the query's order, without the first `skip`.
pub(crate) fn in_order(
    source: &dyn CdrSource,
    query: &CdrQuery,
    skip: u64,
    take: usize,
) -> Result<Vec<Cdr>, PortError> {
    after(source, query, None, skip, take)
}

/// The same, of the calls after a cursor.
pub(crate) fn after(
    source: &dyn CdrSource,
    query: &CdrQuery,
    mut after: Option<Cursor>,
    skip: u64,
    take: usize,
) -> Result<Vec<Cdr>, PortError> {
    let most = if query.order.keys.is_empty() { PAGE } else { SORTED_PAGE };
    let (mut skip, mut found) = (skip, Vec::new());
    while found.len() < take {
        let wanted = skip.saturating_add((take - found.len()) as u64);
        let limit = usize::try_from(wanted).map_or(most, |wanted| wanted.min(most));
        let page = source.page(query, after.as_ref(), limit)?;
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

#[cfg(test)]
mod tests;
