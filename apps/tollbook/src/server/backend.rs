//! The parts that servers and workers share: the store, the spool, and mediation over both.

use std::sync::Arc;

use anyhow::ensure;
use cdr_mediation::{Mediation, PackStore, Spool, SystemClock};
#[cfg(feature = "bucket")]
use cdr_spool::{BucketPacks, BucketSpool};
use cdr_spool::{FolderPacks, FolderSpool};
use cdr_store::Store;

use crate::config::{Config, SpoolConfig};
use crate::kept;

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
        let (spool, packs): (Arc<dyn Spool>, Arc<dyn PackStore>) = match &config.spool {
            SpoolConfig::Folder(folder) => {
                (Arc::new(FolderSpool::open(folder)?), Arc::new(FolderPacks::beside(folder)))
            }
            #[cfg(feature = "bucket")]
            SpoolConfig::Bucket { options, .. } => {
                let spool = BucketSpool::open(options)?;
                let packs = BucketPacks::beside(&spool);
                (Arc::new(spool), Arc::new(packs))
            }
            #[cfg(not(feature = "bucket"))]
            SpoolConfig::Bucket { .. } => {
                anyhow::bail!("this program was built without spools in buckets; build it with `--features bucket`")
            }
        };
        let clock = Arc::new(SystemClock::default());
        let mediation = Mediation::new(Arc::new(store.clone()), Arc::new(store.clone()), spool, clock)
            .with_limits(config.server.limits)
            .with_walks(Arc::new(store.clone()))
            .with_kept_blocks(kept::in_packs(config, packs));
        Ok(Backend { store, mediation })
    }
}

/// Checks that the store has enough connections for all concurrent readers. A worker uses two, one for the rows and one
/// for its other queries; an answer of a dialect that reads uses one; all other requests share one more. `answers` are
/// how many answers of each dialect read at the same time.
///
/// # Errors
/// When there are too few, with the required number.
pub(crate) fn check_readers(config: &Config, answers: &[(&str, usize)], workers: usize) -> anyhow::Result<()> {
    let of_all = answers.iter().fold(0_usize, |sum, (_, answers)| sum.saturating_add(*answers));
    let needed = of_all.saturating_add(2 * workers + 1);
    let each: Vec<String> = answers.iter().map(|(name, answers)| format!("{name} {answers}")).collect();
    let each = if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) };
    ensure!(
        config.store.readers as usize >= needed,
        "store.readers is {}, and must be at least {needed}: one for each of {of_all} answers that read at the same \
         time{each}, two for each of {workers} workers (worker.threads), and one more",
        config.store.readers
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_readers;
    use crate::config::{Config, Layers};

    fn config(settings: &[(&str, &str)]) -> Config {
        let set = |layers: Layers, (name, value): &(&str, &str)| layers.flag("--set", name, value).unwrap();
        Config::read(&settings.iter().fold(Layers::default(), set)).unwrap()
    }

    #[test]
    fn too_few_connections_are_refused_at_the_start() {
        for (readers, answers, workers, fine) in
            [("12", 4, 2, true), ("9", 4, 2, true), ("8", 4, 2, false), ("1", 0, 1, false), ("3", 0, 1, true)]
        {
            let answers_of = [("one", answers / 2), ("other", answers - answers / 2)];
            let checked = check_readers(&config(&[("store.readers", readers)]), &answers_of, workers);
            assert_eq!(checked.is_ok(), fine, "{readers} {answers} {workers}");
            if let Err(error) = checked {
                let needed = answers + 2 * workers + 1;
                assert!(error.to_string().contains(&format!("must be at least {needed}")), "{error}");
            }
        }
    }
}
