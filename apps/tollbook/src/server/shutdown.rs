//! Signals and shutdown: running requests and exports end within the grace period; other exports are handed back.

use std::io;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use cdr_mediation::Stop;
use futures_util::future::join_all;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;
use tracing::{info, warn};

use super::workers::Workers;

/// How long handing back may take: a few writes to the store.
const HANDING_BACK: Duration = Duration::from_secs(10);

/// SIGTERM and SIGINT (Ctrl-C).
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Starts to listen for signals.
    ///
    /// # Errors
    /// When a signal handler cannot be installed.
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Stops servers and workers. Running requests and exports may take `grace`. After that, or at another signal, exports
/// are handed back and answers are aborted.
pub(crate) async fn stop(
    servers: &[ServerHandle],
    workers: &mut Workers,
    stop: &Stop,
    grace: Duration,
    signals: &mut Signals,
) {
    info!("stopping");
    stop.after_this();
    let all_ended = async {
        let answered = join_all(servers.iter().map(|server| server.stop(true)));
        futures_util::future::join(answered, workers.ended()).await;
    };
    let in_time = tokio::select! {
        ended = timeout(grace, all_ended) => ended.is_ok(),
        () = signals.next() => false,
    };
    if !in_time {
        stop.now();
        if timeout(HANDING_BACK, workers.ended()).await.is_err() {
            warn!("an export could not be handed back in time; another worker takes it over when its lease expires");
        }
    }
    info!("stopped");
}
