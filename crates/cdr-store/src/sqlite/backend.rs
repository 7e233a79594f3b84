//! A file as the database under a store.

#[cfg(test)]
use std::any::Any;
use std::path::Path;

use cdr_model::Timestamp;

use super::tables::Store;
use super::{BackupReport, RestoreReport, back_up, restore};
use crate::PoolState;
use crate::backend::Backend;
use crate::error::StoreError;
#[cfg(feature = "postgres")]
use crate::postgres::{Maintainer, Notices};

impl Backend for Store {
    fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        Store::remove_before(self, floor, progress)
    }

    fn removable_before(&self, floor: Timestamp) -> Timestamp {
        floor
    }

    fn pool(&self) -> PoolState {
        Store::pool(self)
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn back_up(&self, to: &Path) -> Result<BackupReport, StoreError> {
        back_up(&self.0.place, to)
    }

    fn restore(&self, from: &Path) -> Result<RestoreReport, StoreError> {
        restore(&self.0.place, from)
    }

    /// A file has no partitions.
    #[cfg(feature = "postgres")]
    fn maintainer(&self) -> Option<Maintainer> {
        None
    }

    /// A file sends no notifications.
    #[cfg(feature = "postgres")]
    fn notices(&self) -> Result<Option<Notices>, StoreError> {
        Ok(None)
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn Any {
        self
    }
}
