//! Places in lists: where the pages that were read last began and ended. From there, the next page of the same list is read
//! without skipping calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::{Cdr, Timestamp};
use cdr_query::{Cancel, CdrQuery, Projection, Window};

use super::super::parts::State;

/// The most lists whose places are held, and the most places of each.
const MOST_LISTS: usize = 16;
const MOST_PLACES: usize = 1_000;

/// From the place of another page, up to this many calls are skipped. Tests have few.
const NEAR: u64 = if cfg!(test) { 3 } else { 500 };

/// A place in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListPlace {
    /// The rest of the window of the list.
    pub(crate) window: Window,
    /// How many of the first calls in it are in front of the place.
    pub(crate) left: u64,
}

/// The places that are held. They are valid until the calls change.
#[derive(Debug, Default)]
pub(crate) struct ListPlaces(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    /// The state in which they were found.
    state: Option<State>,
    /// The last used ones are in front. The places of a list are by the number of calls in front of them.
    lists: VecDeque<(CdrQuery, BTreeMap<u64, ListPlace>)>,
}

impl ListPlaces {
    /// The place that `skip` calls of a list are in front of.
    pub(super) fn find(&self, state: &State, query: &CdrQuery, skip: u64) -> Option<ListPlace> {
        let mut held = self.held(state);
        let (front, place) = held.list(&of_list(query))?.range(..=skip).next_back()?;
        let further = skip - front;
        (further <= NEAR).then(|| ListPlace { left: place.left + further, ..*place })
    }

    /// Notes places of a list, each with the number of calls in front of it. Nothing has changed since the state.
    pub(crate) fn note(&self, state: &State, query: &CdrQuery, places: impl IntoIterator<Item = (u64, ListPlace)>) {
        let query = of_list(query);
        let mut held = self.held(state);
        if held.list(&query).is_none() {
            held.lists.push_front((query, BTreeMap::new()));
            held.lists.truncate(MOST_LISTS);
        }
        let Some((_, known)) = held.lists.front_mut() else { return };
        known.extend(places);
        while known.len() > MOST_PLACES {
            known.pop_first();
        }
    }

    /// The places of a state. Those of another one are dropped.
    fn held(&self, state: &State) -> MutexGuard<'_, Held> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.state.as_ref() != Some(state) {
            *held = Held { state: Some(*state), lists: VecDeque::new() };
        }
        held
    }
}

impl Held {
    /// The places of a list, which becomes the last used one.
    fn list(&mut self, query: &CdrQuery) -> Option<&mut BTreeMap<u64, ListPlace>> {
        let at = self.lists.iter().position(|(of, _)| of == query)?;
        let list = self.lists.remove(at)?;
        self.lists.push_front(list);
        self.lists.front_mut().map(|(_, places)| places)
    }
}

/// What makes two lists the same.
fn of_list(query: &CdrQuery) -> CdrQuery {
    CdrQuery { fields: Projection::ALL, cancel: Cancel::default(), ..query.clone() }
}

/// The places where a page begins and ends, as far as they follow from its calls, each with the number of calls in front of
/// it. `before` is the call in front of the page, and `place` where that call or, without one, the page begins.
pub(crate) fn of_page(
    query: &CdrQuery,
    (skip, place): (u64, ListPlace),
    before: Option<&Cdr>,
    page: &[Cdr],
) -> Vec<(u64, ListPlace)> {
    let mut places = Vec::new();
    let at = |call: &Cdr| query.order.instant(&query.window, call);
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return places };
    // Calls with the same instant are told apart by how many of them are in front of the place.
    let is_first_known = before.is_none_or(|before| at(before) != at(first));
    match before {
        None => places.push((skip, place)),
        Some(_) if is_first_known => {
            places.push((skip, ListPlace { window: from(place.window, query, at(first)), left: 0 }))
        }
        Some(_) => {}
    }
    let same = page.iter().rev().take_while(|call| at(call) == at(last)).count();
    if is_first_known || same < page.len() {
        let window = from(place.window, query, at(last));
        places.push((skip + page.len() as u64, ListPlace { window, left: same as u64 }));
    }
    places
}

/// The rest of a window from an instant on, in the order of a list.
fn from(window: Window, query: &CdrQuery, at: Timestamp) -> Window {
    if query.order.descending { Window { until: at.plus_micros(1), ..window } } else { Window { from: at, ..window } }
}
