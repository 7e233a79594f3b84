//! Atomic writing of files: a file is written under a temporary name, flushed to disk, and renamed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use cdr_mediation::UNFINISHED;

use crate::error::{DeliveryError, Doing};

/// A file that is being written under a temporary name. If it is dropped before it is published, the temporary file is
/// removed. If the process is killed, the temporary file remains, and the next delivery to the same target reuses it.
#[derive(Debug)]
pub struct Delivery {
    target: PathBuf,
    passing: PathBuf,
    file: BufWriter<File>,
    mode: u32,
    replace: bool,
    published: bool,
}

impl Delivery {
    /// Starts a file that will be named `target`. With `replace`, publishing it replaces an existing file.
    ///
    /// # Errors
    /// If the file exists and `replace` is false, if another delivery to it is in progress, or if the folder is not
    /// writable.
    pub fn begin(target: &Path, replace: bool) -> Result<Delivery, DeliveryError> {
        // The usual permissions, which the umask restricts.
        Delivery::begin_with_mode(target, replace, 0o666)
    }

    /// Like [`Delivery::begin`], with the permissions of the file.
    ///
    /// # Errors
    /// As for [`Delivery::begin`].
    pub(crate) fn begin_with_mode(target: &Path, replace: bool, mode: u32) -> Result<Delivery, DeliveryError> {
        if !replace && target.exists() {
            return Err(DeliveryError::Exists { path: target.to_owned() });
        }
        let name = target.file_name().ok_or_else(|| DeliveryError::NoName { path: target.to_owned() })?;
        let passing = target.with_file_name(format!("{}{UNFINISHED}", name.to_string_lossy()));
        let file = open_alone(&passing, target, mode)?;
        file.set_len(0).doing(|| format!("{} cannot be written", passing.display()))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        Ok(Delivery { target: target.to_owned(), passing, file, mode, replace, published: false })
    }

    /// The writer for the content of the file.
    pub fn writer(&mut self) -> &mut (impl Write + use<>) {
        &mut self.file
    }

    /// Flushes the file to disk and renames it to its final name, with a companion file (the receipt) beside it. The
    /// companion is published before the file, and an old file is removed before its companion is replaced. A reader of
    /// the file therefore always finds the matching companion.
    ///
    /// # Errors
    /// If the disk is full or the folder is not writable. The file does not have its final name then.
    pub fn publish(mut self, companion: Option<(&Path, &str)>) -> Result<(), DeliveryError> {
        let target = self.target.clone();
        let failed = || format!("{} could not be written completely", target.display());
        self.file.flush().doing(failed)?;
        self.file.get_ref().sync_all().doing(failed)?;
        if let Some((path, text)) = companion {
            let mut other = Delivery::begin_with_mode(path, true, self.mode)?;
            other.writer().write_all(text.as_bytes()).doing(failed)?;
            if self.replace {
                remove_if_there(&self.target).doing(|| format!("{} cannot be replaced", self.target.display()))?;
            }
            other.publish(None)?;
        }
        fs::rename(&self.passing, &self.target).doing(failed)?;
        self.published = true;
        sync_folder(&self.target)
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.published {
            // An error is ignored, because a temporary file that remains does not affect readers.
            let _ = fs::remove_file(&self.passing);
        }
    }
}

/// Removes a file, if it exists.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens the temporary file and locks it, so that two deliveries never write to the same file. After locking, it checks
/// that the name still refers to the locked file, since another process may have published it in between.
fn open_alone(passing: &Path, target: &Path, mode: u32) -> Result<File, DeliveryError> {
    loop {
        let open = OpenOptions::new().create(true).write(true).truncate(false).mode(mode).open(passing);
        let file = open.doing(|| format!("{} cannot be written", passing.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DeliveryError::Busy { path: target.to_owned() }),
            Err(TryLockError::Error(error)) => {
                return Err(error).doing(|| format!("{} cannot be locked", passing.display()));
            }
        }
        let ours = file.metadata().doing(|| format!("{} cannot be read", passing.display()))?;
        if fs::metadata(passing).is_ok_and(|named| named.ino() == ours.ino() && named.dev() == ours.dev()) {
            return Ok(file);
        }
    }
}

/// Flushes the folder of a file, which makes a rename durable.
fn sync_folder(file: &Path) -> Result<(), DeliveryError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.doing(|| format!("the folder {} cannot be flushed to disk", folder.display()))
}
