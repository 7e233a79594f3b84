//! The numbers of calls by hour that were read last, for the next page of the same list.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::QueryResult;

use super::super::Conn;
use super::super::parts::State;
use super::scope::Scope;

/// The most results that are held.
const MOST: usize = 16;
/// The most hours of a result that is held, at 16 bytes each.
const MOST_HOURS: usize = 10_000;

/// Hours that have calls, in order, each with their number.
pub(super) type Hours = Arc<[(i64, u64)]>;

/// The numbers that were read last. They are valid until the rollup changes.
#[derive(Debug, Default)]
pub(crate) struct RollupCache(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    /// The change after which they were read.
    counts: Option<i64>,
    /// The last used ones are in front.
    results: VecDeque<(Scope, RangeInclusive<i64>, Hours)>,
}

impl RollupCache {
    /// The numbers of calls in these hours, in the state that the transaction of the connection sees.
    pub(super) fn by_hour(
        &self,
        conn: &mut Conn,
        state: &State,
        scope: &Scope,
        hours: &RangeInclusive<i64>,
    ) -> QueryResult<Hours> {
        if let Some(found) = self.held(state.counts).find(scope, hours) {
            return Ok(found);
        }
        let read: Hours = scope.by_hour(conn, hours)?.into();
        if read.len() <= MOST_HOURS {
            let mut held = self.held(state.counts);
            held.results.push_front((scope.clone(), hours.clone(), Arc::clone(&read)));
            held.results.truncate(MOST);
        }
        Ok(read)
    }

    /// The results that were read after a change. Those of another state are dropped.
    fn held(&self, counts: Option<i64>) -> MutexGuard<'_, Held> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.counts != counts {
            *held = Held { counts, results: VecDeque::new() };
        }
        held
    }
}

impl Held {
    fn find(&mut self, scope: &Scope, hours: &RangeInclusive<i64>) -> Option<Hours> {
        let at = self.results.iter().position(|(of, within, _)| of == scope && within == hours)?;
        let result = self.results.remove(at)?;
        let found = Arc::clone(&result.2);
        self.results.push_front(result);
        Some(found)
    }
}
