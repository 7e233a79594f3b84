//! What keeps this process from serving: a store or a spool that cannot be written or reached, or a worker that has ended.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::web;
use cdr_mediation::{Mediation, chain};
use cdr_store::Store;
use futures_util::future::join;
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::error;

use super::workers::Alive;
use crate::config::Config;

/// How long a check waits for another process that writes to the store without committing.
const BUSY: Duration = Duration::from_secs(3);
/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The checks. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Readiness {
    mediation: Mediation,
    store: Store,
    alive: Alive,
    store_at: Checked,
    spool_at: Checked,
}

/// What a check asks: its name in messages, and the check that is running.
#[derive(Clone)]
struct Checked {
    name: String,
    running: Arc<Mutex<Option<Running>>>,
}

/// The result of a check that is running: nothing before its end.
type Running = watch::Receiver<Option<Result<(), String>>>;

impl Readiness {
    pub(crate) fn new(mediation: Mediation, store: Store, alive: Alive, config: &Config) -> Readiness {
        let store_at = Checked::new(format!("the store {}", config.address()));
        let spool_at = Checked::new(format!("the spool {}", config.spool));
        Readiness { mediation, store, alive, store_at, spool_at }
    }

    /// What is wrong now, a sentence each; nothing if the process is ready. Each is in the log too.
    pub(crate) async fn faults(&self) -> Vec<String> {
        let (store, mediation) = (self.store.clone(), self.mediation.clone());
        let stored = self.store_at.ask(move || {
            // First, as it opens a connection of its own, and so knows why there is none.
            store
                .check_writable(BUSY)
                .map_err(|problem| format!("the store cannot be written: {}", chain(&problem)))?;
            mediation.tally().map_err(|problem| format!("the store cannot be read: {}", chain(&problem))).map(drop)
        });
        let mediation = self.mediation.clone();
        let spooled = self.spool_at.ask(move || {
            mediation.check_spool().map_err(|problem| format!("the spool cannot be written: {}", chain(&problem)))
        });
        let (stored, spooled) = join(stored, spooled).await;
        let mut faults: Vec<String> = [stored, spooled].into_iter().filter_map(Result::err).collect();
        for fault in &faults {
            error!(fault, "not ready");
        }
        if !self.alive.all() {
            faults.push("a worker has ended".to_owned());
        }
        faults
    }
}

impl Checked {
    fn new(name: String) -> Checked {
        Checked { name, running: Arc::default() }
    }

    /// The result of the check that is running, or of a new one if none is. Probes that arrive together share one check,
    /// so none waits for the checks of others, and checks that hang do not pile up.
    async fn ask(&self, check: impl FnOnce() -> Result<(), String> + Send + 'static) -> Result<(), String> {
        let silent = || Err(format!("{} does not answer within {} s", self.name, PATIENCE.as_secs()));
        let mut running = self.running_or_new(check);
        let ended = timeout(PATIENCE, running.wait_for(Option::is_some)).await;
        // Without a result, the check panicked.
        ended.ok().and_then(|ended| ended.ok()?.clone()).unwrap_or_else(silent)
    }

    fn running_or_new(&self, check: impl FnOnce() -> Result<(), String> + Send + 'static) -> Running {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // A check whose sender is gone has ended.
        let is_running = |it: &&Running| it.borrow().is_none() && it.has_changed().is_ok();
        if let Some(running) = running.as_ref().filter(is_running) {
            return running.clone();
        }
        let (sender, receiver) = watch::channel(None);
        *running = Some(receiver.clone());
        drop(web::block(move || sender.send_replace(Some(check()))));
        receiver
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    use futures_util::future::join_all;

    use super::Checked;

    #[actix_web::test]
    async fn probes_that_arrive_during_a_check_share_its_result() {
        let (checked, checks) = (Checked::new("it".to_owned()), Arc::new(AtomicUsize::new(0)));
        for (result, expected) in [(Err("it is full".to_owned()), 1), (Ok(()), 2)] {
            let (end, ended) = channel::<()>();
            let first = checked.ask({
                let (checks, result) = (checks.clone(), result.clone());
                move || {
                    checks.fetch_add(1, Ordering::SeqCst);
                    let _ = ended.recv();
                    result
                }
            });
            let others = (0..8).map(|_| checked.ask(|| unreachable!("another check runs")));
            // It ends once all of them wait.
            let ends = async { end.send(()).unwrap() };
            let (first, others, ()) = futures_util::join!(first, join_all(others), ends);
            assert_eq!(first, result);
            assert!(others.iter().all(|other| *other == result), "{others:?}");
            assert_eq!(checks.load(Ordering::SeqCst), expected, "the result of a check is not that of a later one");
        }
    }

    #[actix_web::test]
    async fn a_check_that_panics_does_not_end_checks() {
        let checked = Checked::new("it".to_owned());
        let text = checked.ask(|| panic!("a check")).await.unwrap_err();
        assert_eq!(text, "it does not answer within 5 s");
        assert_eq!(checked.ask(|| Ok(())).await, Ok(()));
    }
}
