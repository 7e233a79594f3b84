//! Storage of kept blocks in a folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use cdr_files::{begin_passing, close_with_warning, create_private_folder, remove_leftovers};
use cdr_mediation::{PackFile, PackStore, PortError, SpoolRead, SpoolWrite, Timestamp, check_key};
use tempfile::NamedTempFile;

use crate::delivery::remove_if_there;
use crate::error::interrupted;

/// The folder in that of a spool. Its name is not a valid key of a file, so no spool removes it. It may be there before the
/// spool is.
pub(crate) const KEPT_BLOCKS: &str = ".blocks";

/// Kept blocks in a folder, which any number of processes may share. They contain personal data, so the folder and its files
/// are closed to other users. They are not flushed to the disk: a file that a crash has damaged is made anew.
#[derive(Clone, Debug)]
pub struct FolderPacks {
    folder: PathBuf,
}

impl FolderPacks {
    /// The kept blocks beside the files of a spool in this folder. Nothing is created before the first ones are written.
    pub fn beside(spool: impl AsRef<Path>) -> FolderPacks {
        FolderPacks { folder: spool.as_ref().join(KEPT_BLOCKS) }
    }

    fn path(&self, name: &str) -> Result<PathBuf, PortError> {
        Ok(self.folder.join(check_key(name)?))
    }

    fn interrupted(&self, what: &str, error: io::Error) -> PortError {
        interrupted(format!("the kept blocks in {} cannot be {what}", self.folder.display()), error)
    }

    /// The files in the folder. Empty if the folder does not exist.
    fn files(&self) -> io::Result<Vec<PackFile>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            let (Ok(name), Ok(meta)) = (entry.file_name().into_string(), entry.metadata()) else { continue };
            if meta.is_file() && check_key(&name).is_ok() {
                let used_at = meta.modified().map_or(Timestamp::MIN, instant);
                files.push(PackFile { name, bytes: meta.len(), used_at });
            }
        }
        Ok(files)
    }
}

impl PackStore for FolderPacks {
    fn begin(&self, name: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let target = self.path(name)?;
        let begun = create_private_folder(&self.folder).and_then(|()| {
            close_with_warning(&self.folder);
            begin_passing(&self.folder)
        });
        let file = begun.map_err(|error| self.interrupted("written", error))?;
        Ok(Box::new(PackFileWriter { packs: self.clone(), file: BufWriter::with_capacity(1 << 18, file), target }))
    }

    fn open(&self, name: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        match File::open(self.path(name)?) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(PortError::NotFound { what: "pack", name: name.to_owned() })
            }
            Err(error) => Err(self.interrupted("read", error)),
        }
    }

    fn note_use(&self, name: &str) -> Result<(), PortError> {
        let noted = File::open(self.path(name)?).and_then(|file| file.set_modified(SystemTime::now()));
        noted.map_err(|error| self.interrupted("read", error))
    }

    fn remove(&self, name: &str) -> Result<(), PortError> {
        remove_if_there(&self.path(name)?).map_err(|error| self.interrupted("removed", error))
    }

    fn list(&self) -> Result<Vec<PackFile>, PortError> {
        self.files().map_err(|error| self.interrupted("listed", error))
    }

    fn clear(&self) -> Result<(), PortError> {
        remove_leftovers(&self.folder);
        Ok(())
    }
}

/// A pack that is being written.
struct PackFileWriter {
    packs: FolderPacks,
    file: BufWriter<NamedTempFile>,
    target: PathBuf,
}

impl Write for PackFileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl SpoolWrite for PackFileWriter {
    fn publish(self: Box<Self>) -> Result<(), PortError> {
        let PackFileWriter { packs, file, target } = *self;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        let published = file.and_then(|file| file.persist(&target).map_err(io::Error::from));
        published.map(drop).map_err(|error| packs.interrupted("written", error))
    }
}

fn instant(time: SystemTime) -> Timestamp {
    let micros = |since: std::time::Duration| i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(match time.duration_since(UNIX_EPOCH) {
        Ok(since) => micros(since),
        Err(before) => micros(before.duration()).saturating_neg(),
    })
}
