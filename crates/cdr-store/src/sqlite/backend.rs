//! A file as the database under a store.

#[cfg(test)]
use std::any::Any;
use std::path::Path;
use std::time::Duration;

use cdr_files::{FILE_MODE, Taken, take_over};
use cdr_mediation::{Batch, PortError};
use cdr_model::Timestamp;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::connect::{Access, connect, in_transaction};
use super::tables::{Store, parts};
use super::{BackupReport, RestoreReport, back_up, details, restore, space, statements};
use crate::backend::Backend;
use crate::error::{StoreError, StorePlace};
#[cfg(feature = "postgres")]
use crate::postgres::{Maintainer, Notices};
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
        let removed = Store::remove_before(self, floor, progress)?;
        match space::tidy(self, removed > 0) {
            // The next removal does it.
            Ok(()) | Err(StoreError::Locked { .. }) => Ok(removed),
            Err(error) => Err(error),
        }
    }

    fn clear_removed(&self) -> Result<bool, StoreError> {
        space::clear(self, u32::MAX)?;
        space::empty_log(self)
    }

    fn compact(&self) -> Result<CompactReport, StoreError> {
        space::compact(self)
    }

    fn has_older_details(&self) -> Result<bool, StoreError> {
        details::has_older(self)
    }

    fn rewrite_details(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<RewriteReport, StoreError> {
        details::rewrite(self, progress)
    }

    fn has_unnoted_parts(&self) -> Result<bool, StoreError> {
        let noted = self.read(|conn| Ok(parts::are_noted(conn)?));
        noted.map(|noted| !noted).map_err(|error| self.0.place.error(error))
    }

    fn note_parts(&self) -> Result<bool, StoreError> {
        parts::note(self).map_err(|error| self.0.place.error(error))
    }

    fn check_writable(&self, patience: Duration) -> Result<(), StoreError> {
        let place = StorePlace::of_file(&self.0.place.path, patience);
        space::check_room(&place)?;
        let mut conn = connect(&place, Access::Write)?;
        let sql = |error| place.sql(&error);
        let before = statements::data_version(&mut conn).map_err(sql)?;
        let written =
            in_transaction(&mut conn, |conn| Ok(statements::touch(conn)?)).map_err(|error| place.error(error));
        match written {
            // Waiting writers are not served in turn. While others commit, the store can be written.
            Err(StoreError::Locked { .. }) if statements::data_version(&mut conn).map_err(sql)? != before => Ok(()),
            written => written,
        }
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

    fn watching(&self, source: &str) -> Result<Option<Watching>, StoreError> {
        let mut path = self.0.place.path.clone().into_os_string();
        path.push(format!(".watch-{}", &HEXLOWER.encode(&Sha256::digest(source))[..16]));
        match take_over(Path::new(&path), FILE_MODE) {
            Ok(Taken::Ours(file)) => Ok(Some(Watching::by_file(file))),
            Ok(Taken::Busy) => Ok(None),
            Err(error) => {
                Err(StorePlace::of_file(Path::new(&path), Duration::ZERO).file("locking", std::io::Error::other(error)))
            }
        }
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
