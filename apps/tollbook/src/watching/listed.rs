//! The files that watched paths name.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf, absolute};

/// A device and a file on it.
pub(super) type Inode = (u64, u64);

/// The regular files that paths name, each once. A path that does not exist yet names none, and so does a broken link.
///
/// # Errors
/// If a folder cannot be read.
pub(super) fn files(paths: &[String]) -> io::Result<BTreeMap<PathBuf, Metadata>> {
    let mut files = BTreeMap::new();
    for path in paths {
        let path = absolute(path)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.contains(['*', '?'])
            && let Some(folder) = path.parent()
        {
            files.extend(in_folder(folder, &name)?);
        } else if path.is_dir() {
            files.extend(in_folder(&path, "*")?);
        } else if let Ok(found) = fs::metadata(&path) {
            files.extend(found.is_file().then_some((path, found)));
        }
    }
    Ok(files)
}

/// The name of a file in a folder, if the file is there.
pub(super) fn named(folder: &Path, inode: Inode) -> Option<(PathBuf, Metadata)> {
    let files = in_folder(folder, "*").ok()?;
    files.into_iter().find(|(_, found)| inode_of(found) == inode)
}

pub(super) fn inode_of(found: &Metadata) -> Inode {
    (found.dev(), found.ino())
}

/// The regular files in a folder whose names a pattern matches.
fn in_folder(folder: &Path, pattern: &str) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // rsync writes into a hidden file, which it renames.
        let is_hidden = name.starts_with('.') && !pattern.starts_with('.');
        if !is_hidden
            && matches(pattern.as_bytes(), name.as_bytes())
            && let Ok(found) = fs::metadata(&path)
            && found.is_file()
        {
            files.push((path, found));
        }
    }
    Ok(files)
}

/// Whether a name is as a pattern says: `*` stands for any text, `?` for one byte.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    // The last star, and how far it reaches.
    let mut star: Option<(usize, usize)> = None;
    while place < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[place] => (at, place) = (at + 1, place + 1),
            _ => {
                let Some((before, reach)) = star else { return false };
                star = Some((before, reach + 1));
                (at, place) = (before + 1, reach + 1);
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, is_match) in [
            ("Master.csv*", "Master.csv", true),
            ("Master.csv*", "Master.csv.1.gz", true),
            ("Master.csv*", "xMaster.csv", false),
            ("cdr_*_0?_*", "cdr_Site-1_01_2026", true),
            ("cdr_*_0?_*", "cdr_Site-1_11_2026", false),
            ("*a*b", "aab", true),
            ("*a*b", "aba", false),
            ("?", "", false),
            ("*", "", true),
            ("**.c?v", "a.csv", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), is_match, "{pattern} {name}");
        }
    }
}
