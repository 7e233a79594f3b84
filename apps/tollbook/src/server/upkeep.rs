//! What servers and workers on a database do beside their work: one of them keeps the partitions, and each hears of exports
//! that others enter.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use cdr_mediation::{Mediation, Stop};
use cdr_store::{Maintained, Notices, Store};
use tracing::{error, info, warn};

use crate::config::Config;
use crate::retention;

/// How often it is heard whether there is anything new, which costs a look at a socket.
const LISTENS: Duration = Duration::from_millis(20);
/// How often the partitions are looked after, or it is seen whether somebody else does.
const KEEPS: Duration = Duration::from_secs(30);
/// How long to wait after something went wrong.
const AGAIN: Duration = Duration::from_secs(2);

/// Starts what a store in a database needs; nothing for one in a file. It ends soon after `stop` says so.
///
/// # Errors
/// When the system has no threads left.
pub(crate) fn start(config: &Config, store: &Store, mediation: &Mediation, stop: &Stop) -> io::Result<()> {
    if !store.is_shared() {
        return Ok(());
    }
    let (keeper, until, config) = (store.clone(), stop.clone(), config.clone());
    thread::Builder::new()
        .name("maintainer".to_owned())
        .spawn(move || always(&until, || keep(&config, &keeper, &until)))?;
    let (store, until, mediation) = (store.clone(), stop.clone(), mediation.clone());
    thread::Builder::new()
        .name("listener".to_owned())
        .spawn(move || always(&until, || listen(&store, &mediation, &until)))?;
    Ok(())
}

/// Does something until it ends, and begins anew if it panics: nobody would notice that it is missing until the partitions are.
fn always(stop: &Stop, work: impl Fn()) {
    while catch_unwind(AssertUnwindSafe(&work)).is_err() && !stop.is_wanted() {
        error!("something is wrong with the program; it is tried again");
        rest(KEEPS, stop);
    }
}

/// Rounds of the maintainer.
fn keep(config: &Config, store: &Store, stop: &Stop) {
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
                    info!("this process keeps the partitions");
                }
                leads = true;
                if removed > 0 {
                    info!(removed, "removed what was older than it is to be kept");
                }
                KEEPS
            }
            Err(error) => {
                warn!(error = format!("{error:#}"), "the partitions could not be looked after; it is tried again");
                KEEPS
            }
        };
        rest(next, stop);
    }
}

/// Wakes the workers whenever exports have changed, whoever changed them.
fn listen(store: &Store, mediation: &Mediation, stop: &Stop) {
    let mut said = false;
    while !stop.is_wanted() {
        match store.notices() {
            Ok(None) => return,
            Ok(Some(notices)) => {
                said = false;
                // Something may have been entered before anybody listened.
                mediation.wake();
                hear(notices, mediation, stop);
            }
            Err(error) => {
                // Workers look from time to time by themselves.
                if !said {
                    warn!(%error, "nothing is heard of exports that other processes enter; workers look for them");
                }
                said = true;
            }
        }
        rest(AGAIN, stop);
    }
}

/// Until the connection breaks.
fn hear(mut notices: Notices, mediation: &Mediation, stop: &Stop) {
    while !stop.is_wanted() {
        match notices.any() {
            Ok(true) => mediation.wake(),
            Ok(false) => sleep(LISTENS),
            Err(_) => return,
        }
    }
}

/// Waits, unless the end is wanted.
fn rest(at_most: Duration, stop: &Stop) {
    let begun = Instant::now();
    while begun.elapsed() < at_most && !stop.is_wanted() {
        sleep(LISTENS);
    }
}
