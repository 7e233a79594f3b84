//! Tests of leftovers: those of killed processes go, all other files stay.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::thread;

use crate::{begin_passing, remove_leftovers};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn leftovers_are_removed_and_files_in_use_are_not() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let used = begin_passing(folder).unwrap();
    let name = used.path().file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(fs::metadata(used.path()).unwrap().permissions().mode() & 0o777, 0o600);
    fs::write(folder.join(format!("{name}-journal")), "in use too").unwrap();
    for left in [".tollbook-aB3xYz.part", ".tollbook-aB3xYz.part-journal", ".tollbook-000000.part-wal"] {
        fs::write(folder.join(left), "secrets").unwrap();
    }
    let others =
        [".tollbook-spool", ".tollbook-abc.part", ".tollbook-abcd_f.part", "tollbook-abcdef.part", "calls.part"];
    for other in others {
        fs::write(folder.join(other), "").unwrap();
    }
    symlink(folder.join("calls.part"), folder.join(".tollbook-linked.part")).unwrap();
    fs::hard_link(folder.join("calls.part"), folder.join(".tollbook-hardly.part")).unwrap();
    assert_eq!(remove_leftovers(folder), 1);
    let mut expected = others.map(str::to_owned).to_vec();
    expected.extend([".tollbook-hardly.part".to_owned(), ".tollbook-linked.part".to_owned()]);
    expected.extend([name.clone(), format!("{name}-journal")]);
    expected.sort();
    assert_eq!(names(folder), expected);
    drop(used);
    assert_eq!(remove_leftovers(folder), 0);
    assert!(!names(folder).contains(&format!("{name}-journal")), "its process has ended");
    assert_eq!(remove_leftovers(&folder.join("missing")), 0);
}

#[test]
fn files_are_begun_while_leftovers_are_removed() {
    let place = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        let makers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let file = begin_passing(place.path()).unwrap();
                        assert!(file.path().exists());
                    }
                })
            })
            .collect();
        while makers.iter().any(|maker| !maker.is_finished()) {
            remove_leftovers(place.path());
        }
    });
    assert_eq!(names(place.path()), [""; 0]);
}
