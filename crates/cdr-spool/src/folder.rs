//! Finished files, kept in one folder.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use cdr_mediation::{PortError, Spool, SpoolRead, SpoolWrite, UNFINISHED, check_key};

use crate::delivery::{Delivery, remove_if_there};
use crate::error::{failed, undelivered};

/// Files hold personal data: nobody but the server reads them.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Marks a folder as a spool, and is locked while somebody begins a file or looks for what the dead left. It is no key.
const MARK: &str = ".tollbook-spool";

/// Finished files in a folder of its own, which any number of processes may share. They are written beside the others
/// under a passing name, which is locked for as long as its writer lives.
#[derive(Clone, Debug)]
pub struct FolderSpool {
    folder: PathBuf,
}

impl FolderSpool {
    /// Over this folder, which is made if it is not there, readable by nobody else.
    ///
    /// # Errors
    /// [`PortError::Refused`] for a folder that other things are kept in: a spool removes what belongs to no export. When
    /// the folder can be neither made nor read.
    pub fn open(folder: impl AsRef<Path>) -> Result<FolderSpool, PortError> {
        let folder = folder.as_ref();
        let spool = FolderSpool { folder: folder.to_owned() };
        let made = DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder);
        made.map_err(|error| failed(format!("the folder {} cannot be made", folder.display()), error))?;
        // The names first, the mark after: who sees a file of a spool that was made meanwhile sees its mark too.
        let others = !spool.names()?.is_empty();
        if others && !folder.join(MARK).exists() {
            return Err(PortError::Refused(format!(
                "the folder {} holds other files; a spool needs a folder of its own, because it removes what belongs to \
                 no export: name one that is empty or not there yet",
                folder.display()
            )));
        }
        spool.mark()?;
        Ok(spool)
    }

    /// The mark, opened to be locked.
    fn mark(&self) -> Result<File, PortError> {
        let path = self.folder.join(MARK);
        let mark = OpenOptions::new().create(true).write(true).truncate(false).mode(FILE_MODE).open(&path);
        mark.map_err(|error| failed(format!("{} cannot be written", path.display()), error))
    }

    /// The mark, locked until it is dropped.
    fn hold(&self, lock: fn(&File) -> io::Result<()>) -> Result<File, PortError> {
        let mark = self.mark()?;
        match lock(&mark) {
            Ok(()) => Ok(mark),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.hold(lock),
            Err(error) => Err(failed(format!("{} cannot be locked", self.folder.join(MARK).display()), error)),
        }
    }

    fn path(&self, key: &str) -> Result<PathBuf, PortError> {
        Ok(self.folder.join(check_key(key)?))
    }

    /// The names of all files in the folder, whatever they are.
    fn names(&self) -> Result<Vec<String>, PortError> {
        let unread = |error| failed(format!("the folder {} cannot be read", self.folder.display()), error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(unread)? {
            names.push(entry.map_err(unread)?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    /// Removes what has a passing name, unless its writer lives. Nobody begins a file meanwhile.
    fn remove_dead(&self, path: &Path) -> io::Result<()> {
        let file = match OpenOptions::new().write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            file => file?,
        };
        match file.try_lock() {
            // Its writer is dead, or has just published it: then nothing has the passing name any more.
            Ok(()) => remove_if_there(path),
            Err(TryLockError::WouldBlock) => Ok(()),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Spool for FolderSpool {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let target = self.path(key)?;
        // Between the making of a passing name and its lock it looks dead; whoever clears waits for that to be over.
        let _held = self.hold(File::lock_shared)?;
        let delivery = Delivery::begin_with_mode(&target, true, FILE_MODE).map_err(undelivered)?;
        Ok(Box::new(Growing { delivery, target }))
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        let path = self.path(key)?;
        match File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(PortError::NotFound { what: "file", name: key.to_owned() })
            }
            Err(error) => Err(failed(format!("{} cannot be read", path.display()), error)),
        }
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        let path = self.path(key)?;
        remove_if_there(&path).map_err(|error| failed(format!("{} cannot be removed", path.display()), error))
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        let mut keys = self.names()?;
        keys.retain(|name| check_key(name).is_ok() && self.folder.join(name).is_file());
        keys.sort_unstable();
        Ok(keys)
    }

    fn clear(&self) -> Result<(), PortError> {
        let _held = self.hold(File::lock)?;
        let ours = |name: &&String| name.strip_suffix(UNFINISHED).is_some_and(|key| check_key(key).is_ok());
        for path in self.names()?.iter().filter(ours).map(|name| self.folder.join(name)).filter(|path| path.is_file()) {
            let removed = self.remove_dead(&path);
            removed.map_err(|error| failed(format!("{} cannot be removed", path.display()), error))?;
        }
        Ok(())
    }
}

/// A file that is being written.
struct Growing {
    delivery: Delivery,
    target: PathBuf,
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.delivery.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.delivery.writer().flush()
    }
}

impl SpoolWrite for Growing {
    fn publish(self: Box<Self>) -> Result<(), PortError> {
        let Growing { delivery, target } = *self;
        delivery.publish(None).map_err(|error| {
            // The name may be there and yet be lost in a power cut: then it is better not to be there at all.
            let _ = remove_if_there(&target);
            undelivered(error)
        })
    }
}
