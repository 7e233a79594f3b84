//! Tests of taking over: a planted file is never written to.

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::{NotOurs, Taken, take_over};

fn taken(path: &Path) -> fs::File {
    match take_over(path, 0o600).unwrap() {
        Taken::Ours(file) => file,
        Taken::Busy => panic!("{} is busy", path.display()),
    }
}

/// What is planted, how, and why it is refused.
type Plant<'a> = (&'static str, &'a dyn Fn(&Path), &'static str);

#[test]
fn a_file_is_created_or_taken_over_with_its_content() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    taken(&path).write_all(b"left").unwrap();
    let mut text = String::new();
    taken(&path).read_to_string(&mut text).unwrap();
    assert_eq!(text, "left");
}

#[test]
fn a_locked_file_is_busy() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    let first = taken(&path);
    assert!(matches!(take_over(&path, 0o600).unwrap(), Taken::Busy));
    drop(first);
    taken(&path);
}

#[test]
fn what_others_have_planted_is_refused_and_unchanged() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("target");
    fs::write(&target, "precious").unwrap();
    fs::set_permissions(&target, Permissions::from_mode(0o600)).unwrap();
    let plant: [Plant<'_>; 6] = [
        ("a link", &|path| symlink(&target, path).unwrap(), "it is a symbolic link"),
        ("a link to nothing", &|path| symlink(place.path().join("nothing"), path).unwrap(), "it is a symbolic link"),
        ("a link to a folder", &|path| symlink(place.path(), path).unwrap(), "it is a symbolic link"),
        ("another name of a file", &|path| fs::hard_link(&target, path).unwrap(), "it has more than one name"),
        ("a folder", &|path| fs::create_dir(path).unwrap(), "it is not a regular file"),
        // Not by a program: until it runs, the process that becomes it has the locks of all other tests.
        ("a pipe", &|path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap(), "it is not a regular file"),
    ];
    for (what, plant, why) in plant {
        let path = place.path().join(what);
        plant(&path);
        assert_eq!(take_over(&path, 0o600).unwrap_err().to_string(), why, "{what}");
        assert!(fs::symlink_metadata(&path).is_ok(), "{what} is still there");
    }
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    assert!(!place.path().join("nothing").exists());
}

#[test]
fn a_file_of_another_user_is_refused() {
    // Only root can give a file away.
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    fs::write(&path, "theirs").unwrap();
    if std::os::unix::fs::chown(&path, Some(65_534), None).is_ok() {
        assert!(matches!(take_over(&path, 0o600), Err(NotOurs::Owner)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }
}

#[test]
fn a_missing_folder_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    let missing = take_over(&place.path().join("no/file"), 0o600);
    assert!(matches!(missing, Err(NotOurs::File(error)) if error.kind() == std::io::ErrorKind::NotFound));
}
