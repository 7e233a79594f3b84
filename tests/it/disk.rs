//! A full disk and a read-only folder: a clear error, and an intact store.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::harness::{self, Tollbook, lacks, left_out, program};

/// Runs the program with a limit on the size of files, in KiB, which it sees as a full disk.
fn on_a_full_disk(tollbook: &Tollbook, kib: u64, args: &[&str]) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    tollbook.through("bash").args(["-c", &script]).arg(program()).args(args).output().unwrap()
}

/// Whether bash is missing, which sets the limit: not every `sh` counts it in KiB.
fn no_disk_can_be_full() -> bool {
    lacks("bash", "full disks")
}

/// The error output of a program that failed.
fn failure(output: &Output) -> String {
    assert!(!output.status.success(), "it succeeded: {}", harness::outcome(output));
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
    let error = failure(&on_a_full_disk(&tollbook, 8 * 1024, &["load", "--feed", "native", "calls.csv"]));
    assert!(error.contains("disk") && error.contains("calls.csv"), "{error}");
    assert!(!error.contains("nothing was stored"), "{error}");

    let kept = tollbook.count(&[]);
    assert!(kept < 40_000 && kept.is_multiple_of(5000), "{kept}");
    tollbook.ok(&["load", "--feed", "native", "calls.csv"]);
    assert_eq!(tollbook.count(&[]), 40_000);
}

#[test]
fn a_full_disk_stops_generate_which_says_what_it_kept() {
    if no_disk_can_be_full() {
        return;
    }
    let tollbook = Tollbook::new();
    let generate = ["generate", "--calls", "40000", "--days", "10"];
    let output = on_a_full_disk(&tollbook, 8 * 1024, &generate);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = failure(&output);
    assert!(error.contains("disk") && error.contains("the same command again adds the others"), "{error}");
    assert!(error.contains("stopped after these records, which are stored"), "{error}");
    assert!(!error.contains("nothing was stored"), "the last batch alone is meant: {error}");
    let kept = tollbook.count(&["--all-kinds"]);
    assert!(0 < kept && kept < 40_000, "{kept}");
    // The records read are those of the directory too.
    let said: u64 = printed.split(" loaded").next().and_then(|text| text.rsplit(' ').next()).unwrap().parse().unwrap();
    let entries: u64 = ["customer", "account", "service", "product", "destination"]
        .map(|list| tollbook.ok(&[list, "list", "--format", "ndjson"]).lines().count() as u64)
        .iter()
        .sum();
    assert!((kept..=kept + entries + kept / 10).contains(&said), "it says {said}, and the store has {kept}: {printed}");
    tollbook.ok(&generate);
    assert_eq!(tollbook.count(&[]), 40_000);
}

#[test]
fn a_full_disk_stops_an_export_and_leaves_no_file() {
    if no_disk_can_be_full() {
        return;
    }
    let tollbook = Tollbook::with_calls(40_000, 10);
    let error = failure(&on_a_full_disk(&tollbook, 1024, &["export", "--output", "calls.zip"]));
    assert!(error.contains("calls.zip"), "{error}");
    for name in ["calls.zip", "calls.zip.receipt.json", "calls.zip.part"] {
        assert!(!tollbook.path(name).exists(), "{name} exists");
    }
    assert_eq!(tollbook.count(&[]), 40_000);
}

/// Runs the program as an unprivileged user, who may not write where root may.
fn as_nobody(tollbook: &Tollbook, args: &[&str]) -> Option<Output> {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(tollbook.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = place.path().join("tollbook");
    // Copied by another process: a program that another thread starts meanwhile would inherit the open file, and a file
    // that is open for writing cannot be executed.
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
fn a_read_only_folder_is_reported() {
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
                let error = failure(&output);
                assert!(
                    ["read-only", "ermission denied", "cannot be written"].iter().any(|word| error.contains(word)),
                    "{error}"
                );
            }
            None => left_out(
                "read-only folders",
                "install setpriv (util-linux), with which root can run a program as nobody",
            ),
        }
    }
    files.iter().for_each(|path| mode(path, true));
    assert!(!tollbook.path("calls.zip").exists(), "an export was written");
    assert_eq!(tollbook.count(&[]), 1000);
}
