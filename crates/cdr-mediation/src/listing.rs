//! Calls for lists with pages, in the order of their query.

use cdr_model::{Cdr, PortError};
use cdr_query::{CdrQuery, Cursor};

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

#[cfg(test)]
mod tests;
