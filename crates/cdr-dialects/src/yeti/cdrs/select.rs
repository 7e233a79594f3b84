//! The requested calls, and a page of them in the requested order.

use cdr_mediation::{Caller, Mediation, MediationError};
use cdr_model::{Anchor, Cdr, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, QueryError, SortBy, SortOrder, Test, Window};

use super::attributes;
use super::filters::Filters;
use crate::yeti::wire::{Page, SortKey};

/// The query for the requested calls.
pub(super) struct Wanted(CdrQuery);

impl Wanted {
    /// The last attempts of calls that started at an instant or later and pass the filters.
    ///
    /// # Errors
    /// None that a client can cause.
    pub(super) fn since(from: Timestamp, filters: Filters) -> Result<Wanted, QueryError> {
        let mut query = last_attempts()?;
        query.window.from = from;
        filters.conditions.into_iter().for_each(|condition| add(&mut query, condition));
        // A window that ends before it starts is empty.
        query.window.until = query.window.until.max(query.window.from);
        Ok(Wanted(query))
    }

    /// A page in the order of these keys, newest first without any, and the total number of calls.
    ///
    /// # Errors
    /// When the calls cannot be read.
    pub(super) fn page(
        self,
        mediation: &Mediation,
        caller: &Caller,
        sort: &[SortKey],
        page: Page,
    ) -> Result<(Vec<Cdr>, u64), MediationError> {
        let Wanted(mut query) = self;
        query.order = order(sort);
        let total = mediation.count(caller, &query)?;
        let calls =
            if page.skip() < total { mediation.list(caller, &query, page.skip(), page.take())? } else { Vec::new() };
        Ok((calls, total))
    }
}

/// The calls that customers see: the last attempt of each.
///
/// # Errors
/// None.
pub(super) fn last_attempts() -> Result<CdrQuery, QueryError> {
    Ok(CdrQuery::over(Window::all(Anchor::Start)).only_calls().only(last_attempt()?))
}

fn last_attempt() -> Result<Condition, QueryError> {
    Condition::new(CdrField::LastAttempt, Test::Eq(true.into()))
}

/// Passes the last attempts of the calls that a query selects, newest first.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn each_last_attempt(
    mediation: &Mediation,
    caller: &Caller,
    query: CdrQuery,
    each: &mut dyn FnMut(Cdr),
) -> Result<(), MediationError> {
    let mut query = query.only_calls().only(last_attempt()?);
    query.order = NEWEST_FIRST;
    mediation.scan(caller, &query, &mut |call| {
        each(call);
        Ok(())
    })
}

const NEWEST_FIRST: SortOrder = SortOrder::new(SortBy::Anchor, true);

/// Whether a list is in the order of the start, in either direction.
pub(super) fn is_by_start(sort: &[SortKey]) -> bool {
    order(sort).keys.is_empty()
}

/// The order of a list: by the keys, then newest first.
fn order(sort: &[SortKey]) -> SortOrder {
    if let [SortKey { name: "time-start", descending }] = sort {
        return SortOrder::new(SortBy::Anchor, *descending);
    }
    let key = |key: &SortKey| cdr_query::SortKey {
        field: attributes::named(key.name).map_or(CdrField::Id, |attribute| attribute.field),
        descending: key.descending,
    };
    SortOrder { keys: sort.iter().map(key).collect(), ..NEWEST_FIRST }
}

/// Adds a condition. A condition on the start bounds the window, which costs less than comparing every call.
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
