//! Maps errors of SQLite and of the file system to [`StoreError`].

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::error::{StoreError, StorePlace};

impl StorePlace {
    /// A store in a file.
    pub(crate) fn of_file(path: &Path, busy_timeout: Duration) -> StorePlace {
        StorePlace::new(path, busy_timeout, |place, error| place.explain(&error.to_string()))
    }

    /// Maps an error of the file system.
    pub(crate) fn file(&self, doing: &'static str, source: io::Error) -> StoreError {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { path: self.path.clone() },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                StoreError::ReadOnly { path: self.path.clone() }
            }
            io::ErrorKind::NotFound => self.unopenable(),
            _ => StoreError::File { doing, path: self.path.clone(), source: source.into() },
        }
    }

    /// Maps an error by the message of SQLite. Diesel passes on nothing else, and the messages are part of SQLite's
    /// interface (`sqlite3_errstr`).
    pub(crate) fn explain(&self, message: &str) -> StoreError {
        let path = self.path.clone();
        let contains = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
        if contains(&["database is locked", "database table is locked"]) {
            StoreError::Locked { path, waited: self.busy_timeout }
        } else if contains(&["database or disk is full"]) {
            StoreError::Full { path }
        } else if contains(&["disk I/O error"]) {
            // A limit on the size of files is reported in the same way.
            StoreError::Database { path, what: format!("{message}; check whether the disk is full or faulty") }
        } else if contains(&["readonly database"]) {
            StoreError::ReadOnly { path }
        } else if contains(&["unable to open database"]) {
            self.unopenable()
        } else if contains(&["file is not a database"]) {
            StoreError::NotAStore { path, why: "it is not a SQLite database".to_owned() }
        } else if contains(&["malformed"]) {
            StoreError::Damaged { path, what: message.to_owned() }
        } else {
            StoreError::Database { path, what: message.to_owned() }
        }
    }

    fn unopenable(&self) -> StoreError {
        let path = self.path.clone();
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
                StoreError::NoFolder { folder: folder.to_path_buf() }
            }
            _ if !path.exists() => StoreError::Missing { path },
            _ => StoreError::ReadOnly { path },
        }
    }
}
