//! A database server as the database under a store.

#[cfg(test)]
use std::any::Any;
#[cfg(feature = "sqlite")]
use std::path::Path;
use std::time::Duration;

use cdr_mediation::{Batch, PortError};
use cdr_model::Timestamp;

use super::tables::{Store, parts};
use super::{HeldLock, Maintainer, Notices, compact, partition_start, reachable};
use crate::backend::Backend;
use crate::error::StoreError;
#[cfg(feature = "sqlite")]
use crate::sqlite::{BackupReport, RestoreReport};
use crate::watching::Watching;
use crate::{CallChanges, CompactReport, PoolState, Rehearsal, RewriteReport};

impl Backend for Store {
    fn rehearse(&self, batch: &Batch) -> Result<Rehearsal, PortError> {
        Store::rehearse(self, batch)
    }

    fn changes(&self, after: i64, most: usize) -> Result<CallChanges, PortError> {
        Store::changes(self, after, most)
    }

    fn count_adoptable(&self, code: &str) -> Result<u64, PortError> {
        Store::count_adoptable(self, code)
    }

    fn adopt(&self, account_id: i64, progress: &mut dyn FnMut(u64)) -> Result<u64, PortError> {
        Store::adopt(self, account_id, progress)
    }

    fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        Store::remove_before(self, floor, progress)
    }

    /// `VACUUM`, which PostgreSQL runs on its own, lets new rows overwrite removed ones; `compact` removes them.
    fn clear_removed(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn compact(&self) -> Result<CompactReport, StoreError> {
        compact::compact(self)
    }

    /// There is one form of details.
    fn has_older_details(&self) -> Result<bool, StoreError> {
        Ok(false)
    }

    fn rewrite_details(&self, _: &mut dyn FnMut(u64, u64)) -> Result<RewriteReport, StoreError> {
        Ok(RewriteReport::default())
    }

    fn has_unnoted_parts(&self) -> Result<bool, StoreError> {
        let noted = self.read(|conn| Ok(parts::are_noted(conn)?));
        noted.map(|noted| !noted).map_err(|error| self.0.place.error(error))
    }

    fn note_parts(&self) -> Result<bool, StoreError> {
        parts::note(self).map_err(|error| self.0.place.error(error))
    }

    fn check_writable(&self, patience: Duration) -> Result<(), StoreError> {
        reachable::check(self, patience)
    }

    fn removable_before(&self, floor: Timestamp) -> Timestamp {
        partition_start(floor, self.0.engine.partitions)
    }

    fn pool(&self) -> PoolState {
        Store::pool(self)
    }

    fn is_shared(&self) -> bool {
        true
    }

    #[cfg(feature = "sqlite")]
    fn back_up(&self, _to: &Path) -> Result<BackupReport, StoreError> {
        Err(StoreError::Elsewhere {
            what: "the backup",
            help: "use pg_dump, or pg_basebackup with WAL archiving for point-in-time recovery",
        })
    }

    #[cfg(feature = "sqlite")]
    fn restore(&self, _from: &Path) -> Result<RestoreReport, StoreError> {
        Err(StoreError::Elsewhere {
            what: "the restore",
            help: "use pg_restore to load a dump of pg_dump into an empty database",
        })
    }

    fn watching(&self, source: &str) -> Result<Option<Watching>, StoreError> {
        Ok(HeldLock::of_source(self, source)?.map(Watching::by_connection))
    }

    fn maintainer(&self) -> Option<Maintainer> {
        Some(Maintainer::new(self))
    }

    fn notices(&self) -> Result<Option<Notices>, StoreError> {
        Notices::of(self).map(Some)
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn Any {
        self
    }
}
