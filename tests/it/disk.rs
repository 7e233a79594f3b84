//! A full disk and a read-only folder: a clear error, and a store that is whole.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::harness::{self, Tollbook, lacks, left_out, program};

/// Runs the program where no file may grow beyond so many KiB: to it, the disk is full there.
fn on_a_full_disk(tollbook: &Tollbook, kib: u64, args: &[&str]) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    tollbook.through("bash").args(["-c", &script]).arg(program()).args(args).output().unwrap()
}

/// Whether there is no shell that can limit files; not every `sh` counts them in KiB.
fn no_disk_can_be_full() -> bool {
    lacks("bash", "full disks")
}

/// What a program said that has failed.
fn said(output: &Output) -> String {
    assert!(!output.status.success(), "it succeeded: {}", harness::said(output));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_full_disk_stops_a_load_with_a_clear_error_and_loses_nothing() {
    if no_disk_can_be_full() {
        return;
    }
    let tollbook = Tollbook::new();
    tollbook.ok(&["generate", "--calls", "40000", "--output", "calls.csv"]);
    tollbook.ok(&["migrate"]);
    let error = said(&on_a_full_disk(&tollbook, 8 * 1024, &["load", "--feed", "native", "calls.csv"]));
    assert!(error.contains("disk") && error.contains("calls.csv"), "{error}");

    let kept = tollbook.count(&[]);
    assert!(kept < 40_000 && kept.is_multiple_of(5000), "{kept}");
    tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    assert_eq!(tollbook.count(&[]), 40_000);
}

#[test]
fn a_full_disk_stops_an_export_and_leaves_no_file() {
    if no_disk_can_be_full() {
        return;
    }
    let tollbook = Tollbook::with_calls(40_000, 10);
    let error = said(&on_a_full_disk(&tollbook, 1024, &["export", "--output", "calls.zip"]));
    assert!(error.contains("calls.zip"), "{error}");
    for name in ["calls.zip", "calls.zip.receipt.json", "calls.zip.part"] {
        assert!(!tollbook.path(name).exists(), "{name} is there");
    }
    assert_eq!(tollbook.count(&[]), 40_000);
}

/// Runs the program as somebody who may not write where root may.
fn as_nobody(tollbook: &Tollbook, args: &[&str]) -> Option<Output> {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(tollbook.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = place.path().join("tollbook");
    // Not by this process: what another of its threads starts meanwhile would hold the copy open to be written, and what
    // somebody writes nobody runs.
    let copied = Command::new("cp").arg("-p").arg(program()).arg(&copy).status().unwrap();
    assert!(copied.success(), "cp {}: {copied}", program().display());
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = tollbook.through(if root { "setpriv" } else { "env" });
    if root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command.arg(&copy).args(args).output().ok()
}

#[test]
fn a_read_only_folder_is_said_to_be_one() {
    let tollbook = Tollbook::with_calls(1000, 1);
    tollbook.ok(&["generate", "--calls", "100", "--seed", "2", "--output", "more.csv"]);
    let data = tollbook.path("tollbook-data");
    let mut files = vec![data.clone(), tollbook.path("")];
    files.extend(fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()));
    let mode = |path: &std::path::Path, write: bool| {
        let bits = if path.is_dir() { 0o555 } else { 0o444 } | if write { 0o200 } else { 0 };
        fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
    };
    files.iter().for_each(|path| mode(path, false));
    for args in [&["load", "--feed", "native", "more.csv"][..], &["export", "--output", "calls.zip"]] {
        match as_nobody(&tollbook, args) {
            Some(output) => {
                let error = said(&output);
                assert!(
                    ["read-only", "ermission denied", "cannot be written"].iter().any(|word| error.contains(word)),
                    "{error}"
                );
            }
            None => left_out("read-only folders", "setpriv (util-linux) lets root run a program as nobody"),
        }
    }
    files.iter().for_each(|path| mode(path, true));
    assert!(!tollbook.path("calls.zip").exists(), "there is an export");
    assert_eq!(tollbook.count(&[]), 1000);
}
