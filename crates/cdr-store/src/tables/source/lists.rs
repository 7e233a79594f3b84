//! Parts of lists: a number of calls after many others.

use cdr_mediation::{CdrSource, PortError, read_list};
use cdr_model::Cdr;
use cdr_query::CdrQuery;

use super::super::Store;
use super::super::parts::{State, state};
use super::super::rollup::{Jumped, ListPlace, jump, of_page};
use super::{count_calls, sorted};

/// Up to as many calls are skipped by reading them; of more, only the numbers are read.
const FEW: u64 = 100;

/// Up to `take` calls after the first `skip`, in the query's order.
pub(super) fn part(store: &Store, query: &CdrQuery, skip: u64, take: usize) -> Result<Vec<Cdr>, PortError> {
    let Jumped { place, state } = store.reading(query, |store| jump(store, query, skip, &count_calls))?;
    let Some(state) = state else { return after(store, query, place, take) };
    // The call in front of the page tells where the page begins.
    let with_one_before = ListPlace { left: place.left.saturating_sub(1), ..place };
    let mut page = after(store, query, with_one_before, take.saturating_add(usize::from(place.left > 0)))?;
    let before = if place.left > 0 && !page.is_empty() { Some(page.remove(0)) } else { None };
    if is_still(store, query, &state)? {
        let places = of_page(query, (skip, place), before.as_ref(), &page);
        store.0.places.note(&state, query, places);
    }
    Ok(page)
}

/// Up to `take` calls from a place on.
fn after(store: &Store, query: &CdrQuery, place: ListPlace, take: usize) -> Result<Vec<Cdr>, PortError> {
    let ListPlace { window, left } = place;
    let query = &CdrQuery { window, ..query.clone() };
    if query.order.keys.is_empty() && left <= FEW {
        let mut page = store.page(query, None, take.saturating_add(usize::try_from(left).unwrap_or(usize::MAX)))?;
        page.drain(..page.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        return Ok(page);
    }
    let sorted = sorted::part(store, query, None, left, take)?;
    sorted.map_or_else(|| read_list(store, query, left, take), Ok)
}

/// Whether nothing has changed since a state.
fn is_still(store: &Store, query: &CdrQuery, since: &State) -> Result<bool, PortError> {
    store.reading(query, |store| {
        let mut conn = store.record_reader(query.upto)?;
        Ok(state(&mut conn)?.as_ref() == Some(since))
    })
}
