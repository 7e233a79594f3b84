//! Cancelling the work of a query.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A signal that ends the work of a query. Cheap to clone; all clones share their state. The default never arrives.
///
/// A query that carries it compares and serialises as one without: it says whether the answer is still wanted, not what
/// the answer is.
#[derive(Clone, Default)]
pub struct Cancel(Option<Arc<State>>);

type Hook = Box<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct State {
    cancelled: AtomicBool,
    /// What is done when the signal arrives, each under a number.
    hooks: Mutex<Hooks>,
    parent: Cancel,
}

#[derive(Default)]
struct Hooks {
    next: u64,
    live: Vec<(u64, Hook)>,
}

/// Sends the signal when it is dropped.
#[derive(Debug)]
pub struct CancelOnDrop(Cancel);

/// An action for the moment when the signal arrives. Dropping it takes the action back.
#[derive(Debug)]
pub struct OnCancel {
    at: Cancel,
    number: u64,
}

impl Cancel {
    /// A signal that arrives when [`Cancel::cancel`] is called.
    pub fn new() -> Cancel {
        Cancel(Some(Arc::default()))
    }

    /// A signal of its own that also arrives when this one does.
    pub fn child(&self) -> Cancel {
        Cancel(Some(Arc::new(State { parent: self.clone(), ..State::default() })))
    }

    /// Sends the signal. The default one cannot be sent.
    pub fn cancel(&self) {
        if let Some(state) = &self.0 {
            // The flag is set first: an action that is added later sees it.
            state.cancelled.store(true, Ordering::SeqCst);
            let hooks = state.hooks.lock().unwrap_or_else(PoisonError::into_inner);
            hooks.live.iter().for_each(|(_, hook)| hook());
        }
    }

    /// Sends the signal when the returned value is dropped.
    pub fn on_drop(&self) -> CancelOnDrop {
        CancelOnDrop(self.clone())
    }

    /// Whether the signal has arrived.
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|state| state.cancelled.load(Ordering::SeqCst) || state.parent.is_cancelled())
    }

    /// Whether the signal can arrive at all.
    pub fn is_possible(&self) -> bool {
        self.0.is_some()
    }

    /// Calls `hook` once the signal arrives, on the thread that sends it; immediately if it has arrived. It must not
    /// block. The action is taken back when the returned values are dropped.
    pub fn on_cancel(&self, hook: impl Fn() + Send + Sync + 'static) -> Vec<OnCancel> {
        let hook: Arc<dyn Fn() + Send + Sync> = Arc::new(hook);
        let (mut added, mut at) = (Vec::new(), self);
        while let Some(state) = &at.0 {
            let mut hooks = state.hooks.lock().unwrap_or_else(PoisonError::into_inner);
            hooks.next += 1;
            let (number, shared) = (hooks.next, hook.clone());
            hooks.live.push((number, Box::new(move || shared())));
            added.push(OnCancel { at: at.clone(), number });
            at = &state.parent;
        }
        if self.is_cancelled() {
            hook();
        }
        added
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Drop for OnCancel {
    fn drop(&mut self) {
        if let Some(state) = &self.at.0 {
            let mut hooks = state.hooks.lock().unwrap_or_else(PoisonError::into_inner);
            hooks.live.retain(|(number, _)| *number != self.number);
        }
    }
}

impl PartialEq for Cancel {
    /// Any two are equal; see the type.
    fn eq(&self, _: &Cancel) -> bool {
        true
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_cancelled() { "Cancel(arrived)" } else { "Cancel" })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::Cancel;

    #[test]
    fn a_signal_reaches_its_clones_and_children_but_not_its_parent() {
        let (program, never) = (Cancel::new(), Cancel::default());
        let (request, other) = (program.child(), program.child());
        never.cancel();
        assert!(!never.is_cancelled() && !never.is_possible());
        drop(request.on_drop());
        assert!(request.clone().is_cancelled() && !other.is_cancelled() && !program.is_cancelled());
        program.cancel();
        assert!(other.is_cancelled() && never.child().is_possible());
    }

    #[test]
    fn actions_are_taken_once_the_signal_arrives_unless_taken_back() {
        let program = Cancel::new();
        let taken = Arc::new(AtomicUsize::new(0));
        let count = |taken: &Arc<AtomicUsize>| {
            let taken = taken.clone();
            move || {
                taken.fetch_add(1, Ordering::SeqCst);
            }
        };
        let request = program.child();
        drop(request.on_cancel(count(&taken)));
        let kept = request.on_cancel(count(&taken));
        program.cancel();
        assert_eq!(taken.load(Ordering::SeqCst), 1, "through the parent");
        drop(kept);
        let _late = request.on_cancel(count(&taken));
        assert_eq!(taken.load(Ordering::SeqCst), 2, "it had arrived already");
    }
}
