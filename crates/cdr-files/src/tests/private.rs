//! Tests of permissions.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::{close_to_others, create_private_file, create_private_folder};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn created_folders_and_files_are_closed_to_others() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("a/b");
    create_private_folder(&folder).unwrap();
    create_private_file(&folder.join("file")).unwrap();
    assert_eq!((mode(&place.path().join("a")), mode(&folder), mode(&folder.join("file"))), (0o700, 0o700, 0o600));
}

#[test]
fn a_folder_that_exists_is_not_changed() {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    create_private_folder(place.path()).unwrap();
    assert_eq!(mode(place.path()), 0o755);
    fs::write(place.path().join("file"), "").unwrap();
    assert!(create_private_folder(&place.path().join("file")).is_err());
    assert!(create_private_folder(&place.path().join("file/below")).is_err());
}

#[test]
fn a_name_that_exists_is_not_created_again() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("file"), "theirs").unwrap();
    symlink(place.path().join("nothing"), place.path().join("link")).unwrap();
    for name in ["file", "link"] {
        let error = create_private_file(&place.path().join(name)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{name}");
    }
    assert!(!place.path().join("nothing").exists());
}

#[test]
fn what_is_open_is_closed_and_nothing_else_is_changed() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("file");
    assert_eq!(close_to_others(&path).unwrap(), None, "it does not exist");
    fs::write(&path, "").unwrap();
    for (before, found, after) in [
        (0o644, Some(0o644), 0o600),
        (0o666, Some(0o666), 0o600),
        (0o640, Some(0o640), 0o600),
        (0o601, Some(0o601), 0o600),
        (0o444, Some(0o444), 0o400),
        (0o755, Some(0o755), 0o700),
        (0o600, None, 0o600),
        (0o400, None, 0o400),
    ] {
        fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
        assert_eq!(close_to_others(&path).unwrap(), found, "{before:o}");
        assert_eq!(mode(&path), after, "{before:o}");
    }
}
