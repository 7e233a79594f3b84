//! What is in the folder, and what is not.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cdr_mediation::{PortError, Spool, SpoolWrite};
use tempfile::TempDir;

use crate::FolderSpool;

fn spool() -> (TempDir, FolderSpool) {
    let place = tempfile::tempdir().unwrap();
    let spool = FolderSpool::open(place.path().join("spool")).unwrap();
    (place, spool)
}

fn begun(spool: &FolderSpool, key: &str, text: &str) -> Box<dyn SpoolWrite> {
    let mut file = spool.begin(key).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn read(spool: &FolderSpool, key: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    spool.open(key).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn in_folder(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

#[test]
fn a_published_file_has_exactly_the_bytes_written() {
    let (_place, spool) = spool();
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut file = spool.begin("a").unwrap();
    for piece in bytes.chunks(70_001) {
        file.write_all(piece).unwrap();
    }
    assert!(matches!(spool.open("a"), Err(PortError::NotFound { .. })), "it is not there before it is whole");
    file.publish().unwrap();
    assert!(read(&spool, "a") == bytes);
}

#[test]
fn only_finished_files_are_listed() {
    let (place, spool) = spool();
    begun(&spool, "two", "2").publish().unwrap();
    begun(&spool, "one.zip", "1").publish().unwrap();
    let growing = begun(&spool, "three", "3");
    fs::create_dir(place.path().join("spool/folder")).unwrap();
    fs::write(place.path().join("spool/not a key"), "").unwrap();
    assert_eq!(spool.keys().unwrap(), ["one.zip", "two"]);
    growing.publish().unwrap();
    assert_eq!(spool.keys().unwrap(), ["one.zip", "three", "two"]);
}

#[test]
fn a_file_that_is_dropped_leaves_nothing() {
    let (place, spool) = spool();
    drop(begun(&spool, "a", "half"));
    assert_eq!(in_folder(&place.path().join("spool")), [""; 0]);
    begun(&spool, "a", "whole").publish().unwrap();
    drop(begun(&spool, "a", "another"));
    assert_eq!(read(&spool, "a"), b"whole");
}

#[test]
fn what_the_dead_left_is_cleared_and_what_the_living_write_is_not() {
    let (place, spool) = spool();
    let folder = place.path().join("spool");
    let mut living = begun(&spool, "living", "the beginning, ");
    begun(&spool, "finished", "whole").publish().unwrap();
    fs::write(folder.join("dead.part"), "as a killed process leaves it: its lock died with it").unwrap();
    fs::write(folder.join("not ours.part"), "").unwrap();
    fs::create_dir(folder.join("folder.part")).unwrap();
    // Another process that shares the folder does the clearing.
    FolderSpool::open(&folder).unwrap().clear().unwrap();
    assert_eq!(in_folder(&folder), ["finished", "folder.part", "living.part", "not ours.part"]);
    living.write_all(b"and the end").unwrap();
    living.publish().unwrap();
    assert_eq!(read(&spool, "living"), b"the beginning, and the end");
    spool.clear().unwrap();
    assert_eq!(in_folder(&folder), ["finished", "folder.part", "living", "not ours.part"]);
}

#[test]
fn what_the_dead_left_can_be_begun_anew() {
    let (place, spool) = spool();
    fs::write(place.path().join("spool/a.part"), "the long rest of an earlier attempt").unwrap();
    begun(&spool, "a", "whole").publish().unwrap();
    assert_eq!(read(&spool, "a"), b"whole");
}

#[test]
fn files_are_begun_and_published_while_another_clears() {
    let (_place, spool) = spool();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let spool = &spool;
                scope.spawn(move || {
                    for n in 0..25 {
                        let key = format!("{writer}-{n}");
                        begun(spool, &key, &key).publish().unwrap();
                    }
                })
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            spool.clear().unwrap();
        }
    });
    let keys = spool.keys().unwrap();
    assert_eq!(keys.len(), 100);
    assert!(keys.iter().all(|key| read(&spool, key) == key.as_bytes()));
}

#[test]
fn a_removed_file_is_read_to_its_end_by_who_has_it_open() {
    let (_place, spool) = spool();
    begun(&spool, "a", "all of it").publish().unwrap();
    let mut open = spool.open("a").unwrap();
    spool.remove("a").unwrap();
    spool.remove("a").unwrap();
    assert!(matches!(spool.open("a"), Err(PortError::NotFound { what: "file", name }) if name == "a"));
    let mut text = String::new();
    open.read_to_string(&mut text).unwrap();
    assert_eq!(text, "all of it");
}

#[test]
fn keys_that_could_mean_another_place_are_refused() {
    let (_place, spool) = spool();
    let long = "a".repeat(201);
    for key in ["", ".", "..", ".a", "a/b", "../a", "/etc/passwd", "a\\b", "a b", "ä", "a\0", "a\n", "a.part", &long] {
        for said in [spool.begin(key).err(), spool.open(key).err(), spool.remove(key).err()] {
            assert!(matches!(said, Some(PortError::Refused(_))), "{key:?}: {said:?}");
        }
    }
    for key in ["a", "A-1.b", "a..b", "a.", "a.part.zip", "-", "0b1c.7d", &"a".repeat(200)] {
        begun(&spool, key, "").publish().unwrap();
        assert!(spool.keys().unwrap().contains(&key.to_owned()), "{key}");
    }
}

#[test]
fn two_writers_never_share_a_key() {
    let (_place, spool) = spool();
    let first = begun(&spool, "a", "first");
    let said = spool.begin("a").err().unwrap().to_string();
    assert!(said.contains("another process is writing"), "{said}");
    first.publish().unwrap();
    assert_eq!(read(&spool, "a"), b"first");
}

#[test]
fn nobody_else_may_read() {
    let (place, spool) = spool();
    begun(&spool, "a", "personal").publish().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path().join("spool")), 0o700);
    assert_eq!(mode(&place.path().join("spool/a")), 0o600);
}

#[test]
fn a_folder_where_other_things_are_kept_is_refused() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("tollbook.db"), "calls of years").unwrap();
    let said = FolderSpool::open(place.path()).unwrap_err();
    assert!(matches!(&said, PortError::Refused(words) if words.contains("a folder of its own")), "{said}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing was put there");
}

#[test]
fn a_spool_is_found_again_with_its_files() {
    let (place, spool) = spool();
    begun(&spool, "a", "kept").publish().unwrap();
    drop(spool);
    let again = FolderSpool::open(place.path().join("spool")).unwrap();
    assert_eq!(read(&again, "a"), b"kept");
}

#[test]
fn what_cannot_be_written_is_said_with_its_cause() {
    let place = tempfile::tempdir().unwrap();
    File::create(place.path().join("file")).unwrap();
    let said = FolderSpool::open(place.path().join("file/spool")).unwrap_err();
    assert!(matches!(&said, PortError::Failed { what, .. } if what.contains("cannot be made")), "{said}");

    let (place, spool) = self::spool();
    fs::remove_dir_all(place.path().join("spool")).unwrap();
    for said in [spool.begin("a").err(), spool.keys().err(), spool.clear().err()] {
        assert!(matches!(&said, Some(PortError::Failed { what, .. }) if what.contains("spool")), "{said:?}");
    }
}
