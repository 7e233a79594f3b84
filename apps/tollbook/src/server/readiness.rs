//! What keeps this process from serving: a store or a spool that cannot be written or reached, or a worker that has ended.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use cdr_mediation::{Mediation, chain};
use cdr_store::Store;
use futures_util::future::join;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::error;

use super::workers::Alive;

/// How long a check waits for another process that writes to the store.
const BUSY: Duration = Duration::from_secs(2);
/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The checks. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Readiness {
    mediation: Mediation,
    store: Store,
    alive: Alive,
    asks_store: Turn,
    asks_spool: Turn,
}

/// Admits one check at a time. A check that does not end keeps its turn, so that hanging checks do not pile up.
type Turn = Arc<Mutex<()>>;

impl Readiness {
    pub(crate) fn new(mediation: Mediation, store: Store, alive: Alive) -> Readiness {
        Readiness { mediation, store, alive, asks_store: Turn::default(), asks_spool: Turn::default() }
    }

    /// What is wrong now, a sentence each; nothing if the process is ready. Each is in the log too.
    pub(crate) async fn faults(&self) -> Vec<String> {
        let (store, mediation) = (self.store.clone(), self.mediation.clone());
        let stored = check("store", &self.asks_store, move || {
            mediation.tally().map_err(|problem| format!("the store cannot be read: {}", chain(&problem)))?;
            store.check_writable(BUSY).map_err(|problem| format!("the store cannot be written: {}", chain(&problem)))
        });
        let mediation = self.mediation.clone();
        let spooled = check("spool", &self.asks_spool, move || {
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

/// Runs a check on a thread that may block.
async fn check(
    what: &str,
    turn: &Turn,
    check: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Result<(), String> {
    let silent = || format!("the {what} does not answer");
    let held = timeout(PATIENCE, turn.clone().lock_owned()).await.map_err(|_| silent())?;
    let checked = web::block(move || {
        let _until_the_end = held;
        check()
    });
    timeout(PATIENCE, checked).await.map_err(|_| silent())?.unwrap_or_else(|_| Err(silent()))
}
