//! Background threads of servers and workers on a database: one process maintains the partitions, and every process
//! listens for notifications of new exports.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use cdr_mediation::{KeptLines, Mediation, Stop};
use cdr_store::{Maintained, Notices, Store};
use tracing::{error, info, warn};

use crate::config::Config;
use crate::retention;

/// How often notifications are polled, which costs one read of a socket.
const LISTENS: Duration = Duration::from_millis(20);
/// How often the partitions are maintained, or the process checks whether another one maintains them.
const KEEPS: Duration = Duration::from_secs(30);
/// How long to wait before the next connection after a failure.
const AGAIN: Duration = Duration::from_secs(2);

/// Starts the threads for a store in a database; does nothing for a store in a file. They end soon after `stop`.
///
/// # Errors
/// When the system has no threads left.
pub(crate) fn start(config: &Config, store: &Store, mediation: &Mediation, stop: &Stop) -> io::Result<()> {
    if !store.is_shared() {
        return Ok(());
    }
    let (maintained, until, config, over) = (store.clone(), stop.clone(), config.clone(), mediation.clone());
    thread::Builder::new()
        .name("maintainer".to_owned())
        .spawn(move || always(&until, || keep(&config, &maintained, &over, &until)))?;
    let (store, until, mediation) = (store.clone(), stop.clone(), mediation.clone());
    thread::Builder::new()
        .name("listener".to_owned())
        .spawn(move || always(&until, || listen(&store, &mediation, &until)))?;
    Ok(())
}

/// Runs `work` until it returns, and restarts it if it panics. Otherwise a missing thread would stay unnoticed until a
/// partition is missing.
fn always(stop: &Stop, work: impl Fn()) {
    while catch_unwind(AssertUnwindSafe(&work)).is_err() && !stop.is_wanted() {
        error!("a background thread panicked; it is started again");
        rest(KEEPS, stop);
    }
}

/// Runs the rounds of the maintainer.
fn keep(config: &Config, store: &Store, mediation: &Mediation, stop: &Stop) {
    let Some(mut maintainer) = store.maintainer() else { return };
    let mut leads = false;
    while !stop.is_wanted() {
        let round = retention::floor(config).and_then(|floor| Ok(maintainer.round(retention::now()?, floor)?));
        let next = match round {
            Ok(Maintained::Elsewhere) => {
                leads = false;
                KEEPS
            }
            Ok(Maintained::Here { removed }) => {
                if !leads {
                    info!("this process maintains the partitions");
                }
                leads = true;
                forget_lines(config, store);
                if removed > 0 {
                    info!(removed, "removed records older than the retention period");
                    forget_blocks(config, store, mediation);
                }
                KEEPS
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "the maintenance of the partitions failed; it is tried again");
                KEEPS
            }
        };
        rest(next, stop);
    }
}

/// Removes the lines that were kept long enough.
fn forget_lines(config: &Config, store: &Store) {
    let forgotten = retention::lines_floor(config).and_then(|floor| Ok(store.forget_lines(floor)?));
    if let Err(error) = forgotten {
        warn!(error = format!("{error:#}"), "kept lines stay for now");
    }
}

/// Removes the kept blocks of removed records.
fn forget_blocks(config: &Config, store: &Store, mediation: &Mediation) {
    let forgotten = retention::floor(config).and_then(|floor| match floor {
        Some(floor) => Ok(mediation.forget_before(store.removable_before(floor))?),
        None => Ok(()),
    });
    if let Err(error) = forgotten {
        warn!(error = format!("{error:#}"), "kept blocks with removed records stay for now");
    }
}

/// Wakes the workers when a process has changed exports.
fn listen(store: &Store, mediation: &Mediation, stop: &Stop) {
    let mut warned = false;
    while !stop.is_wanted() {
        match store.notices() {
            Ok(None) => return,
            Ok(Some(notices)) => {
                warned = false;
                // Exports may have been entered before this connection listened.
                mediation.wake();
                hear(notices, mediation, stop);
            }
            Err(error) => {
                // Workers also poll for exports.
                if !warned {
                    warn!(%error, "exports of other processes are not notified; workers poll for them");
                }
                warned = true;
            }
        }
        rest(AGAIN, stop);
    }
}

/// Wakes the workers at each notification, until the connection breaks.
fn hear(mut notices: Notices, mediation: &Mediation, stop: &Stop) {
    while !stop.is_wanted() {
        match notices.any() {
            Ok(true) => mediation.wake(),
            Ok(false) => sleep(LISTENS),
            Err(_) => return,
        }
    }
}

/// Waits, and returns early on `stop`.
fn rest(at_most: Duration, stop: &Stop) {
    let started = Instant::now();
    while started.elapsed() < at_most && !stop.is_wanted() {
        sleep(LISTENS);
    }
}
