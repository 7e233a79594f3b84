//! What servers and workers stand on: the store, the spool, and mediation over both.

use std::sync::Arc;

use anyhow::ensure;
use cdr_mediation::{Mediation, Spool, SystemClock};
#[cfg(feature = "bucket")]
use cdr_spool::BucketSpool;
use cdr_spool::FolderSpool;
use cdr_store::Store;

use crate::config::{Config, SpoolConfig};

/// The store, and mediation over it and the spool.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) mediation: Mediation,
}

impl House {
    /// Over a store that is open.
    ///
    /// # Errors
    /// When the spool cannot be made, or its bucket does not answer.
    pub(crate) fn over(store: Store, config: &Config) -> anyhow::Result<House> {
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
        let mediation = Mediation::new(Arc::new(store.clone()), Arc::new(store.clone()), spool, clock);
        Ok(House { store, mediation })
    }
}

/// Checks that there are connections enough for all who may read at the same time. A worker reads on two, one for the
/// rows and one for what it asks meanwhile; a live answer reads its pages on one; one more is for everybody else.
///
/// # Errors
/// With how many there have to be.
pub(crate) fn check_readers(config: &Config, live: usize, workers: usize) -> anyhow::Result<()> {
    let needed = live.saturating_add(2 * workers + 1);
    ensure!(
        config.store.readers as usize >= needed,
        "store.readers is {}, and has to be {needed} at least: one for each of {live} live answers, two for each \
         of {workers} workers (worker.threads), and one more",
        config.store.readers
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_readers;
    use crate::config::{Config, Layers};

    #[test]
    fn too_few_connections_are_told_before_anything_waits_for_one() {
        for (readers, live, workers, fine) in
            [("12", 4, 2, true), ("9", 4, 2, true), ("8", 4, 2, false), ("1", 0, 1, false), ("3", 0, 1, true)]
        {
            let layers = Layers::default().flag("--set", "store.readers", readers).unwrap();
            let checked = check_readers(&Config::read(&layers).unwrap(), live, workers);
            assert_eq!(checked.is_ok(), fine, "{readers} {live} {workers}");
            if let Err(error) = checked {
                let needed = live + 2 * workers + 1;
                assert!(error.to_string().contains(&format!("has to be {needed} at least")), "{error}");
            }
        }
    }
}
