//! The queue: the places that are free, and those that wait for one.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;
use cdr_query::Cancel;

use super::line::{Asking, Line, Ticket};

/// A number of places, and the answers that wait for one. Places are given in turn: among tenants to the one that was
/// served least recently, and within a tenant to the answer that has had the fewest places; one that was passed by comes
/// next, so none starves. Answers that have read no full page yet alternate with those that have, so that a short answer
/// does not wait for long ones.
pub struct ReadQueue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    free: usize,
    line: Line,
    /// Tickets that have a place, but whose owners have not noticed yet.
    called: Vec<Ticket>,
}

/// An answer that reads in turn. Clones are the same answer.
#[derive(Clone)]
pub struct QueuedReader(Arc<Reader>);

struct Reader {
    queue: Arc<ReadQueue>,
    tenant: Arc<str>,
    /// Whether it has read a full page.
    is_long: AtomicBool,
    /// The places it has had.
    had: AtomicU64,
}

/// A place, until it is dropped.
pub(crate) struct Place<'a>(&'a ReadQueue);

impl ReadQueue {
    /// This many places, at least one.
    pub fn new(places: usize) -> Arc<ReadQueue> {
        let state = State { free: places.max(1), line: Line::default(), called: Vec::new() };
        Arc::new(ReadQueue { state: Mutex::new(state), changed: Condvar::new() })
    }

    /// An answer for a tenant: a login, a licence or a user, by its name.
    pub fn join(self: &Arc<ReadQueue>, tenant: &str) -> QueuedReader {
        let (is_long, had) = (AtomicBool::new(false), AtomicU64::new(0));
        let reader = Reader { queue: self.clone(), tenant: tenant.into(), is_long, had };
        self.lock().line.join(&reader.tenant);
        QueuedReader(Arc::new(reader))
    }

    /// The number of answers that wait for a place.
    pub fn waiting(&self) -> usize {
        self.lock().line.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those whose turn it is.
    fn give(&self, mut state: MutexGuard<'_, State>) {
        while state.free > 0 {
            let Some(ticket) = state.line.next() else { break };
            state.free -= 1;
            state.called.push(ticket);
        }
        drop(state);
        self.changed.notify_all();
    }

    fn give_back(&self) {
        let mut state = self.lock();
        state.free += 1;
        self.give(state);
    }
}

impl QueuedReader {
    /// Waits for a place.
    ///
    /// # Errors
    /// [`PortError::Cancelled`] if the signal arrives first.
    pub(crate) fn place(&self, cancel: &Cancel) -> Result<Place<'_>, PortError> {
        let Reader { queue, tenant, is_long, had } = &*self.0;
        let waker = queue.clone();
        // The lock is taken so that the signal cannot arrive between the check below and the wait.
        let _wakes = cancel.on_cancel(move || {
            drop(waker.lock());
            waker.changed.notify_all();
        });
        let mut state = queue.lock();
        let asking = Asking { is_long: is_long.load(Ordering::Relaxed), had: had.load(Ordering::Relaxed) };
        let ticket = state.line.ask(tenant, asking);
        queue.give(state);
        state = queue.lock();
        loop {
            if let Some(at) = state.called.iter().position(|called| *called == ticket) {
                state.called.swap_remove(at);
                had.fetch_add(1, Ordering::Relaxed);
                return Ok(Place(queue));
            }
            if cancel.is_cancelled() {
                state.line.leave(ticket);
                return Err(PortError::Cancelled);
            }
            state = queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Notes that the answer has read a full page.
    pub(crate) fn read_full_page(&self) {
        self.0.is_long.store(true, Ordering::Relaxed);
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.queue.lock().line.part(&self.tenant);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

impl fmt::Debug for ReadQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let State { free, line, .. } = &*self.lock();
        f.debug_struct("ReadQueue").field("free", free).field("waiting", &line.len()).finish()
    }
}

impl fmt::Debug for QueuedReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedReader").field("tenant", &self.0.tenant).finish_non_exhaustive()
    }
}
