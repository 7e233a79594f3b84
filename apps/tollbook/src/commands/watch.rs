//! `tollbook watch`: loads the watched files of sources as their switches write them.

use std::process::ExitCode;
use std::thread::sleep;

use actix_web::rt::System;
use anyhow::bail;
use cdr_query::Cancel;

use crate::cli::WatchArgs;
use crate::config::Config;
use crate::server::log;
use crate::server::shutdown::Signals;
use crate::watching::{Watcher, start};

/// Watches until a signal to stop, or looks once.
pub(crate) fn run(config: &Config, args: &WatchArgs) -> anyhow::Result<ExitCode> {
    log::begin(config.server.log);
    let store = crate::open(config)?;
    let stop = Cancel::new();
    let mut watcher = Watcher::new(config, &store, args.sources.clone(), &stop);
    watcher.check()?;
    if args.once {
        let (waits, mut is_well) = watcher.look();
        if waits {
            // A packed file is loaded when two looks find it the same.
            sleep(config.store.watch_every);
            is_well &= watcher.look().1;
        }
        return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    drop(watcher);
    System::new().block_on(async {
        let mut signals = Signals::listen()?;
        let thread = start(config, &store, args.sources.clone(), &stop)?;
        signals.next().await;
        stop.cancel();
        if thread.join().is_err() {
            bail!("the watcher ended unexpectedly; the log has the reason");
        }
        Ok(ExitCode::SUCCESS)
    })
}
