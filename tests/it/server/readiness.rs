//! Readiness: what keeps a server from taking and writing exports, in words.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tollbook_tests::cluster::Held;

use super::support::{NAME, Server, until};
use crate::harness::{Tollbook, left_out, over_postgres, program};

/// Another process that writes to the store, for as long as this lives.
enum Writer {
    File(Child),
    Database(#[expect(dead_code, reason = "dropping it ends the transaction")] Held),
}

impl Writer {
    fn of(tollbook: &Tollbook) -> Writer {
        if over_postgres() {
            return Writer::Database(Held::against_all(&tollbook.store(), "counters").taken());
        }
        let mut sqlite = Command::new("sqlite3");
        let sqlite =
            sqlite.arg(tollbook.path("tollbook-data/tollbook.db")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = sqlite.spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(b"BEGIN IMMEDIATE;\nSELECT 'held';\n").unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Writer::File(child)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Writer::File(child) = self {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

fn readiness(server: &Server) -> (u16, String) {
    let answer = server.ask("", "GET", "/health/ready", &[]);
    (answer.status, answer.text().to_owned())
}

#[test]
fn a_server_is_not_ready_while_another_process_holds_the_lock_of_the_store() {
    if crate::harness::lacks("sqlite3", "readiness with a busy store") {
        return;
    }
    let tollbook = Tollbook::with_calls(100, 1);
    let server = tollbook.serve(&[]);
    assert_eq!(readiness(&server), (200, "ready\n".to_owned()));
    let writer = Writer::of(&tollbook);
    let (status, text) = readiness(&server);
    assert!(status == 503 && text.starts_with("the store cannot be written: "), "{status} {text}");
    assert!(text.contains("was busy for more than 3 s"), "it says why: {text}");
    assert_eq!(server.ask("", "GET", "/health/live", &[]).status, 200);
    drop(writer);
    assert_eq!(readiness(&server), (200, "ready\n".to_owned()));
    // A load writes one batch after the other, and lets others write in between.
    let mut load = tollbook.spawn(&["--set", "intake.batch=500", "generate", "--calls", "20000", "--seed", "7"]);
    while load.try_wait().unwrap().is_none() {
        assert_eq!(readiness(&server), (200, "ready\n".to_owned()), "during a load");
    }
}

/// Starts the server with a small disk `disk`, in a namespace of its own.
fn on_a_small_disk(tollbook: &Tollbook, settings: &[&str]) -> Option<Child> {
    fs::create_dir(tollbook.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=1m,mode=700 tmpfs disk || exit 77; exec \"$0\" \"$@\"";
    let mut command = tollbook.through("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(program());
    command.args(["serve", "--listen", "127.0.0.1:0", "--tls-listen", ""]).args(settings);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    if line.is_empty() {
        child.wait().unwrap();
        return None;
    }
    fs::write(tollbook.path("address"), line.trim_end().split_once("listening on ").unwrap().1).unwrap();
    Some(child)
}

/// Fills the small disk as a server sees it. Returns the file that does.
fn fill(tollbook: &Tollbook, server: &Child) -> PathBuf {
    let ballast = format!("/proc/{}/root{}", server.id(), tollbook.path("disk/ballast").display());
    assert!(fs::write(&ballast, vec![1; 8 << 20]).is_err(), "the disk is full");
    PathBuf::from(ballast)
}

#[test]
fn a_server_is_not_ready_with_a_full_disk_under_its_store() {
    let tollbook = Tollbook::without_store();
    let Some(mut child) = on_a_small_disk(&tollbook, &["--data", "disk/data", "--set", "spool.address=spool"]) else {
        return left_out("readiness with a full disk", "allow user namespaces (unshare of util-linux)");
    };
    let url = format!("{}/health/ready", fs::read_to_string(tollbook.path("address")).unwrap());
    let ready = || super::client::send("GET", &url, &[], b"");
    assert_eq!(ready().status, 200);
    let ballast = fill(&tollbook, &child);
    let answer = ready();
    let text = answer.text();
    assert!(answer.status == 503 && text.starts_with("the store cannot be written: "), "{} {text}", answer.status);
    fs::remove_file(ballast).unwrap();
    assert_eq!(ready().status, 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_server_is_not_ready_with_a_full_spool_and_its_exports_wait_until_there_is_space() {
    let tollbook = Tollbook::with_calls(100, 1);
    tollbook.user(NAME, "administrator");
    let Some(mut child) = on_a_small_disk(&tollbook, &["--set", "spool.address=disk/spool"]) else {
        return left_out("readiness with a full spool", "allow user namespaces (unshare of util-linux)");
    };
    let url = fs::read_to_string(tollbook.path("address")).unwrap();
    let auth = super::support::basic(NAME);
    let ask = |method: &str, path: &str| {
        let headers = [("Authorization", auth.as_str()), ("Accept", "application/json")];
        super::client::send(method, &format!("{url}{path}"), &headers, b"")
    };
    assert_eq!(ask("GET", "/health/ready").status, 200);
    let ballast = &fill(&tollbook, &child);
    let answer = ask("GET", "/health/ready");
    let text = answer.text();
    assert!(answer.status == 503 && text.starts_with("the spool cannot be written: "), "{} {text}", answer.status);
    assert!(text.contains("no space is left"), "it says why: {text}");
    assert_eq!(ask("POST", "/api/rest/billing/generate-cdrs?from-date=2001-01-01T00:00:00Z").status, 202);
    // It was tried once, and waits.
    until("the export has waited", || {
        let listed = tollbook.ok(&["exports", "list"]);
        assert!(!listed.contains("failed"), "{listed}");
        (tollbook.ok(&["exports", "list"]).contains("pending")).then_some(())
    });
    fs::remove_file(ballast).unwrap();
    assert_eq!(ask("GET", "/health/ready").status, 200);
    until("the export is complete", || {
        let status = ask("GET", "/api/rest/billing/status").json();
        (status["downloadReady"] == true).then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The mount point of a spool whose volume is not mounted.
#[test]
fn a_server_waits_for_a_spool_whose_volume_is_gone() {
    let tollbook = Tollbook::with_calls(100, 1);
    tollbook.user(NAME, "administrator");
    let server = tollbook.serve(&["--set", "spool.address=spool"]);
    server.generates("/api/rest/billing/generate-cdrs?from-date=2001-01-01T00:00:00Z");
    server.finished(NAME);
    let (spool, volume) = (tollbook.path("spool"), tollbook.path("volume"));
    fs::rename(&spool, &volume).unwrap();
    fs::create_dir(&spool).unwrap();
    let (status, text) = readiness(&server);
    assert!(status == 503 && text.starts_with("the spool cannot be written: "), "{status} {text}");
    assert!(text.contains("its volume may not be mounted"), "it says why: {text}");
    assert_eq!(server.get("/api/rest/billing/download-cdrs").status, 503);
    server.generates("/api/rest/billing/generate-cdrs?from-date=2001-01-01T00:00:00Z");
    let listed = || -> Vec<serde_json::Value> {
        serde_json::from_str(&tollbook.ok(&["exports", "list", "--format", "json"])).unwrap()
    };
    until("the export waits", || {
        let export = listed().remove(0);
        assert_ne!(export["state"], "failed", "{export}");
        export["waits_until"].is_string().then_some(())
    });
    assert!(tollbook.ok(&["exports", "list"]).contains("waits until"));
    let csv = tollbook.ok(&["exports", "list", "--format", "csv"]);
    assert!(csv.lines().next().unwrap().contains(",state,waits_until,rows,"), "{csv}");
    assert_eq!(fs::read_dir(&spool).unwrap().count(), 0, "nothing is written there");
    fs::remove_dir(&spool).unwrap();
    fs::rename(&volume, &spool).unwrap();
    assert_eq!(readiness(&server), (200, "ready\n".to_owned()));
    until("the export is complete", || (listed()[0]["state"] == "completed").then_some(()));
    assert!(listed()[0]["waits_until"].is_null());
}
