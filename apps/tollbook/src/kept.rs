//! Where blocks of exports are kept.

use std::sync::Arc;

use cdr_mediation::{KeptBlocks, PackStore};
use cdr_spool::FolderPacks;
#[cfg(feature = "bucket")]
use cdr_spool::{BucketPacks, BucketSpool};

use crate::config::{Config, SpoolConfig};
use crate::terminal::say_aside;

/// Kept blocks in packs. If the configuration keeps none, those of before are removed when it is tidied.
pub(crate) fn in_packs(config: &Config, packs: Arc<dyn PackStore>) -> KeptBlocks {
    KeptBlocks::new(packs, config.kept_bytes)
}

/// The kept blocks of a command that does not use the spool otherwise. None if the bucket of the spool does not answer, which
/// is said.
pub(crate) fn of_command(config: &Config) -> anyhow::Result<Option<KeptBlocks>> {
    match &config.spool {
        SpoolConfig::Folder(folder) => Ok(Some(in_packs(config, Arc::new(FolderPacks::beside(folder))))),
        #[cfg(feature = "bucket")]
        SpoolConfig::Bucket { options, .. } => match BucketSpool::open(options) {
            Ok(spool) => Ok(Some(in_packs(config, Arc::new(BucketPacks::beside(&spool))))),
            Err(error) => {
                say_aside(format!("note: kept blocks are not used: {}", cdr_mediation::chain(&error)))?;
                Ok(None)
            }
        },
        #[cfg(not(feature = "bucket"))]
        SpoolConfig::Bucket { .. } => {
            say_aside("note: kept blocks are not used: this program was built without spools in buckets")?;
            Ok(None)
        }
    }
}
