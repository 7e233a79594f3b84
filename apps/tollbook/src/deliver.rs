//! Files that appear whole or not at all: written under a passing name, flushed to disk, and renamed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{BufWriter, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A file on its way to its final name. Dropped before it is published, it leaves nothing behind; killed, it leaves only
/// the passing name, which the next delivery to the same place takes over.
#[derive(Debug)]
pub(crate) struct Delivery {
    target: PathBuf,
    passing: PathBuf,
    file: BufWriter<File>,
    replace: bool,
    published: bool,
}

impl Delivery {
    /// Begins a file that will be called `target`. With `replace`, one that is there gives way when the new one is whole.
    ///
    /// # Errors
    /// When there is such a file, another delivery to it is under way, or the folder cannot be written.
    pub(crate) fn begin(target: &Path, replace: bool) -> anyhow::Result<Delivery> {
        if !replace && target.exists() {
            bail!("{} is there already; --replace puts the new one in its place", target.display());
        }
        let name = target.file_name().with_context(|| format!("{} is no file name", target.display()))?;
        let passing = target.with_file_name(format!("{}.part", name.to_string_lossy()));
        let file = open_alone(&passing, target)?;
        file.set_len(0).with_context(|| format!("{} cannot be written", passing.display()))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        Ok(Delivery { target: target.to_owned(), passing, file, replace, published: false })
    }

    /// Where to write.
    pub(crate) fn writer(&mut self) -> &mut (impl Write + use<>) {
        &mut self.file
    }

    /// Flushes the file to disk and gives it its name, with a companion (the receipt) beside it. The companion is there
    /// before the file is, and an old file is gone before its companion is: whoever sees the file sees what belongs to it.
    ///
    /// # Errors
    /// When the disk is full or the folder cannot be written; nothing has its final name then.
    pub(crate) fn publish(mut self, companion: Option<(&Path, &str)>) -> anyhow::Result<()> {
        let target = self.target.clone();
        let failed = || format!("{} could not be written to the end", target.display());
        self.file.flush().with_context(failed)?;
        self.file.get_ref().sync_all().with_context(failed)?;
        if let Some((path, text)) = companion {
            let mut other = Delivery::begin(path, true)?;
            other.writer().write_all(text.as_bytes()).with_context(failed)?;
            if self.replace {
                remove_if_there(&self.target)?;
            }
            other.publish(None)?;
        }
        fs::rename(&self.passing, &self.target).with_context(failed)?;
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

/// Opens the passing file and locks it, so that two deliveries never write to one name. What was locked has to be what
/// the name still means: another process may have published it between the two.
fn open_alone(passing: &Path, target: &Path) -> anyhow::Result<File> {
    loop {
        let open = OpenOptions::new().create(true).write(true).truncate(false).open(passing);
        let file = open.with_context(|| format!("{} cannot be written", passing.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("another process is writing {} at this moment", target.display()),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("{} cannot be locked", passing.display()));
            }
        }
        let ours = file.metadata().with_context(|| format!("{} cannot be read", passing.display()))?;
        if fs::metadata(passing).is_ok_and(|named| named.ino() == ours.ino() && named.dev() == ours.dev()) {
            return Ok(file);
        }
    }
}

fn remove_if_there(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be replaced", path.display()))
        }
        _ => Ok(()),
    }
}

/// A rename is on disk once its folder is.
fn sync_folder(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("the folder {} cannot be flushed to disk", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::Delivery;

    #[test]
    fn a_file_has_its_name_only_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("calls.zip");
        let mut delivery = Delivery::begin(&target, false).unwrap();
        delivery.writer().write_all(b"half").unwrap();
        assert!(!target.exists());
        let second = Delivery::begin(&target, false).unwrap_err().to_string();
        assert!(second.contains("another process is writing"), "{second}");
        drop(delivery);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "an unpublished file leaves nothing behind");
    }

    #[test]
    fn an_old_file_gives_way_only_when_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let (target, receipt) = (folder.path().join("calls.zip"), folder.path().join("calls.zip.receipt.json"));
        for (replace, text) in [(false, "one"), (true, "two")] {
            let mut delivery = Delivery::begin(&target, replace).unwrap();
            delivery.writer().write_all(text.as_bytes()).unwrap();
            delivery.publish(Some((&receipt, text))).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), text);
            assert_eq!(fs::read_to_string(&receipt).unwrap(), text);
        }
        assert!(Delivery::begin(&target, false).unwrap_err().to_string().contains("--replace"));
    }

    #[test]
    fn what_a_killed_process_left_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("calls.csv");
        fs::write(folder.path().join("calls.csv.part"), "the long rest of an earlier attempt").unwrap();
        let mut delivery = Delivery::begin(&target, false).unwrap();
        delivery.writer().write_all(b"whole").unwrap();
        delivery.publish(None).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "whole");
    }
}
