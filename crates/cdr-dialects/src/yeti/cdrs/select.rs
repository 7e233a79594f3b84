//! Which calls are wanted, and a page of them in the order that is wanted.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use cdr_mediation::{Caller, Mediation, MediationError};
use cdr_model::{Anchor, Cdr, CdrField, Directory, Record, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Order, OrderBy, QueryError, Test, Window};

use super::attributes;
use super::filters::Filters;
use crate::yeti::filter::Filter;
use crate::yeti::json_api::{Page, SortKey};

/// Calls read at a time.
const READ: usize = 1024;
/// Calls held at a time while they are sorted.
const HELD: usize = 16 * 1024;

/// Which calls are wanted: those of a query that pass what a query cannot say.
pub(super) struct Wanted {
    query: CdrQuery,
    rest: Vec<(CdrField, Filter)>,
}

impl Wanted {
    /// The last attempts of calls that started at an instant or later and pass the filters.
    ///
    /// # Errors
    /// None that a client could cause.
    pub(super) fn since(from: Timestamp, filters: Filters) -> Result<Wanted, QueryError> {
        let mut query = last_attempts()?;
        query.window.from = from;
        query.order = Order { by: OrderBy::Anchor, descending: true };
        filters.conditions.into_iter().for_each(|condition| add(&mut query, condition));
        // What ends before it begins has nothing in it, and neither has an empty window.
        query.window.until = query.window.until.max(query.window.from);
        Ok(Wanted { query, rest: filters.rest })
    }

    /// A page in the order of these keys, newest first without any, and how many calls there are in all.
    ///
    /// # Errors
    /// When the calls cannot be read.
    pub(super) fn page(
        mut self,
        mediation: &Mediation,
        caller: &Caller,
        sort: &[SortKey],
        page: Page,
    ) -> Result<(Vec<Cdr>, u64), MediationError> {
        let total = self.count(mediation, caller)?;
        if page.skip() >= total {
            return Ok((Vec::new(), total));
        }
        let by_start = match sort {
            [] => Some(true),
            [SortKey { name: "time-start", descending }] => Some(*descending),
            _ => None,
        };
        let calls = match by_start {
            Some(descending) if self.rest.is_empty() => {
                self.query.order.descending = descending;
                mediation.list(caller, &self.query, page.skip(), page.take())?
            }
            _ => self.sorted(mediation, caller, &|left: &Cdr, right: &Cdr| order(sort, left, right), page)?,
        };
        Ok((calls, total))
    }

    fn count(&self, mediation: &Mediation, caller: &Caller) -> Result<u64, MediationError> {
        if self.rest.is_empty() {
            return mediation.count(caller, &self.query);
        }
        let mut count = 0;
        self.each(mediation, caller, &mut |_| count += 1)?;
        Ok(count)
    }

    fn each(&self, mediation: &Mediation, caller: &Caller, each: &mut dyn FnMut(Cdr)) -> Result<(), MediationError> {
        each_of(mediation, caller, self.query.clone(), &mut |call| {
            if Filters::hold(&self.rest, &call) {
                each(call);
            }
        })
    }

    /// A page in another order. However far into the list it lies, only so many calls are held: what lies before is passed
    /// over in as many readings as that takes.
    fn sorted(
        &self,
        mediation: &Mediation,
        caller: &Caller,
        compare: &dyn Fn(&Cdr, &Cdr) -> Ordering,
        page: Page,
    ) -> Result<Vec<Cdr>, MediationError> {
        let (mut skip, take) = (page.skip(), page.take());
        let mut after: Option<Ranked<'_>> = None;
        loop {
            let passed = usize::try_from(skip).unwrap_or(usize::MAX).min(HELD);
            let most = passed + take;
            // The last of those that are held is on top.
            let mut first = BinaryHeap::new();
            self.each(mediation, caller, &mut |call| {
                let ranked = Ranked { call, compare };
                if after.as_ref().is_some_and(|after| ranked <= *after) {
                    return;
                }
                first.push(ranked);
                if first.len() > most {
                    first.pop();
                }
            })?;
            let mut first = first.into_sorted_vec();
            skip -= passed as u64;
            if skip == 0 || first.len() <= passed {
                return Ok(first.into_iter().skip(passed).map(|ranked| ranked.call).collect());
            }
            first.truncate(passed);
            after = first.pop();
        }
    }
}

/// The calls that customers see: of each, the attempt that decided it.
///
/// # Errors
/// None.
pub(super) fn last_attempts() -> Result<CdrQuery, QueryError> {
    Ok(CdrQuery::over(Window::all(Anchor::Start)).only_calls().only(last_attempt()?))
}

fn last_attempt() -> Result<Condition, QueryError> {
    Condition::new(CdrField::LastAttempt, Test::Eq(true.into()))
}

/// The last attempts of calls that a query asks for, newest first.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn each_last_attempt(
    mediation: &Mediation,
    caller: &Caller,
    query: CdrQuery,
    each: &mut dyn FnMut(Cdr),
) -> Result<(), MediationError> {
    each_of(mediation, caller, query.only_calls().only(last_attempt()?), each)
}

/// Every call of a query over the start, newest first. They are read page by page: each begins where the one before ended,
/// at the same instant and without those that it had of it.
fn each_of(
    mediation: &Mediation,
    caller: &Caller,
    mut query: CdrQuery,
    each: &mut dyn FnMut(Cdr),
) -> Result<(), MediationError> {
    query.order = Order { by: OrderBy::Anchor, descending: true };
    let (mut last, mut seen) = (None, 0);
    loop {
        let page = mediation.list(caller, &query, seen, READ)?;
        let full = page.len() == READ;
        for call in page {
            seen = if last == Some(call.started_at) { seen + 1 } else { 1 };
            last = Some(call.started_at);
            each(call);
        }
        match last {
            Some(last) if full => query.window.until = last.plus_micros(1),
            _ => return Ok(()),
        }
    }
}

/// Adds a condition. What it says of the start bounds the window, where it costs least.
fn add(query: &mut CdrQuery, condition: Condition) {
    let window = &mut query.window;
    let after = |at: &Timestamp| at.plus_micros(1);
    if condition.field() == CdrField::StartedAt {
        match condition.test() {
            Test::Gte(Operand::Time(at)) => return window.from = window.from.max(*at),
            Test::Gt(Operand::Time(at)) => return window.from = window.from.max(after(at)),
            Test::Lt(Operand::Time(at)) => return window.until = window.until.min(*at),
            Test::Lte(Operand::Time(at)) => return window.until = window.until.min(after(at)),
            Test::Eq(Operand::Time(at)) => {
                window.from = window.from.max(*at);
                window.until = window.until.min(after(at));
                return;
            }
            _ => (),
        }
    }
    query.conditions.push(condition);
}

/// How two calls stand in a list. Newest first, where the keys leave it open or there are none.
fn order(sort: &[SortKey], left: &Cdr, right: &Cdr) -> Ordering {
    let by_key = |key: &SortKey| {
        let field = attributes::named(key.name).map_or(CdrField::Id, |attribute| attribute.field);
        if field == CdrField::PeerIp {
            return key.compare(left.details.sip.peer_ip, right.details.sip.peer_ip);
        }
        key.compare_values(&left.value(field, &Directory::EMPTY), &right.value(field, &Directory::EMPTY))
    };
    let newest_first = || (right.started_at, right.number).cmp(&(left.started_at, left.number));
    sort.iter().map(by_key).find(|it| it.is_ne()).unwrap_or_else(newest_first)
}

/// A call with its place in an order, in which no two are equal.
struct Ranked<'a> {
    call: Cdr,
    compare: &'a dyn Fn(&Cdr, &Cdr) -> Ordering,
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.compare)(&self.call, &other.call)
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
