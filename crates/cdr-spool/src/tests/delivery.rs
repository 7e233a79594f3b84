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
