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
    store_at: Place,
    spool_at: Place,
}

/// What a check asks: its name in messages, and its turn.
#[derive(Clone)]
struct Place {
    name: String,
    turn: Turn,
}

/// Admits one check at a time. A check that does not end keeps its turn, so that hanging checks do not pile up.
type Turn = Arc<Mutex<()>>;

impl Readiness {
    pub(crate) fn new(mediation: Mediation, store: Store, alive: Alive, config: &Config) -> Readiness {
        let place = |name: String| Place { name, turn: Turn::default() };
        let store_at = place(format!("the store {}", config.address()));
        let spool_at = place(format!("the spool {}", config.spool));
        Readiness { mediation, store, alive, store_at, spool_at }
    }

    /// What is wrong now, a sentence each; nothing if the process is ready. Each is in the log too.
    pub(crate) async fn faults(&self) -> Vec<String> {
        let (store, mediation) = (self.store.clone(), self.mediation.clone());
        let stored = check(&self.store_at, move || {
            // First, as it opens a connection of its own, and so knows why there is none.
            store
                .check_writable(BUSY)
                .map_err(|problem| format!("the store cannot be written: {}", chain(&problem)))?;
            mediation.tally().map_err(|problem| format!("the store cannot be read: {}", chain(&problem))).map(drop)
        });
        let mediation = self.mediation.clone();
        let spooled = check(&self.spool_at, move || {
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
async fn check(place: &Place, check: impl FnOnce() -> Result<(), String> + Send + 'static) -> Result<(), String> {
    let silent = || format!("{} does not answer within {} s", place.name, PATIENCE.as_secs());
    let held = timeout(PATIENCE, place.turn.clone().lock_owned()).await.map_err(|_| silent())?;
    let checked = web::block(move || {
        let _until_the_end = held;
        check()
    });
    timeout(PATIENCE, checked).await.map_err(|_| silent())?.unwrap_or_else(|_| Err(silent()))
}
