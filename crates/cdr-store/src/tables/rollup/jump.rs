//! Page jumps: where a list goes on after many calls.

use cdr_model::Timestamp;
use cdr_query::{CdrQuery, SortBy, Window};

use super::super::{Store, snapshot};
use super::count::{CountCalls, covered};
use super::pieces::{Piece, end, start};
use super::scope::Scope;
use crate::error::TransactionError;

/// Fewer calls than this are skipped one by one. Tests have few.
const FEW: u64 = if cfg!(test) { 2 } else { 1_000 };

/// The same list with a smaller window, and how many of its first calls are still to be skipped. `None` if the rollup does
/// not help. `calls` counts the calls of another window in SQL.
pub(crate) fn jump(
    store: &Store,
    query: &CdrQuery,
    skip: u64,
    calls: CountCalls<'_>,
) -> Result<Option<(CdrQuery, u64)>, TransactionError> {
    if skip < FEW || query.order.by != SortBy::Anchor || !query.order.keys.is_empty() {
        return Ok(None);
    }
    let Some(scope) = Scope::of(store, query)? else { return Ok(None) };
    let mut conn = store.record_reader(query.upto)?;
    store.0.engine.until(&mut conn, &query.cancel, |conn| {
        snapshot(conn, |conn| {
            let Some(mut pieces) = covered(store, conn, query)? else { return Ok(None) };
            let descending = query.order.descending;
            if descending {
                pieces.reverse();
            }
            let (mut skip, mut left) = (skip, query.window);
            for piece in pieces {
                let parts = match piece {
                    Piece::Calls(window) => vec![(window, calls(conn, &CdrQuery { window, ..query.clone() })?)],
                    Piece::Hours(hours) => {
                        let mut hours = scope.by_hour(conn, &hours)?;
                        if descending {
                            hours.reverse();
                        }
                        let window = |hour| Window { from: start(hour), until: end(hour), ..query.window };
                        hours.into_iter().map(|(hour, calls)| (window(hour), calls)).collect()
                    }
                };
                for (window, calls) in parts {
                    left = rest(left, window, descending);
                    if skip < calls {
                        return Ok(Some((CdrQuery { window: left, ..query.clone() }, skip)));
                    }
                    skip -= calls;
                }
            }
            // There are not so many calls: nothing follows the last ones.
            Ok(Some((CdrQuery { window: nothing(left), ..query.clone() }, 0)))
        })
    })
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
