//! Tests of the content of a folder.

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

fn started(spool: &FolderSpool, key: &str, text: &str) -> Box<dyn SpoolWrite> {
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
    assert!(matches!(spool.open("a"), Err(PortError::NotFound { .. })), "it does not exist before it is published");
    file.publish().unwrap();
    assert!(read(&spool, "a") == bytes);
}

#[test]
fn only_finished_files_are_listed() {
    let (place, spool) = spool();
    started(&spool, "two", "2").publish().unwrap();
    started(&spool, "one.zip", "1").publish().unwrap();
    let growing = started(&spool, "three", "3");
    fs::create_dir(place.path().join("spool/folder")).unwrap();
    fs::write(place.path().join("spool/not a key"), "").unwrap();
    assert_eq!(spool.keys().unwrap(), ["one.zip", "two"]);
    growing.publish().unwrap();
    assert_eq!(spool.keys().unwrap(), ["one.zip", "three", "two"]);
}

#[test]
fn dropping_a_file_leaves_nothing() {
    let (place, spool) = spool();
    drop(started(&spool, "a", "half"));
    assert_eq!(in_folder(&place.path().join("spool")), [""; 0]);
    started(&spool, "a", "whole").publish().unwrap();
    drop(started(&spool, "a", "another"));
    assert_eq!(read(&spool, "a"), b"whole");
}

#[test]
fn abandoned_files_are_removed_and_files_being_written_are_not() {
    let (place, spool) = spool();
    let folder = place.path().join("spool");
    let mut living = started(&spool, "living", "the beginning, ");
    started(&spool, "finished", "whole").publish().unwrap();
    fs::write(folder.join("dead.part"), "left by a killed process, without a lock").unwrap();
    fs::write(folder.join("not ours.part"), "").unwrap();
    fs::create_dir(folder.join("folder.part")).unwrap();
    // Another process that shares the folder removes them.
    FolderSpool::open(&folder).unwrap().clear().unwrap();
    assert_eq!(in_folder(&folder), ["finished", "folder.part", "living.part", "not ours.part"]);
    living.write_all(b"and the end").unwrap();
    living.publish().unwrap();
    assert_eq!(read(&spool, "living"), b"the beginning, and the end");
    spool.clear().unwrap();
    assert_eq!(in_folder(&folder), ["finished", "folder.part", "living", "not ours.part"]);
}

#[test]
fn an_abandoned_file_can_be_started_again() {
    let (place, spool) = spool();
    fs::write(place.path().join("spool/a.part"), "the long rest of an earlier attempt").unwrap();
    started(&spool, "a", "whole").publish().unwrap();
    assert_eq!(read(&spool, "a"), b"whole");
}

#[test]
fn files_are_published_during_a_concurrent_cleanup() {
    let (_place, spool) = spool();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let spool = &spool;
                scope.spawn(move || {
                    for n in 0..25 {
                        let key = format!("{writer}-{n}");
                        started(spool, &key, &key).publish().unwrap();
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
fn an_open_reader_reads_a_removed_file_to_its_end() {
    let (_place, spool) = spool();
    started(&spool, "a", "all of it").publish().unwrap();
    let mut open = spool.open("a").unwrap();
    spool.remove("a").unwrap();
    spool.remove("a").unwrap();
    assert!(matches!(spool.open("a"), Err(PortError::NotFound { what: "file", name }) if name == "a"));
    let mut text = String::new();
    open.read_to_string(&mut text).unwrap();
    assert_eq!(text, "all of it");
}

#[test]
fn keys_that_could_escape_the_folder_are_refused() {
    let (_place, spool) = spool();
    let long = "a".repeat(201);
    for key in ["", ".", "..", ".a", "a/b", "../a", "/etc/passwd", "a\\b", "a b", "ä", "a\0", "a\n", "a.part", &long] {
        for error in [spool.begin(key).err(), spool.open(key).err(), spool.remove(key).err()] {
            assert!(matches!(error, Some(PortError::Refused(_))), "{key:?}: {error:?}");
        }
    }
    for key in ["a", "A-1.b", "a..b", "a.", "a.part.zip", "-", "0b1c.7d", &"a".repeat(200)] {
        started(&spool, key, "").publish().unwrap();
        assert!(spool.keys().unwrap().contains(&key.to_owned()), "{key}");
    }
}

#[test]
fn two_writers_never_share_a_key() {
    let (_place, spool) = spool();
    let first = started(&spool, "a", "first");
    let error = spool.begin("a").err().unwrap().to_string();
    assert!(error.contains("another process is writing"), "{error}");
    first.publish().unwrap();
    assert_eq!(read(&spool, "a"), b"first");
}

#[test]
fn only_the_owner_may_read() {
    let (place, spool) = spool();
    started(&spool, "a", "personal").publish().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path().join("spool")), 0o700);
    assert_eq!(mode(&place.path().join("spool/a")), 0o600);
}

#[test]
fn an_open_spool_is_closed_and_links_in_it_are_not_followed() {
    let (place, spool) = spool();
    started(&spool, "a", "personal").publish().unwrap();
    let (folder, other) = (place.path().join("spool"), place.path().join("other"));
    fs::write(&other, "").unwrap();
    std::os::unix::fs::symlink(&other, folder.join("link")).unwrap();
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    open(&folder, 0o755);
    [folder.join("a"), folder.join(".tollbook-spool"), other.clone()].iter().for_each(|path| open(path, 0o644));
    FolderSpool::open(&folder).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("a")), mode(&folder.join(".tollbook-spool"))), (0o700, 0o600, 0o600));
    assert_eq!(mode(&other), 0o644);
}

#[test]
fn a_folder_with_other_files_is_refused() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("tollbook.db"), "calls of years").unwrap();
    let error = FolderSpool::open(place.path()).unwrap_err();
    assert!(matches!(&error, PortError::Refused(text) if text.contains("a folder of its own")), "{error}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing was written");
}

#[test]
fn a_reopened_spool_has_its_files() {
    let (place, spool) = spool();
    started(&spool, "a", "kept").publish().unwrap();
    drop(spool);
    let again = FolderSpool::open(place.path().join("spool")).unwrap();
    assert_eq!(read(&again, "a"), b"kept");
}

#[test]
fn errors_name_the_folder_and_the_cause() {
    let place = tempfile::tempdir().unwrap();
    File::create(place.path().join("file")).unwrap();
    let error = FolderSpool::open(place.path().join("file/spool")).unwrap_err();
    assert!(matches!(&error, PortError::Failed { what, .. } if what.contains("cannot be created")), "{error}");

    let (place, spool) = self::spool();
    fs::write(place.path().join("spool/a"), "").unwrap();
    fs::remove_file(place.path().join("spool/.tollbook-spool")).unwrap();
    let error = FolderSpool::open(place.path().join("spool")).unwrap_err();
    assert!(matches!(&error, PortError::Refused(text) if text.contains("other files")), "{error}");
    assert!(matches!(spool.check(), Err(PortError::Unavailable { .. })), "the spool that is open may come back");
}

/// What the path of a spool leads to while its volume is not mounted.
#[test]
fn a_spool_whose_volume_is_gone_is_unavailable_until_it_is_back() {
    let nothing: fn(&Path) = |_| ();
    let bare: fn(&Path) = |folder| fs::create_dir(folder).unwrap();
    for instead in [nothing, bare] {
        let (place, spool) = spool();
        let (folder, volume) = (place.path().join("spool"), place.path().join("volume"));
        started(&spool, "finished", "whole").publish().unwrap();
        let mut living = started(&spool, "living", "the beginning, ");
        fs::rename(&folder, &volume).unwrap();
        instead(&folder);
        living.write_all(b"and the end").unwrap();
        for (call, error) in [
            ("begin", spool.begin("a").err()),
            ("publish", living.publish().err()),
            ("open", spool.open("finished").err()),
            ("keys", spool.keys().err()),
            ("clear", spool.clear().err()),
            ("check", spool.check().err()),
        ] {
            let Some(PortError::Unavailable { what, .. }) = error else { panic!("{call}: {error:?}") };
            let expected = format!("the spool folder {} has lost its file .tollbook-spool", folder.display());
            assert!(what.starts_with(&expected), "{call}: {what}");
        }
        if folder.exists() {
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "nothing is written there");
            fs::remove_dir(&folder).unwrap();
        }
        fs::rename(&volume, &folder).unwrap();
        spool.check().unwrap();
        assert_eq!((read(&spool, "finished"), spool.keys().unwrap()), (b"whole".to_vec(), vec!["finished".to_owned()]));
        started(&spool, "a", "again").publish().unwrap();
    }
}
