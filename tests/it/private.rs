//! Files with personal data and secrets: closed to other users, and never written where others point to.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::harness::{Tollbook, in_time, killed, program};
use crate::server::support::until;

/// Runs the program with a umask.
fn with_umask(tollbook: &Tollbook, umask: &str, args: &[&str]) -> Output {
    let script = format!("umask {umask}; exec \"$0\" \"$@\"");
    tollbook.through("sh").args(["-c", &script]).arg(program()).args(args).output().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// All files and folders below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

#[track_caller]
fn assert_closed(folder: &Path, wanted: usize) {
    let found = below(folder);
    assert!(found.len() >= wanted, "{found:?}");
    for path in found {
        let right = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(format!("{:03o}", mode(&path)), format!("{right:03o}"), "{}", path.display());
    }
}

fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let is_leftover =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".tollbook-"));
    below(folder).into_iter().filter(is_leftover).collect()
}

#[test]
fn every_file_is_closed_to_others_whatever_the_umask() {
    for (umask, folder_mode) in
        [("000", None), ("022", None), ("277", None), ("000", Some(0o755)), ("022", Some(0o777))]
    {
        let tollbook = Tollbook::at(None);
        let data = tollbook.path("tollbook-data");
        if let Some(mode) = folder_mode {
            fs::create_dir(&data).unwrap();
            fs::set_permissions(&data, Permissions::from_mode(mode)).unwrap();
        }
        let created = with_umask(&tollbook, umask, &["migrate"]);
        assert!(created.status.success(), "{umask}: {created:?}");
        let said = String::from_utf8_lossy(&created.stderr).into_owned();
        assert_eq!(said.contains("the data folder is open to other users"), folder_mode.is_some(), "{umask}: {said}");
        assert_eq!(mode(&data), folder_mode.unwrap_or(0o700), "a folder that somebody else made stays as it is");
        for args in [&["generate", "--calls", "500"][..], &["backup", "tollbook-data/saved.db"]] {
            let done = with_umask(&tollbook, umask, args);
            assert!(done.status.success(), "{umask}: {done:?}");
        }
        assert_closed(&data, 2);
    }
}

#[test]
fn the_files_of_a_running_server_are_closed_to_others() {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "500"]);
    tollbook.user("admin", "administrator");
    let data = tollbook.path("tollbook-data");
    let server = tollbook.serve_with(&["serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"]);
    server.generates("/api/rest/billing/generate-cdrs");
    server.completes("admin");
    // The store, its log and its index; the spool with its mark and a file; the certificate and its key.
    assert_closed(&data, 9);
    drop(server);
}

#[test]
fn what_is_open_is_closed_at_the_start_with_a_line_in_the_log() {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "500"]);
    tollbook.user("admin", "administrator");
    let data = tollbook.path("tollbook-data");
    let server = tollbook.serve(&[]);
    server.generates("/api/rest/billing/generate-cdrs");
    server.completes("admin");
    // Killed, so that the log of the store stays.
    drop(server);
    let opened = below(&data);
    for path in &opened {
        fs::set_permissions(path, Permissions::from_mode(if path.is_dir() { 0o755 } else { 0o644 })).unwrap();
    }
    let said = String::from_utf8(tollbook.run(&["calls", "--count"]).stderr).unwrap();
    assert!(said.contains("tollbook.db") && said.contains("was open to other users"), "{said}");
    assert_eq!(mode(&data.join("tollbook.db")), 0o600);
    let server = tollbook.serve(&[]);
    let log = tollbook.log_of(server);
    assert_closed(&data, 3);
    for closed in ["tollbook-data/spool mode=755", "tollbook-data/spool/.tollbook-spool mode=644"] {
        assert!(log.contains(closed), "{log}");
    }
    assert!(tollbook.run(&["calls", "--count"]).stderr.is_empty(), "it is said once");
}

#[test]
fn no_export_follows_a_link_or_overwrites_a_planted_file() {
    let tollbook = Tollbook::with_calls(200, 1);
    let precious = tollbook.path("precious");
    fs::write(&precious, "precious").unwrap();
    fs::set_permissions(&precious, Permissions::from_mode(0o600)).unwrap();
    let receipt = "calls.zip.receipt.json.part";
    let plants: [(&str, &dyn Fn(&Path)); 4] = [
        ("calls.zip.part", &|path| symlink(&precious, path).unwrap()),
        ("calls.zip.part", &|path| fs::hard_link(&precious, path).unwrap()),
        ("calls.zip.part", &|path| symlink(tollbook.path("nothing"), path).unwrap()),
        (receipt, &|path| symlink(&precious, path).unwrap()),
    ];
    for (name, plant) in plants {
        let planted = tollbook.path(name);
        plant(&planted);
        let error = tollbook.fails(&["export", "--output", "calls.zip"]);
        assert!(error.contains(&format!("{name} is in the way")), "{error}");
        assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
        assert!(!tollbook.path("nothing").exists() && !tollbook.path("calls.zip").exists());
        assert!(fs::symlink_metadata(&planted).is_ok(), "it is not ours to remove");
        fs::remove_file(&planted).unwrap();
    }
    // A link in place of the file itself is replaced, and its target is not.
    symlink(&precious, tollbook.path("calls.zip")).unwrap();
    assert!(tollbook.fails(&["export", "--output", "calls.zip"]).contains("already exists"));
    tollbook.ok(&["export", "--output", "calls.zip", "--replace"]);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    tollbook.ok(&["verify", "calls.zip"]);
}

#[test]
fn the_copy_of_a_killed_backup_is_removed_by_the_next_backup_and_by_the_server() {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "30000"]);
    let data = tollbook.path("tollbook-data");
    let kill = |to: &str| {
        in_time("the backup was killed", || {
            let mut backup = tollbook.spawn(&["backup", to]);
            until("the copy has begun", || {
                let begun = leftovers(&data).iter().any(|file| fs::metadata(file).is_ok_and(|file| file.len() > 0));
                (begun || backup.try_wait().unwrap().is_some()).then_some(())
            });
            let running = killed(&mut backup);
            let _ = fs::remove_file(tollbook.path(to));
            running && !leftovers(&data).is_empty()
        });
    };
    kill("tollbook-data/saved.db");
    tollbook.ok(&["backup", "tollbook-data/saved.db"]);
    assert_eq!(leftovers(&data), [PathBuf::new(); 0], "after the next backup");
    fs::remove_file(data.join("saved.db")).unwrap();
    kill("tollbook-data/saved.db");
    let server = tollbook.serve(&[]);
    let spool = data.join("spool/.tollbook-spool");
    assert_eq!(leftovers(&data), [spool], "after the start of the server");
    drop(server);
}

#[test]
fn a_running_backup_is_left_alone() {
    let tollbook = Tollbook::at(None);
    tollbook.ok(&["generate", "--calls", "30000"]);
    in_time("the second backup has ended", || {
        let mut first = tollbook.spawn(&["backup", "one.db"]);
        until("the copy has begun", || {
            (!leftovers(&tollbook.path("")).is_empty() || first.try_wait().unwrap().is_some()).then_some(())
        });
        tollbook.ok(&["backup", "two.db"]);
        let concurrent = first.try_wait().unwrap().is_none();
        assert!(first.wait().unwrap().success(), "the first backup lost its file");
        for name in ["one.db", "two.db"] {
            fs::remove_file(tollbook.path(name)).unwrap();
        }
        // The first may have been done before the second looked.
        concurrent || leftovers(&tollbook.path("")).is_empty()
    });
}
