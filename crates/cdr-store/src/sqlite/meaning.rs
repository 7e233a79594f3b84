//! What SQLite and the file system say, as something that helps.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::error::{Place, StoreError};

impl Place {
    /// A file.
    pub(crate) fn of_file(path: &Path, busy_timeout: Duration) -> Place {
        Place::new(path, busy_timeout, |place, error| place.explain(&error.to_string()))
    }

    /// An error of the file system about this file.
    pub(crate) fn file(&self, doing: &'static str, source: io::Error) -> StoreError {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { path: self.path.clone() },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                StoreError::ReadOnly { path: self.path.clone() }
            }
            io::ErrorKind::NotFound => self.unopenable(),
            _ => StoreError::File { doing, path: self.path.clone(), source },
        }
    }

    /// What the words of SQLite mean for somebody who runs the program. The words are part of its interface
    /// (`sqlite3_errstr`), and all that Diesel hands on.
    pub(crate) fn explain(&self, said: &str) -> StoreError {
        let path = self.path.clone();
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if says(&["database is locked", "database table is locked"]) {
            StoreError::Locked { path, waited: self.busy_timeout }
        } else if says(&["database or disk is full"]) {
            StoreError::Full { path }
        } else if says(&["disk I/O error"]) {
            // A limit on the size of files shows as one, too.
            StoreError::Database { path, what: format!("{said}; is the disk full or broken?") }
        } else if says(&["readonly database"]) {
            StoreError::ReadOnly { path }
        } else if says(&["unable to open database"]) {
            self.unopenable()
        } else if says(&["file is not a database"]) {
            StoreError::NotAStore { path, why: "it is not a SQLite database".to_owned() }
        } else if says(&["malformed"]) {
            StoreError::Damaged { path, what: said.to_owned() }
        } else {
            StoreError::Database { path, what: said.to_owned() }
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
