//! Removes packs: those that take too much room, and those of calls that are gone.

use std::error::Error;
use std::io;

use cdr_export::PackReader;
use cdr_model::{PortError, Timestamp, chain};

use super::KeptBlocks;

impl KeptBlocks {
    /// Removes the packs that were not used for the longest time, until the others take at most the room that they may.
    ///
    /// # Errors
    /// If they cannot be listed, or one cannot be removed. The others are removed.
    pub fn shrink(&self) -> Result<(), PortError> {
        let mut packs = self.packs.list()?;
        let mut bytes: u64 = packs.iter().map(|pack| pack.bytes).sum();
        packs.sort_by_key(|pack| pack.used_at);
        let mut removed = Ok(());
        for pack in packs {
            if bytes <= self.most {
                break;
            }
            match self.packs.remove(&pack.name) {
                Ok(()) => bytes -= pack.bytes,
                Err(error) => removed = Err(error),
            }
        }
        removed
    }

    /// Removes the packs with calls that started before an instant, and those that cannot be read. To be called after the
    /// calls were removed. Returns the number of removed packs.
    ///
    /// # Errors
    /// If they cannot be listed, or one cannot be removed. The others are removed.
    pub fn remove_before(&self, floor: Timestamp) -> Result<u64, PortError> {
        let (mut packs, mut removed) = (0, Ok(()));
        for pack in self.packs.list()? {
            let holds_older = match self.packs.open(&pack.name) {
                Ok(file) => PackReader::open(file)
                    .map_or(true, |reader| reader.index().earliest().is_some_and(|earliest| earliest < floor)),
                Err(PortError::NotFound { .. }) => false,
                Err(error) => {
                    removed = Err(error);
                    continue;
                }
            };
            if holds_older {
                match self.packs.remove(&pack.name) {
                    Ok(()) => packs += 1,
                    Err(error) => removed = Err(error),
                }
            }
        }
        removed.map(|()| packs)
    }

    /// Removes all packs if an error says that the disk is full: finished files come first.
    pub(crate) fn give_way(&self, error: &(dyn Error + 'static)) {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let io = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if matches!(io, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
                let nothing = KeptBlocks { most: 0, ..self.clone() };
                match nothing.shrink() {
                    Ok(()) => tracing::warn!("the disk is full: kept blocks were removed"),
                    Err(error) => tracing::warn!(error = %chain(&error), "kept blocks could not be removed"),
                }
                return;
            }
            cause = error.source();
        }
    }

    /// Removes what writers that crashed have left, and what takes too much room.
    ///
    /// # Errors
    /// As [`KeptBlocks::shrink`].
    pub fn tidy(&self) -> Result<(), PortError> {
        self.packs.clear()?;
        self.shrink()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::Arc;

    use cdr_model::PortError;

    use super::KeptBlocks;
    use crate::kept::PackStore;
    use crate::{MediationError, MemoryPacks};

    #[test]
    fn kept_blocks_give_way_to_files_on_a_full_disk() {
        let packs = MemoryPacks::default();
        let kept = KeptBlocks::new(Arc::new(packs.clone()), 1 << 20);
        let failed = |kind: io::ErrorKind| {
            let full = PortError::unavailable("the file cannot be written", io::Error::from(kind));
            MediationError::Port(PortError::PassedOn(io::Error::other(full)))
        };
        for name in ["a", "b"] {
            let mut pack = packs.begin(name).unwrap();
            pack.write_all(b"block").unwrap();
            pack.publish().unwrap();
        }
        kept.give_way(&failed(io::ErrorKind::TimedOut));
        assert_eq!(packs.list().unwrap().len(), 2);
        kept.give_way(&failed(io::ErrorKind::StorageFull));
        assert_eq!(packs.list().unwrap(), []);
    }
}
