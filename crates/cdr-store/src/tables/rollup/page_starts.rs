//! Page starts: where the pages of lists that were read last began, and where the next ones begin. From there, a page is read
//! without skipping calls.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::{Cdr, Timestamp};
use cdr_query::{Cancel, CdrQuery, Projection, Window};

use super::super::parts::State;

/// The most lists whose page starts are held, and the most page starts of each.
const MOST_LISTS: usize = 16;
const MOST_STARTS: usize = 1_000;

/// From the start of another page, up to this many calls are skipped. Tests have few.
const NEAR: u64 = if cfg!(test) { 3 } else { 500 };

/// Where a page of a list begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageStart {
    /// The rest of the window of the list.
    pub(crate) window: Window,
    /// How many of the first calls in it are in front of the page.
    pub(crate) left: u64,
}

/// The page starts that are held. They are valid until the calls change.
#[derive(Debug, Default)]
pub(crate) struct PageStarts(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    /// The state in which they were found.
    state: Option<State>,
    /// The last used ones are in front. The page starts of a list are by the number of calls in front of them.
    lists: VecDeque<(CdrQuery, BTreeMap<u64, PageStart>)>,
}

impl PageStarts {
    /// Where a page begins that `skip` calls of a list are in front of.
    pub(super) fn find(&self, state: &State, query: &CdrQuery, skip: u64) -> Option<PageStart> {
        let mut held = self.held(state);
        let (front, start) = held.list(&of_list(query))?.range(..=skip).next_back()?;
        let further = skip - front;
        (further <= NEAR).then(|| PageStart { left: start.left + further, ..*start })
    }

    /// Notes page starts of a list, each with the number of calls in front of it. Nothing has changed since the state.
    pub(crate) fn note(&self, state: &State, query: &CdrQuery, starts: impl IntoIterator<Item = (u64, PageStart)>) {
        let query = of_list(query);
        let mut held = self.held(state);
        if held.list(&query).is_none() {
            held.lists.push_front((query, BTreeMap::new()));
            held.lists.truncate(MOST_LISTS);
        }
        let Some((_, known)) = held.lists.front_mut() else { return };
        known.extend(starts);
        while known.len() > MOST_STARTS {
            known.pop_first();
        }
    }

    /// The page starts of a state. Those of another one are dropped.
    fn held(&self, state: &State) -> MutexGuard<'_, Held> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.state.as_ref() != Some(state) {
            *held = Held { state: Some(*state), lists: VecDeque::new() };
        }
        held
    }
}

impl Held {
    /// The page starts of a list, which becomes the last used one.
    fn list(&mut self, query: &CdrQuery) -> Option<&mut BTreeMap<u64, PageStart>> {
        let at = self.lists.iter().position(|(of, _)| of == query)?;
        let list = self.lists.remove(at)?;
        self.lists.push_front(list);
        self.lists.front_mut().map(|(_, starts)| starts)
    }
}

/// What makes two lists the same.
fn of_list(query: &CdrQuery) -> CdrQuery {
    CdrQuery { fields: Projection::ALL, cancel: Cancel::default(), ..query.clone() }
}

/// The start of a page and that of the next one, as far as they follow from its calls, each with the number of calls in front
/// of it. `before` is the call in front of the page, if it was read, and `start` where the page begins.
pub(crate) fn of_page(
    query: &CdrQuery,
    (skip, start): (u64, PageStart),
    before: Option<&Cdr>,
    page: &[Cdr],
) -> Vec<(u64, PageStart)> {
    let mut starts = Vec::new();
    let at = |call: &Cdr| query.order.instant(&query.window, call);
    let (Some(first), Some(last)) = (page.first(), page.last()) else { return starts };
    // Of calls with the same instant, the start of a page has the number of those in front of it.
    let is_first_known = before.is_none_or(|before| at(before) != at(first));
    match before {
        None => starts.push((skip, start)),
        Some(_) if is_first_known => {
            starts.push((skip, PageStart { window: from(start.window, query, at(first)), left: 0 }));
        }
        Some(_) => {}
    }
    let same = page.iter().rev().take_while(|call| at(call) == at(last)).count();
    if is_first_known || same < page.len() {
        let window = from(start.window, query, at(last));
        starts.push((skip + page.len() as u64, PageStart { window, left: same as u64 }));
    }
    starts
}

/// The rest of a window from an instant on, in the order of a list.
fn from(window: Window, query: &CdrQuery, at: Timestamp) -> Window {
    if query.order.descending { Window { until: at.plus_micros(1), ..window } } else { Window { from: at, ..window } }
}
