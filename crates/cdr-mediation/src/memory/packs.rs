//! Kept blocks in memory.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cdr_model::{PortError, Timestamp};

use super::growing::Growing;
use crate::kept::{PackFile, PackStore};
use crate::spool::{SpoolRead, SpoolWrite, check_key};

/// Kept blocks in memory. All clones share them. Instead of times of use they have numbers, which grow with every use.
#[derive(Clone, Debug, Default)]
pub struct MemoryPacks(Arc<Mutex<Packs>>);

#[derive(Debug, Default)]
struct Packs {
    /// The bytes and the last use of each pack.
    packs: BTreeMap<String, (Arc<[u8]>, i64)>,
    uses: i64,
}

impl MemoryPacks {
    fn locked(&self) -> MutexGuard<'_, Packs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PackStore for MemoryPacks {
    fn begin(&self, name: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let (packs, name) = (self.clone(), check_key(name)?.to_owned());
        Ok(Box::new(Growing::new(move |bytes| {
            let mut locked = packs.locked();
            locked.uses += 1;
            let now = locked.uses;
            locked.packs.insert(name, (bytes.into(), now));
        })))
    }

    fn open(&self, name: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        let bytes = self.locked().packs.get(check_key(name)?).map(|(bytes, _)| Arc::clone(bytes));
        let bytes = bytes.ok_or_else(|| PortError::NotFound { what: "pack", name: name.to_owned() })?;
        Ok(Box::new(Cursor::new(bytes)))
    }

    fn note_use(&self, name: &str) -> Result<(), PortError> {
        let mut locked = self.locked();
        locked.uses += 1;
        let now = locked.uses;
        if let Some((_, used)) = locked.packs.get_mut(check_key(name)?) {
            *used = now;
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), PortError> {
        self.locked().packs.remove(check_key(name)?);
        Ok(())
    }

    fn list(&self) -> Result<Vec<PackFile>, PortError> {
        let file = |(name, (bytes, used)): (&String, &(Arc<[u8]>, i64))| PackFile {
            name: name.clone(),
            bytes: bytes.len() as u64,
            used_at: Timestamp::from_micros(*used),
        };
        Ok(self.locked().packs.iter().map(file).collect())
    }

    fn clear(&self) -> Result<(), PortError> {
        Ok(())
    }
}
