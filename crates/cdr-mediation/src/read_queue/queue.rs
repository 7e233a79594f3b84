//! The queue: the places that are free, those that are taken, and those that wait for one.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cdr_model::PortError;
use cdr_query::Cancel;

use super::line::{Asking, Line, Ticket};

/// A number of places, and the answers that wait for one. Places are given in turn: among tenants to the one that was
/// served least recently, and within a tenant to the answer that has had the fewest places; one that was passed by comes
/// next, so none starves. Answers that have read no full page yet alternate with those that have, so that a short answer
/// does not wait for long ones.
///
/// A reading that has taken its place for a quarter of a second is interrupted if a short answer waits. It begins again
/// as a slow one, and its answer is slow from then on. Slow answers are not interrupted, and together hold at most all
/// places but one, or the only one.
pub struct ReadQueue {
    places: usize,
    patience: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

/// How long a reading may run before a waiting short answer interrupts it.
const PATIENCE: Duration = Duration::from_millis(250);

struct State {
    free: usize,
    /// The places that slow answers have.
    slow: usize,
    line: Line,
    /// Tickets that have a place, but whose owners have not noticed yet.
    called: Vec<Ticket>,
    /// Readings that may be interrupted, the oldest first.
    running: Vec<Running>,
    /// Readings that were interrupted and have not given their place back yet, and when they were.
    interrupted: Vec<(Ticket, Instant)>,
}

struct Running {
    ticket: Ticket,
    since: Instant,
    cancel: Cancel,
}

/// An answer that reads in turn. Clones are the same answer.
#[derive(Clone)]
pub struct QueuedReader(Arc<Reader>);

struct Reader {
    queue: Arc<ReadQueue>,
    tenant: Arc<str>,
    /// Whether it has read a full page.
    is_long: AtomicBool,
    /// Whether a reading of it was interrupted.
    is_slow: AtomicBool,
    /// The places it has had.
    had: AtomicU64,
}

/// A place, until it is dropped.
pub(crate) struct Place<'a> {
    queue: &'a ReadQueue,
    ticket: Ticket,
    is_slow: bool,
    /// Ends the reading: its answer is no longer wanted, or a short answer interrupts it.
    pub(crate) cancel: Cancel,
}

impl ReadQueue {
    /// This many places, at least one.
    pub fn new(places: usize) -> Arc<ReadQueue> {
        ReadQueue::with_patience(places, PATIENCE)
    }

    /// The same with another time after which a reading is interrupted.
    pub(super) fn with_patience(places: usize, patience: Duration) -> Arc<ReadQueue> {
        let (places, line) = (places.max(1), Line::default());
        let (called, running) = (Vec::new(), Vec::new());
        let state = Mutex::new(State { free: places, slow: 0, line, called, running, interrupted: Vec::new() });
        Arc::new(ReadQueue { places, patience, state, changed: Condvar::new() })
    }

    /// An answer for a tenant: a login, a licence or a user, by its name.
    pub fn join(self: &Arc<ReadQueue>, tenant: &str) -> QueuedReader {
        let (is_long, is_slow, had) = (AtomicBool::new(false), AtomicBool::new(false), AtomicU64::new(0));
        let reader = Reader { queue: self.clone(), tenant: tenant.into(), is_long, is_slow, had };
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
            let slow_too = state.slow == 0 || state.slow + 1 < self.places;
            let Some((ticket, is_slow)) = state.line.next(slow_too) else { break };
            state.free -= 1;
            state.slow += usize::from(is_slow);
            state.called.push(ticket);
        }
        drop(state);
        self.changed.notify_all();
    }

    fn give_back(&self, place: &Place<'_>) {
        let mut state = self.lock();
        state.free += 1;
        if place.is_slow {
            state.slow -= 1;
        } else if let Some(at) = state.running.iter().position(|it| it.ticket == place.ticket) {
            state.running.remove(at);
        } else {
            state.interrupted.retain(|(ticket, _)| *ticket != place.ticket);
        }
        self.give(state);
    }

    /// Waits until something changes. A short answer waits at most until a reading has run for the patience of the queue,
    /// and then interrupts the youngest of those that have, which loses the least. One that was interrupted before counts
    /// as ending for as long again: as many are ending as short answers wait.
    fn wait<'a>(&'a self, mut state: MutexGuard<'a, State>, is_short: bool) -> MutexGuard<'a, State> {
        let (now, short) = (Instant::now(), state.line.short());
        let until = |since: Instant| since + self.patience;
        let ending = state.interrupted.iter().map(|(_, at)| until(*at)).filter(|until| *until > now);
        let next = match ending.clone().count() {
            _ if !is_short => None,
            many if many >= short => ending.min(),
            _ => state.running.first().map(|oldest| until(oldest.since)),
        };
        match next.map(|next| next.saturating_duration_since(now)) {
            None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(Duration::ZERO) => {
                let had_its_time = |it: &Running| until(it.since) <= now;
                let Some(at) = state.running.iter().rposition(had_its_time) else { return state };
                let interrupted = state.running.remove(at);
                state.interrupted.push((interrupted.ticket, now));
                drop(state);
                interrupted.cancel.cancel();
                self.lock()
            }
            Some(left) => self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
        }
    }
}

impl QueuedReader {
    /// Runs `work` in a place of the queue. `work` has to stop at the signal it is given. If it was interrupted, it runs
    /// again from the beginning.
    ///
    /// # Errors
    /// Those of `work`, and [`PortError::Cancelled`] if `cancel` arrives first.
    pub(crate) fn read<T>(
        &self,
        cancel: &Cancel,
        work: &dyn Fn(&Cancel) -> Result<T, PortError>,
    ) -> Result<T, PortError> {
        loop {
            let place = self.place(cancel)?;
            match work(&place.cancel) {
                Err(PortError::Cancelled) if !cancel.is_cancelled() && place.cancel.is_cancelled() => {
                    self.0.is_slow.store(true, Ordering::Relaxed);
                }
                done => return done,
            }
        }
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// [`PortError::Cancelled`] if the signal arrives first.
    pub(crate) fn place(&self, cancel: &Cancel) -> Result<Place<'_>, PortError> {
        let Reader { queue, tenant, is_long, is_slow, had } = &*self.0;
        let waker = queue.clone();
        // The lock is taken so that the signal cannot arrive between the check below and the wait.
        let _wakes = cancel.on_cancel(move || {
            drop(waker.lock());
            waker.changed.notify_all();
        });
        let [is_long, is_slow] = [is_long, is_slow].map(|it| it.load(Ordering::Relaxed));
        let asking = Asking { is_long, is_slow, had: had.load(Ordering::Relaxed) };
        let mut state = queue.lock();
        let ticket = state.line.ask(tenant, asking);
        queue.give(state);
        state = queue.lock();
        loop {
            if let Some(at) = state.called.iter().position(|called| *called == ticket) {
                state.called.swap_remove(at);
                had.fetch_add(1, Ordering::Relaxed);
                let cancel = cancel.child();
                if !is_slow {
                    state.running.push(Running { ticket, since: Instant::now(), cancel: cancel.clone() });
                    drop(state);
                    // A short answer that waits goes by the time of the oldest reading.
                    queue.changed.notify_all();
                }
                return Ok(Place { queue, ticket, is_slow, cancel });
            }
            if cancel.is_cancelled() {
                state.line.leave(ticket);
                return Err(PortError::Cancelled);
            }
            state = queue.wait(state, asking.is_short());
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
        self.queue.give_back(self);
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
