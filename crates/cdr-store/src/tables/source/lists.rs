//! Parts of lists: a number of calls after many others.

use cdr_mediation::{CdrSource, PortError, read_list};
use cdr_model::{Cdr, CdrField};
use cdr_query::{CdrQuery, Condition, Operand, Test};

use super::super::parts::{State, state};
use super::super::rollup::{Jumped, PageStart, jump, of_page};
use super::super::{SORTS_ACCOUNTS, Store};
use super::{count_calls, sorted};

/// Up to as many calls are skipped by reading them; of more, and of those that are sorted, only the numbers are read.
const FEW: u64 = 100;

/// Up to `take` calls after the first `skip`, in the query's order.
pub(super) fn part(store: &Store, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
    let Jumped { start, state } = store.reading(query, |store| jump(store, query, skip, &count_calls))?;
    let Some(state) = state else { return from(store, query, start, take) };
    // The call in front of the page tells where the page begins.
    let with_one_before = PageStart { left: start.left.saturating_sub(1), ..start };
    let mut page = from(store, query, with_one_before, take.saturating_add(usize::from(start.left > 0)))?;
    let before = if start.left > 0 && !page.is_empty() { Some(page.remove(0)) } else { None };
    if is_still(store, query, &state)? {
        let starts = of_page(query, (skip, start), before.as_ref(), &page);
        store.0.page_starts.note(&state, query, starts);
    }
    Ok(page)
}

/// Up to `take` calls from the start of a page on.
fn from(store: &Store, query: &CdrQuery, start: PageStart, take: usize) -> Result<Vec<Cdr>, PortError> {
    let PageStart { window, left } = start;
    let query = &CdrQuery { window, ..query.clone() };
    let is_sorted = SORTS_ACCOUNTS && query.conditions.iter().any(names_several_accounts);
    if query.order.keys.is_empty() && left <= FEW && !is_sorted {
        let mut page = store.page(query, None, take.saturating_add(usize::try_from(left).unwrap_or(usize::MAX)))?;
        page.drain(..page.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        return Ok(page);
    }
    let sorted = sorted::part(store, query, None, left, take)?;
    sorted.map_or_else(|| read_list(store, query, left, take), Ok)
}

/// Whether a condition names several accounts.
fn names_several_accounts(condition: &Condition) -> bool {
    let is_one = |operands: &Vec<Operand>| operands.len() == 1;
    condition.field() == CdrField::AccountId && matches!(condition.test(), Test::In(operands) if !is_one(operands))
}

/// Whether nothing has changed since a state.
fn is_still(store: &Store, query: &CdrQuery, since: &State) -> Result<bool, PortError> {
    store.reading(query, |store| {
        let mut conn = store.record_reader(query.upto)?;
        Ok(state(&mut conn)?.as_ref() == Some(since))
    })
}
