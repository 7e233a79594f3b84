//! Watched files: what the switches of sources write is loaded as they write it.
//!
//! [`Watcher`] looks at all sources in turn, `source` at the files of one source, `file` at one file. The store keeps how far
//! each file was read, and who watches a source.

mod file;
mod known;
mod listed;
mod source;
mod taking;

use std::collections::BTreeMap;
use std::io;
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use cdr_mediation::Sources;
use cdr_query::Cancel;
use cdr_store::Store;
use tracing::{info, warn};

use self::source::WatchedSource;
use crate::cli::LoadArgs;
use crate::config::Config;
use crate::loading::Plan;
use crate::sources::{find, unknown};

/// How soon the thread sees that it is to end.
const PAUSE: Duration = Duration::from_millis(50);

/// Watches the files of sources.
pub(crate) struct Watcher {
    config: Config,
    store: Store,
    /// The names of the sources; none for all.
    only: Vec<String>,
    sources: BTreeMap<String, WatchedSource>,
    /// The last error of each source, which is said once.
    failed: BTreeMap<String, String>,
    stop: Cancel,
}

/// Starts a thread that watches until `stop`.
///
/// # Errors
/// When the system has no threads left.
pub(crate) fn start(config: &Config, store: &Store, only: Vec<String>, stop: &Cancel) -> io::Result<JoinHandle<()>> {
    let mut watcher = Watcher::new(config, store, only, stop);
    let every = config.store.watch_every;
    thread::Builder::new().name("watcher".to_owned()).spawn(move || {
        while !watcher.stop.is_cancelled() {
            watcher.look();
            let looked = Instant::now();
            while looked.elapsed() < every && !watcher.stop.is_cancelled() {
                sleep(PAUSE);
            }
        }
    })
}

impl Watcher {
    pub(crate) fn new(config: &Config, store: &Store, only: Vec<String>, stop: &Cancel) -> Watcher {
        let (sources, failed) = (BTreeMap::new(), BTreeMap::new());
        Watcher { config: config.clone(), store: store.clone(), only, sources, failed, stop: stop.clone() }
    }

    /// Fails unless every named source exists and has watched files.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        for name in &self.only {
            let settings = find(&self.config, &self.store, name)?;
            let settings = settings.ok_or_else(|| unknown(&self.config, &self.store, name))?;
            anyhow::ensure!(!settings.watch.is_empty(), "the source `{name}` has no watched files (its setting watch)");
        }
        Ok(())
    }

    /// Looks once at all sources. Returns whether a packed file waits for a second look, and whether all went well.
    pub(crate) fn look(&mut self) -> (bool, bool) {
        let names = match self.names() {
            Ok(names) => names,
            Err(error) => {
                self.say_failed("", &error);
                return (false, false);
            }
        };
        let (mut waits, mut is_well) = (false, true);
        self.sources.retain(|name, _| names.contains_key(name));
        for (name, paths) in names {
            if self.stop.is_cancelled() {
                break;
            }
            match self.look_at(&name, &paths) {
                Ok(waiting) => {
                    waits |= waiting;
                    self.failed.remove(&name);
                }
                Err(error) => {
                    is_well = false;
                    self.say_failed(&name, &error);
                }
            }
        }
        (waits, is_well)
    }

    fn look_at(&mut self, name: &str, paths: &[String]) -> anyhow::Result<bool> {
        if self.sources.get_mut(name).is_some_and(|source| !source.holds()) {
            warn!(source = name, "the connection that held the right to watch has ended");
            self.sources.remove(name);
        }
        if !self.sources.contains_key(name) {
            let Some(watching) = self.store.watching(name)? else {
                anyhow::bail!("another process watches this source; this one takes over when it ends");
            };
            self.sources.insert(name.to_owned(), WatchedSource::new(name, watching, &self.store)?);
            info!(source = name, "watching");
        }
        let args = LoadArgs { source: Some(name.to_owned()), trust_zone: true, ..LoadArgs::default() };
        let plan = Plan::of(&self.config, &self.store, &args, false)?;
        match self.sources.get_mut(name) {
            Some(source) => source.look(&self.store, &plan, paths, &self.stop),
            None => Ok(false),
        }
    }

    /// The sources with watched files, and their paths.
    fn names(&self) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
        let stored = self.store.configured_sources()?.into_iter().map(|source| (source.name, source.settings));
        let all: BTreeMap<_, _> = stored.chain(self.config.sources.clone()).collect();
        let is_wanted = |name: &String| self.only.is_empty() || self.only.contains(name);
        let watched = all.into_iter().filter(|(name, settings)| is_wanted(name) && !settings.watch.is_empty());
        Ok(watched.map(|(name, settings)| (name, settings.watch)).collect())
    }

    /// Says an error, once while it lasts.
    fn say_failed(&mut self, source: &str, error: &anyhow::Error) {
        let error = format!("{error:#}");
        if self.failed.get(source) != Some(&error) {
            warn!(source, error, "watched files are not loaded for now");
            self.failed.insert(source.to_owned(), error);
        }
    }
}
