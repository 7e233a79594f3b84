//! Tests of atomic delivery.

use std::fs;
use std::io::Write;

use crate::Delivery;

#[test]
fn a_file_has_its_name_only_when_it_is_complete() {
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
fn an_existing_file_is_replaced_on_request_only() {
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

/// Without a request nothing of a pair is replaced, whichever of the two is there.
#[test]
fn an_existing_companion_is_replaced_on_request_only() {
    for (has_target, has_companion) in [(false, true), (true, false), (true, true), (false, false)] {
        let folder = tempfile::tempdir().unwrap();
        let (target, receipt) = (folder.path().join("calls.zip"), folder.path().join("calls.zip.receipt.json"));
        for (path, exists) in [(&target, has_target), (&receipt, has_companion)] {
            if exists {
                fs::write(path, "precious").unwrap();
            }
        }
        let taken = if has_target { "calls.zip already exists" } else { "calls.zip.receipt.json already exists" };
        match Delivery::begin_beside(&target, &receipt, false) {
            Ok(_) => assert!(!has_target && !has_companion),
            Err(error) => {
                assert!((has_target || has_companion) && error.to_string().contains(taken), "{error}");
                assert!(error.to_string().contains("--replace"), "{error}");
            }
        }
        for path in [&target, &receipt].into_iter().filter(|path| path.exists()) {
            assert_eq!(fs::read_to_string(path).unwrap(), "precious");
        }
        let mut delivery = Delivery::begin_beside(&target, &receipt, true).unwrap();
        delivery.writer().write_all(b"new").unwrap();
        delivery.publish(Some((&receipt, "new"))).unwrap();
        assert_eq!((fs::read(&target).unwrap(), fs::read(&receipt).unwrap()), (b"new".to_vec(), b"new".to_vec()));
    }
}

#[test]
fn the_temporary_file_of_a_killed_process_is_reused() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("calls.csv");
    fs::write(folder.path().join("calls.csv.part"), "the long rest of an earlier attempt").unwrap();
    let mut delivery = Delivery::begin(&target, false).unwrap();
    delivery.writer().write_all(b"whole").unwrap();
    delivery.publish(None).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "whole");
}

#[test]
fn a_planted_file_is_neither_written_nor_removed() {
    use std::os::unix::fs::symlink;
    type Plant = fn(&std::path::Path, &std::path::Path);
    let plants: [(&str, Plant, &str); 3] = [
        ("a link", |target, path| symlink(target, path).unwrap(), "it is a symbolic link"),
        ("another name", |target, path| fs::hard_link(target, path).unwrap(), "it has more than one name"),
        ("a folder", |_, path| fs::create_dir(path).unwrap(), "it is not a regular file"),
    ];
    for (what, plant, why) in plants {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious");
        fs::write(&precious, "precious").unwrap();
        plant(&precious, &folder.path().join("calls.csv.part"));
        let error = Delivery::begin(&folder.path().join("calls.csv"), true).unwrap_err().to_string();
        assert!(error.contains("calls.csv.part is in the way") && error.contains(why), "{what}: {error}");
        assert_eq!(fs::read_to_string(&precious).unwrap(), "precious", "{what}");
        assert!(fs::symlink_metadata(folder.path().join("calls.csv.part")).is_ok(), "{what}");
    }
}

#[test]
fn a_temporary_file_that_was_replaced_is_not_published() {
    let folder = tempfile::tempdir().unwrap();
    let (target, part) = (folder.path().join("calls.csv"), folder.path().join("calls.csv.part"));
    let mut delivery = Delivery::begin(&target, false).unwrap();
    delivery.writer().write_all(b"ours").unwrap();
    fs::remove_file(&part).unwrap();
    fs::write(&part, "theirs").unwrap();
    let error = delivery.publish(None).unwrap_err().to_string();
    assert!(error.contains("was replaced while it was written"), "{error}");
    assert!(!target.exists());
    assert_eq!(fs::read_to_string(&part).unwrap(), "theirs");
}
