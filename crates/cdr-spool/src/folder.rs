//! Storage of finished files in a folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use cdr_files::{FILE_MODE, NotOurs, Taken, close_with_warning, create_private_folder, take_over};
use cdr_mediation::{PortError, Spool, SpoolRead, SpoolWrite, UNFINISHED, check_key};

use crate::delivery::{Access, Delivery, remove_if_there};
use crate::error::{failed, interrupted, undelivered};
use crate::folder_packs::KEPT_BLOCKS;

/// The bytes that a check writes.
const PROBE: usize = 64 * 1024;

/// The file that marks a folder as a spool. It is locked while a file is started or abandoned files are removed. Its
/// name is not a valid key. Only [`FolderSpool::open`] makes it: without it a folder is not the one that was opened, for
/// instance the mount point of a volume that is not mounted.
const MARK: &str = ".tollbook-spool";

/// Finished files in a dedicated folder, which any number of processes may share. Files are written in the same folder
/// under a temporary name and are locked until their writer ends.
#[derive(Clone, Debug)]
pub struct FolderSpool {
    folder: PathBuf,
}

impl FolderSpool {
    /// A spool in this folder, which is created if it does not exist. Files contain personal data, so the folder and its
    /// files are closed to other users.
    ///
    /// # Errors
    /// [`PortError::Refused`] if the folder contains other files, because a spool removes files that belong to no
    /// export. [`PortError::Failed`] if the folder can neither be created nor read.
    pub fn open(folder: impl AsRef<Path>) -> Result<FolderSpool, PortError> {
        let folder = folder.as_ref();
        let spool = FolderSpool { folder: folder.to_owned() };
        let created = create_private_folder(folder);
        created.map_err(|error| failed(format!("the folder {} cannot be created", folder.display()), error))?;
        // The mark is checked after the names: if another process creates the spool in between, its files are not seen
        // without its mark.
        let unread = |error| failed(format!("the folder {} cannot be read", folder.display()), error);
        let others = spool.names().map_err(unread)?.iter().any(|name| name != KEPT_BLOCKS);
        if others && !folder.join(MARK).exists() {
            return Err(PortError::Refused(format!(
                "the folder {} contains other files; a spool needs a folder of its own, because it removes files that \
                 belong to no export: choose an empty or a new folder",
                folder.display()
            )));
        }
        let made = spool.mark(true);
        made.map_err(|error| failed(format!("{} cannot be written", folder.join(MARK).display()), error))?;
        spool.close().map_err(unread)?;
        Ok(spool)
    }

    /// Closes the folder and its files to other users, with a line in the log for each that was open.
    fn close(&self) -> io::Result<()> {
        close_with_warning(&self.folder);
        for path in self.names()?.into_iter().map(|name| self.folder.join(name)) {
            // A link could lead to any file of this user.
            if fs::symlink_metadata(&path).is_ok_and(|entry| entry.is_file()) {
                close_with_warning(&path);
            }
        }
        Ok(())
    }

    /// Opens the mark for locking, and makes it if it may.
    fn mark(&self, may_make: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.create(may_make).write(true).truncate(false).mode(FILE_MODE).custom_flags(cdr_files::NO_LINK);
        options.open(self.folder.join(MARK))
    }

    /// Fails if the mark is gone, and the folder with it or the volume that it was on.
    fn check_mark(&self) -> Result<(), PortError> {
        fs::symlink_metadata(self.folder.join(MARK)).map(drop).map_err(|error| self.without_mark(error))
    }

    /// The error for a mark that cannot be opened.
    fn without_mark(&self, error: io::Error) -> PortError {
        let folder = self.folder.display();
        let what = match error.kind() {
            io::ErrorKind::NotFound => {
                format!("the spool folder {folder} has lost its file {MARK}: its volume may not be mounted")
            }
            _ => format!("{folder}/{MARK} cannot be opened"),
        };
        interrupted(what, error)
    }

    /// As [`interrupted`], unless the mark is gone, which explains it better.
    fn interrupted(&self, what: String, error: io::Error) -> PortError {
        self.check_mark().err().unwrap_or_else(|| interrupted(what, error))
    }

    /// Locks the mark until the result is dropped.
    fn hold(&self, lock: fn(&File) -> io::Result<()>) -> Result<File, PortError> {
        let mark = self.mark(false).map_err(|error| self.without_mark(error))?;
        match lock(&mark) {
            Ok(()) => Ok(mark),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => self.hold(lock),
            Err(error) => Err(interrupted(format!("{} cannot be locked", self.folder.join(MARK).display()), error)),
        }
    }

    fn path(&self, key: &str) -> Result<PathBuf, PortError> {
        Ok(self.folder.join(check_key(key)?))
    }

    /// The names of all entries of the folder.
    fn names(&self) -> io::Result<Vec<String>> {
        fs::read_dir(&self.folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    /// The same while the spool is open.
    fn names_now(&self) -> Result<Vec<String>, PortError> {
        self.check_mark()?;
        let unread = |error| interrupted(format!("the folder {} cannot be read", self.folder.display()), error);
        self.names().map_err(unread)
    }

    /// Removes a temporary file, unless its writer is still running. The caller holds the exclusive lock, so no file is
    /// started in the meantime.
    fn remove_dead(&self, path: &Path) -> io::Result<()> {
        match take_over(path, FILE_MODE) {
            // The writer has ended, or has just published the file, in which case this is a new file.
            Ok(Taken::Ours(_held)) => remove_if_there(path),
            Ok(Taken::Busy) => Ok(()),
            Err(NotOurs::File(error)) => Err(error),
            // It was not made by a spool.
            Err(_) => Ok(()),
        }
    }
}

impl Spool for FolderSpool {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let target = self.path(key)?;
        // A temporary file looks abandoned until it is locked. The shared lock keeps `clear` from removing it before
        // that.
        let _held = self.hold(File::lock_shared)?;
        let delivery = Delivery::begin_for(&target, true, Access::Owner).map_err(undelivered)?;
        Ok(Box::new(FolderFile { spool: self.clone(), delivery, target }))
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        let path = self.path(key)?;
        match File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Without the mark, nothing is known about the file.
                self.check_mark()?;
                Err(PortError::NotFound { what: "file", name: key.to_owned() })
            }
            Err(error) => Err(self.interrupted(format!("{} cannot be read", path.display()), error)),
        }
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        let path = self.path(key)?;
        remove_if_there(&path).map_err(|error| self.interrupted(format!("{} cannot be removed", path.display()), error))
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        let mut keys = self.names_now()?;
        keys.retain(|name| check_key(name).is_ok() && self.folder.join(name).is_file());
        keys.sort_unstable();
        Ok(keys)
    }

    /// Writes and flushes a file without a name, if the mark is there.
    fn check(&self) -> Result<(), PortError> {
        self.check_mark()?;
        let written = tempfile::tempfile_in(&self.folder).and_then(|mut file| {
            file.write_all(&[0; PROBE])?;
            file.sync_data()
        });
        written
            .map_err(|error| self.interrupted(format!("the folder {} cannot be written", self.folder.display()), error))
    }

    fn clear(&self) -> Result<(), PortError> {
        let _held = self.hold(File::lock)?;
        let ours = |name: &&String| name.strip_suffix(UNFINISHED).is_some_and(|key| check_key(key).is_ok());
        for path in
            self.names_now()?.iter().filter(ours).map(|name| self.folder.join(name)).filter(|path| path.is_file())
        {
            let removed = self.remove_dead(&path);
            removed.map_err(|error| self.interrupted(format!("{} cannot be removed", path.display()), error))?;
        }
        Ok(())
    }
}

/// A file that is being written.
struct FolderFile {
    spool: FolderSpool,
    delivery: Delivery,
    target: PathBuf,
}

impl FolderFile {
    /// The error of a port in an I/O error, which tells the worker whether it may pass.
    fn unwritten(&self, error: io::Error) -> io::Error {
        io::Error::other(self.spool.interrupted(format!("{} cannot be written", self.target.display()), error))
    }
}

impl Write for FolderFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.delivery.writer().write(bytes).map_err(|error| self.unwritten(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.delivery.writer().flush().map_err(|error| self.unwritten(error))
    }
}

impl SpoolWrite for FolderFile {
    fn publish(self: Box<Self>) -> Result<(), PortError> {
        let FolderFile { spool, delivery, target } = *self;
        // The volume may have gone between the check and the start of the file.
        spool.check_mark()?;
        delivery.publish(None).map_err(|error| {
            // The file may already have its name without being durable, so it is removed.
            let _ = remove_if_there(&target);
            spool.check_mark().err().unwrap_or_else(|| undelivered(error))
        })
    }
}
