//! Page jumps: where a list goes on after many calls.

use cdr_model::Timestamp;
use cdr_query::{CdrQuery, SortBy, Window};

use super::super::parts::{State, state};
use super::super::source::accounts_of_customers;
use super::super::{Store, snapshot};
use super::count::{CountCalls, covered};
use super::page_starts::PageStart;
use super::pieces::{Piece, end, start};
use super::scope::Scope;
use crate::error::TransactionError;

/// Fewer calls than this are skipped one by one. Tests have few.
const FEW: u64 = if cfg!(test) { 2 } else { 200 };

/// Where a list goes on.
pub(crate) struct Jumped {
    /// Where it goes on.
    pub(crate) start: PageStart,
    /// The state in which that was found, if page starts that follow from the page are worth holding.
    pub(crate) state: Option<State>,
}

/// Where a list goes on after its first `skip` calls. `calls` counts the calls of another window in SQL.
pub(crate) fn jump(
    store: &Store,
    query: &CdrQuery,
    skip: u64,
    calls: CountCalls<'_>,
) -> Result<Jumped, TransactionError> {
    let begin = PageStart { window: query.window, left: skip };
    if skip < FEW || query.order.by != SortBy::Anchor || !query.order.keys.is_empty() {
        return Ok(Jumped { start: begin, state: None });
    }
    let mut conn = store.record_reader(query.upto)?;
    let state = state(&mut conn)?.filter(State::is_settled);
    drop(conn);
    if let Some(state) = &state
        && let Some(start) = store.0.page_starts.find(state, query, skip)
    {
        return Ok(Jumped { start, state: Some(*state) });
    }
    let hour = by_hour(store, query, skip, calls)?;
    Ok(Jumped { start: hour.unwrap_or(begin), state })
}

/// The hour in which the list goes on, by the rollup; `None` if the rollup does not help.
fn by_hour(
    store: &Store,
    query: &CdrQuery,
    skip: u64,
    calls: CountCalls<'_>,
) -> Result<Option<PageStart>, TransactionError> {
    let Some(scope) = Scope::of(query, |customers| accounts_of_customers(store, customers))? else { return Ok(None) };
    let mut conn = store.record_reader(query.upto)?;
    store.0.engine.until(&mut conn, &query.cancel, |conn| {
        snapshot(conn, |conn| {
            let Some(covered) = covered(store, conn, query, &scope)? else { return Ok(None) };
            let descending = query.order.descending;
            let (mut skip, mut left) = (skip, query.window);
            for piece in in_order(&covered.pieces, descending) {
                let parts = match piece {
                    Piece::Calls(window) => {
                        let window = *window;
                        vec![(window, calls(conn, &CdrQuery { window, ..query.clone() })?)]
                    }
                    Piece::Hours(hours) => {
                        let window = |hour| Window { from: start(hour), until: end(hour), ..query.window };
                        let hours = in_order(covered.within(hours), descending);
                        hours.map(|(hour, calls)| (window(*hour), *calls)).collect()
                    }
                };
                for (window, calls) in parts {
                    left = rest(left, window, descending);
                    if skip < calls {
                        return Ok(Some(PageStart { window: left, left: skip }));
                    }
                    skip -= calls;
                }
            }
            // There are not so many calls: nothing follows the last ones.
            Ok(Some(PageStart { window: nothing(left), left: 0 }))
        })
    })
}

/// The values in the order of a list.
fn in_order<T>(values: &[T], descending: bool) -> Box<dyn Iterator<Item = &T> + '_> {
    if descending { Box::new(values.iter().rev()) } else { Box::new(values.iter()) }
}

/// What is left of a window from a part of it on, in order.
fn rest(window: Window, part: Window, descending: bool) -> Window {
    if descending {
        Window { until: part.until.min(window.until), ..window }
    } else {
        Window { from: part.from.max(window.from), ..window }
    }
}

/// An empty window.
fn nothing(window: Window) -> Window {
    let at = window.from.min(Timestamp::MAX.plus_micros(-1));
    Window { from: at, until: at, ..window }
}
