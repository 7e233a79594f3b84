//! Files that appear whole or not at all: written under a passing name, flushed to disk, and renamed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use cdr_mediation::UNFINISHED;

use crate::error::{DeliveryError, Doing};

/// A file on its way to its final name. Dropped before it is published, it leaves nothing behind; killed, it leaves only
/// the passing name, which the next delivery to the same place takes over.
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
    /// Begins a file that will be called `target`. With `replace`, one that is there gives way when the new one is whole.
    ///
    /// # Errors
    /// When there is such a file, another delivery to it is under way, or the folder cannot be written.
    pub fn begin(target: &Path, replace: bool) -> Result<Delivery, DeliveryError> {
        // As every other program: what the umask leaves of it.
        Delivery::begin_with_mode(target, replace, 0o666)
    }

    /// The same, with the rights that the file will have.
    ///
    /// # Errors
    /// As [`Delivery::begin`].
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

    /// Where to write.
    pub fn writer(&mut self) -> &mut (impl Write + use<>) {
        &mut self.file
    }

    /// Flushes the file to disk and gives it its name, with a companion (the receipt) beside it. The companion is there
    /// before the file is, and an old file is gone before its companion is: whoever sees the file sees what belongs to it.
    ///
    /// # Errors
    /// When the disk is full or the folder cannot be written; nothing has its final name then.
    pub fn publish(mut self, companion: Option<(&Path, &str)>) -> Result<(), DeliveryError> {
        let target = self.target.clone();
        let failed = || format!("{} could not be written to the end", target.display());
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
            // What is not published is not wanted; that it could not be removed changes nothing for the reader.
            let _ = fs::remove_file(&self.passing);
        }
    }
}

/// Removes a file; one that is not there is removed already.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens the passing file and locks it, so that two deliveries never write to one name. What was locked has to be what
/// the name still means: another process may have published it between the two.
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

/// A rename is on disk once its folder is.
fn sync_folder(file: &Path) -> Result<(), DeliveryError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.doing(|| format!("the folder {} cannot be flushed to disk", folder.display()))
}
