//! The order in which those that wait get a place.

use std::collections::HashMap;
use std::sync::Arc;

/// Who waits, and when each tenant was last served.
#[derive(Default)]
pub(super) struct Line {
    waiting: Vec<Waiting>,
    /// The step at which a tenant got its last place; for one that has got none, at which it first came.
    served: HashMap<Arc<str>, Served>,
    /// Counts the places that were given.
    step: u64,
    next_ticket: u64,
    /// Whether the next place goes to an answer that has read a full page, if there are both kinds.
    long_is_next: bool,
}

/// Identifies one wait for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

struct Waiting {
    ticket: Ticket,
    tenant: Arc<str>,
    asking: Asking,
}

/// What the order depends on of an answer that asks for a place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asking {
    /// Whether it has read a full page.
    pub(super) is_long: bool,
    /// Whether it has taken a place for so long that it was interrupted.
    pub(super) is_slow: bool,
    /// The places it has had.
    pub(super) had: u64,
}

impl Asking {
    /// Whether it may interrupt a reading that takes long.
    pub(super) fn is_short(&self) -> bool {
        !self.is_long && !self.is_slow
    }
}

struct Served {
    step: u64,
    answers: usize,
    /// Whether the next place goes to the answer that has waited longest, since the last one passed it by.
    oldest_is_next: bool,
}

impl Line {
    /// Notes an answer of a tenant. A tenant without others counts as served just now, so that it comes after those that
    /// have waited since before.
    pub(super) fn join(&mut self, tenant: &Arc<str>) {
        let step = self.step;
        self.served.entry(tenant.clone()).or_insert(Served { step, answers: 0, oldest_is_next: false }).answers += 1;
    }

    /// Notes that an answer of a tenant has ended.
    pub(super) fn part(&mut self, tenant: &Arc<str>) {
        if let Some(served) = self.served.get_mut(tenant) {
            served.answers -= 1;
            if served.answers == 0 {
                self.served.remove(tenant);
            }
        }
    }

    /// Queues up.
    pub(super) fn ask(&mut self, tenant: &Arc<str>, asking: Asking) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.waiting.push(Waiting { ticket, tenant: tenant.clone(), asking });
        ticket
    }

    /// Gives up waiting.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.waiting.retain(|waiting| waiting.ticket != ticket);
    }

    /// Takes the next one out of the line, and says whether it is slow. Without `slow_too`, slow ones stay.
    pub(super) fn next(&mut self, slow_too: bool) -> Option<(Ticket, bool)> {
        let may = |waiting: &Waiting| slow_too || !waiting.asking.is_slow;
        let of_kind = |is_long| self.waiting.iter().any(|it| may(it) && it.asking.is_long == is_long);
        let is_long = if of_kind(true) && of_kind(false) { self.long_is_next } else { of_kind(true) };
        let step_of = |tenant: &Arc<str>| self.served.get(tenant).map_or(0, |served| served.step);
        let of_it = || self.waiting.iter().enumerate().filter(|(_, it)| may(it) && it.asking.is_long == is_long);
        let (oldest, first) = of_it().min_by_key(|(_, waiting)| (step_of(&waiting.tenant), waiting.ticket))?;
        let tenant = first.tenant.clone();
        let of_tenant = of_it().filter(|(_, waiting)| waiting.tenant == tenant);
        let (fewest, _) = of_tenant.min_by_key(|(_, waiting)| (waiting.asking.had, waiting.ticket))?;
        let oldest_is_next = self.served.get(&tenant).is_some_and(|served| served.oldest_is_next);
        let at = if oldest_is_next { oldest } else { fewest };
        self.long_is_next = !is_long;
        self.step += 1;
        if let Some(served) = self.served.get_mut(&tenant) {
            served.step = self.step;
            served.oldest_is_next = at != oldest;
        }
        let next = self.waiting.remove(at);
        Some((next.ticket, next.asking.is_slow))
    }

    /// The number of short answers that wait.
    pub(super) fn short(&self) -> usize {
        self.waiting.iter().filter(|waiting| waiting.asking.is_short()).count()
    }

    /// The number of those that wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }
}
