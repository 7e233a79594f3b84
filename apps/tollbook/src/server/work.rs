//! `tollbook worker`: workers without a server, on the same store.

use std::sync::Arc;

use actix_web::rt::System;
use anyhow::bail;
use cdr_mediation::Stop;
use tracing::info;

use super::backend::{Backend, check_readers};
use super::log;
use super::shutdown::{self, Signals};
use super::workers::Workers;
use crate::callbacks::{CallbackOptions, HttpCallback};
use crate::config::Config;

/// Writes exports until a signal arrives.
///
/// # Errors
/// When there is no store, or it or the spool cannot be opened.
pub(crate) fn work(config: &Config) -> anyhow::Result<()> {
    log::begin(config.server.log);
    let threads = config.server.threads.max(1);
    check_readers(config, &[], threads)?;
    let backend = Backend::over(crate::open(config)?, config)?;
    System::new().block_on(async {
        let mut signals = Signals::listen()?;
        let stop = Stop::new(&backend.mediation);
        let callback = Arc::new(HttpCallback::new(CallbackOptions::of(config)));
        let mut workers = Workers::start(threads, &backend.mediation, config.server.worker, callback, &stop, |_| {})?;
        #[cfg(feature = "postgres")]
        super::upkeep::start(config, &backend.store, &backend.mediation, &stop)?;
        info!(threads, store = %config.address(), "working");
        let signalled = tokio::select! {
            () = signals.next() => true,
            () = workers.ended() => false,
        };
        if !signalled {
            bail!("every worker has ended unexpectedly; the log has the reason");
        }
        shutdown::stop(&[], &mut workers, &stop, config.server.shutdown, &mut signals).await;
        Ok(())
    })
}
