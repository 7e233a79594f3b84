//! A spool in memory.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use super::growing::Growing;
use crate::spool::{Spool, SpoolRead, SpoolWrite, check_key};

type Files = Arc<Mutex<BTreeMap<String, Arc<[u8]>>>>;

/// A spool in memory. All clones share their files.
#[derive(Clone, Debug, Default)]
pub struct MemorySpool(Files);

impl Spool for MemorySpool {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let (files, key) = (self.0.clone(), check_key(key)?.to_owned());
        Ok(Box::new(Growing::new(move |bytes| drop(locked(&files).insert(key, bytes.into())))))
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        let file = locked(&self.0).get(check_key(key)?).cloned();
        let file = file.ok_or_else(|| PortError::NotFound { what: "file", name: key.to_owned() })?;
        Ok(Box::new(Cursor::new(file)))
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        locked(&self.0).remove(check_key(key)?);
        Ok(())
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        Ok(locked(&self.0).keys().cloned().collect())
    }

    fn clear(&self) -> Result<(), PortError> {
        Ok(())
    }
}

fn locked(files: &Files) -> MutexGuard<'_, BTreeMap<String, Arc<[u8]>>> {
    files.lock().unwrap_or_else(PoisonError::into_inner)
}
