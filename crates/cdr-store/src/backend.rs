//! One kind of database under a store.

#[cfg(test)]
use std::any::Any;
use std::fmt;
#[cfg(feature = "sqlite")]
use std::path::Path;
use std::time::Duration;

use cdr_access::{Licences, Logins, Secrets, Users};
use cdr_mediation::{
    Batch, CdrSink, CdrSource, DirectoryEditor, JobLedger, Loads, PortError, Quarantine, Sources, Walks, WatchedFiles,
};
use cdr_model::Timestamp;

use crate::error::StoreError;
#[cfg(feature = "postgres")]
use crate::postgres::{Maintainer, Notices};
#[cfg(feature = "sqlite")]
use crate::sqlite::{BackupReport, RestoreReport};
use crate::watching::Watching;
use crate::{CallChanges, CompactReport, PoolState, Rehearsal, RewriteReport};

/// All ports, and the operations of [`Store`](crate::Store), which documents them.
pub(crate) trait Backend:
    CdrSource
    + CdrSink
    + Quarantine
    + Loads
    + Sources
    + DirectoryEditor
    + JobLedger
    + Walks
    + WatchedFiles
    + Users
    + Logins
    + Licences
    + Secrets
    + fmt::Debug
{
    fn rehearse(&self, batch: &Batch) -> Result<Rehearsal, PortError>;
    fn changes(&self, after: i64, most: usize) -> Result<CallChanges, PortError>;

    fn count_adoptable(&self, code: &str) -> Result<u64, PortError>;

    fn adopt(&self, account_id: i64, progress: &mut dyn FnMut(u64)) -> Result<u64, PortError>;

    fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError>;

    fn clear_removed(&self) -> Result<bool, StoreError>;

    fn compact(&self) -> Result<CompactReport, StoreError>;

    fn has_older_details(&self) -> Result<bool, StoreError>;

    fn rewrite_details(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<RewriteReport, StoreError>;

    fn has_unnoted_parts(&self) -> Result<bool, StoreError>;

    fn note_parts(&self) -> Result<bool, StoreError>;

    fn check_writable(&self, patience: Duration) -> Result<(), StoreError>;

    fn removable_before(&self, floor: Timestamp) -> Timestamp;

    fn pool(&self) -> PoolState;

    fn is_shared(&self) -> bool;

    fn watching(&self, source: &str) -> Result<Option<Watching>, StoreError>;

    #[cfg(feature = "sqlite")]
    fn back_up(&self, to: &Path) -> Result<BackupReport, StoreError>;

    #[cfg(feature = "sqlite")]
    fn restore(&self, from: &Path) -> Result<RestoreReport, StoreError>;

    #[cfg(feature = "postgres")]
    fn maintainer(&self) -> Option<Maintainer>;

    #[cfg(feature = "postgres")]
    fn notices(&self) -> Result<Option<Notices>, StoreError>;

    /// For tests of one kind of database.
    #[cfg(test)]
    fn as_any(&self) -> &dyn Any;
}
