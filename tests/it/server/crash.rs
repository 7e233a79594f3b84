//! `kill -9` at every stage of an export: after a restart the export is finished or has failed with a reason. It is
//! never stuck, and a partial file is never served.

use super::support::{NAME, Server, TAKEN_OVER, members};
use crate::harness::{Tollbook, in_time, same};

const CALLS: u64 = 100_000;
/// The number of stages of the file at which a process is killed.
const MOMENTS: usize = 8;
const GENERATE: &str = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
const DOWNLOAD: &str = "/api/rest/billing/download-cdrs";
/// Settings with a lease that is short enough to detect a dead worker soon, and long enough for a slow machine.
const QUICK: [&str; 4] = ["--set", "worker.lease_seconds=5", "--set", "worker.tidy_seconds=1"];

fn with_calls() -> Tollbook {
    let tollbook = Tollbook::with_calls(CALLS, 30);
    tollbook.user(NAME, "administrator");
    tollbook
}

/// Fails unless the export is complete and the spool contains nothing else.
fn check(tollbook: &Tollbook, server: &Server, expected: &[u8], moment: usize) {
    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "moment {moment}: {status}");
    same(&format!("moment {moment}: the export, and the one before"), &server.file(DOWNLOAD), expected);
    tollbook.spools_one();
}

/// The export as it should be.
fn expected(server: &Server) -> Vec<u8> {
    server.generates(GENERATE);
    server.completes(NAME);
    let file = server.file(DOWNLOAD);
    assert_eq!(members(&file).len(), 3);
    file
}

#[test]
fn exports_of_a_killed_server_are_finished_after_a_restart() {
    let tollbook = with_calls();
    let mut server = tollbook.serve(&QUICK);
    let whole = expected(&server);
    for moment in 0..MOMENTS {
        in_time(&format!("the server was killed at moment {moment}"), || {
            let completed = tollbook.completed();
            server.generates(GENERATE);
            // The first time it is killed immediately, whether or not the export was started.
            if moment > 0 {
                tollbook.has_written(whole.len() * moment / MOMENTS, completed);
            }
            server.kill();
            let interrupted = tollbook.completed() == completed;
            server = tollbook.serve(&QUICK);
            check(&tollbook, &server, &whole, moment);
            interrupted
        });
    }
}

#[test]
fn another_worker_takes_over_from_a_killed_one() {
    let tollbook = with_calls();
    let server = tollbook.serve(&[&QUICK[..], &["--set", "worker.threads=0"]].concat());
    let mut workers = [tollbook.worker(&QUICK), tollbook.worker(&QUICK)];
    let whole = expected(&server);
    let taken_over = || tollbook.exports_logged(TAKEN_OVER).len();
    // The worker that was started last polls first, and so usually writes: each of the two is killed twice in a row. If
    // the other one was writing, or the export had ended, the loop continues.
    for moment in (0..10 * MOMENTS).take_while(|moment| *moment < MOMENTS || taken_over() < 2) {
        let completed = tollbook.completed();
        server.generates(GENERATE);
        tollbook.has_written(whole.len() * (moment % MOMENTS) / MOMENTS, completed);
        let victim = &mut workers[moment / 2 % 2];
        victim.kill();
        check(&tollbook, &server, &whole, moment);
        *victim = tollbook.worker(&QUICK);
    }
    assert!(taken_over() >= 2, "no worker was killed while it was writing: {}", tollbook.logged());
    tollbook.each_was_completed_once();
}

#[test]
fn a_stopping_server_finishes_its_exports_or_hands_them_back() {
    let tollbook = with_calls();
    for (patience, finishes) in [("60", true), ("0", false)] {
        in_time("the server was stopped", || {
            let mut server = tollbook.serve(&["--set", &format!("shutdown_seconds={patience}")]);
            let completed = tollbook.completed();
            server.generates(GENERATE);
            tollbook.has_written(1, completed);
            server.signal("-TERM");
            let interrupted = tollbook.completed() == completed;
            let ended = server.ended();
            assert!(ended.success(), "{ended}: {}", tollbook.logged());
            let server = tollbook.serve(&["--set", "worker.threads=0"]);
            let status = server.status(NAME);
            let is_there = status["downloadReady"] == true;
            assert!(is_there || !finishes, "{status}");
            drop(server);
            // A returned export is started again immediately, without waiting for a lease.
            let server = tollbook.serve(&["--set", "worker.lease_seconds=3600"]);
            server.completes(NAME);
            interrupted && is_there == finishes
        });
    }
}
