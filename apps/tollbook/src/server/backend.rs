//! The parts that servers and workers share: the store, the spool, and mediation over both.

use std::sync::Arc;

use anyhow::ensure;
use cdr_mediation::{Mediation, Spool, SystemClock};
#[cfg(feature = "bucket")]
use cdr_spool::BucketSpool;
use cdr_spool::FolderSpool;
use cdr_store::Store;

use crate::config::{Config, SpoolConfig};

/// The store, and mediation over it and the spool.
pub(crate) struct Backend {
    pub(crate) store: Store,
    pub(crate) mediation: Mediation,
}

impl Backend {
    /// Builds mediation over an open store and the configured spool.
    ///
    /// # Errors
    /// When the spool cannot be created, or its bucket does not answer.
    pub(crate) fn over(store: Store, config: &Config) -> anyhow::Result<Backend> {
        let spool: Arc<dyn Spool> = match &config.spool {
            SpoolConfig::Folder(folder) => Arc::new(FolderSpool::open(folder)?),
            #[cfg(feature = "bucket")]
            SpoolConfig::Bucket { options, .. } => Arc::new(BucketSpool::open(options)?),
            #[cfg(not(feature = "bucket"))]
            SpoolConfig::Bucket { .. } => {
                anyhow::bail!("this program was built without spools in buckets; build it with `--features bucket`")
            }
        };
        let clock = Arc::new(SystemClock::default());
        let mediation = Mediation::new(Arc::new(store.clone()), Arc::new(store.clone()), spool, clock)
            .with_limits(config.server.limits)
            .with_walks(Arc::new(store.clone()));
        Ok(Backend { store, mediation })
    }
}

/// Checks that the store has enough connections for all concurrent readers. A worker uses two, one for the rows and one
/// for its other queries; an answer that reads in turn uses one; all other requests share one more.
///
/// # Errors
/// When there are too few, with the required number.
pub(crate) fn check_readers(config: &Config, live: usize, workers: usize) -> anyhow::Result<()> {
    let needed = live.saturating_add(2 * workers + 1);
    ensure!(
        config.store.readers as usize >= needed,
        "store.readers is {}, and must be at least {needed}: one for each of {live} answers that read at the same time, two for each of \
         {workers} workers (worker.threads), and one more",
        config.store.readers
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_readers;
    use crate::config::{Config, Layers};

    #[test]
    fn too_few_connections_are_refused_at_the_start() {
        for (readers, live, workers, fine) in
            [("12", 4, 2, true), ("9", 4, 2, true), ("8", 4, 2, false), ("1", 0, 1, false), ("3", 0, 1, true)]
        {
            let layers = Layers::default().flag("--set", "store.readers", readers).unwrap();
            let checked = check_readers(&Config::read(&layers).unwrap(), live, workers);
            assert_eq!(checked.is_ok(), fine, "{readers} {live} {workers}");
            if let Err(error) = checked {
                let needed = live + 2 * workers + 1;
                assert!(error.to_string().contains(&format!("must be at least {needed}")), "{error}");
            }
        }
    }
}
