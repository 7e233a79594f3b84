//! Backs up a store to another file while it is in use.

use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use cdr_files::{begin_passing, remove_leftovers};
use diesel::SqliteConnection;
use tempfile::NamedTempFile;

use super::connect::{Access, connect, file_uri};
use super::statements;
use crate::error::{StoreError, StorePlace};

/// The result of a backup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The highest record number in it.
    pub watermark: i64,
}

impl fmt::Display for BackupReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, checked, up to record {}", self.bytes, self.watermark)
    }
}

/// Copies the committed state. The file gets its name once it is complete, checked and flushed to the disk.
pub(crate) fn back_up(store: &StorePlace, to: &Path) -> Result<BackupReport, StoreError> {
    let target = StorePlace::of_file(to, store.busy_timeout);
    if to.exists() {
        return Err(StoreError::Exists { path: to.to_path_buf() });
    }
    let passing = passing_file(&target)?;
    copy(store, &target, passing.path())?;
    let part = StorePlace::of_file(passing.path(), store.busy_timeout);
    let mut conn = connect(&part, Access::Look)?;
    check(&mut conn, &part)?;
    let watermark = statements::watermark(&mut conn).map_err(|error| part.sql(&error))?;
    drop(conn);
    passing.as_file().sync_all().map_err(|error| target.file("flushing", error))?;
    let file = passing.persist_noclobber(to).map_err(|refused| match refused.error.kind() {
        std::io::ErrorKind::AlreadyExists => StoreError::Exists { path: to.to_path_buf() },
        _ => target.file("renaming a file to", refused.error),
    })?;
    flush_folder(&target)?;
    let bytes = file.metadata().map_err(|error| target.file("reading the size of", error))?.len();
    Ok(BackupReport { path: to.to_path_buf(), bytes, watermark })
}

/// Copies the committed state into an empty file.
pub(super) fn copy(from: &StorePlace, target: &StorePlace, empty: &Path) -> Result<(), StoreError> {
    let mut conn = connect(from, Access::Look)?;
    // The source is readable, so an error concerns the copy.
    statements::copy_to(&mut conn, &file_uri(empty, "rwc")?).map_err(|error| target.sql(&error))
}

/// Fails if a page of the file is damaged.
pub(super) fn check(conn: &mut SqliteConnection, place: &StorePlace) -> Result<(), StoreError> {
    match statements::fault(conn).map_err(|error| place.sql(&error))? {
        None => Ok(()),
        Some(what) => Err(StoreError::Damaged { path: place.path.clone(), what }),
    }
}

/// A temporary file in the folder of the target, which only its owner may read. It is removed unless it is persisted.
/// Those of killed processes are removed first.
pub(super) fn passing_file(target: &StorePlace) -> Result<NamedTempFile, StoreError> {
    let folder = folder_of(&target.path);
    if !folder.is_dir() {
        return Err(StoreError::NoFolder { folder });
    }
    remove_leftovers(&folder);
    begin_passing(&folder).map_err(|error| target.file("creating a temporary file beside", error))
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Flushes the folder, without which a new file name is not durable.
fn flush_folder(target: &StorePlace) -> Result<(), StoreError> {
    let folder = folder_of(&target.path);
    let flushed = if cfg!(unix) {
        File::open(&folder).and_then(|folder| folder.sync_all())
    } else {
        fs::metadata(&folder).map(drop)
    };
    flushed.map_err(|error| target.file("flushing the folder of", error))
}
