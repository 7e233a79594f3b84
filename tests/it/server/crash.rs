//! `kill -9` at every stage of an export: after a restart it is finished or failed with a reason, never stuck, never served
//! half.

use std::thread;
use std::time::Instant;

use super::support::{NAME, Server, TAKEN_OVER, members, until};
use crate::harness::Tollbook;

const CALLS: u64 = 100_000;
const MOMENTS: u32 = 8;
const GENERATE: &str = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
const LEASE: [&str; 2] = ["--set", "worker.lease_seconds=1"];

fn with_calls() -> Tollbook {
    let tollbook = Tollbook::with_calls(CALLS, 30);
    tollbook.operator(NAME, "administrator");
    tollbook
}

/// The export is there, whole, and nothing else is.
fn check(tollbook: &Tollbook, server: &Server, expected: &[u8], moment: u32) {
    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "moment {moment}: {status}");
    let file = server.get("/api/rest/billing/download-cdrs");
    assert_eq!(file.status, 200, "moment {moment}");
    assert!(file.body == expected, "moment {moment}: another export");
    until(|| (tollbook.spooled().len() == 1).then_some(()));
}

fn expected(server: &Server) -> (Vec<u8>, std::time::Duration) {
    let begun = Instant::now();
    assert_eq!(server.post(GENERATE).status, 202);
    assert_eq!(server.finished(NAME)["statusType"], "GENERATION_COMPLETE");
    let takes = begun.elapsed();
    let file = server.get("/api/rest/billing/download-cdrs").body;
    assert_eq!(members(&file).len(), 3);
    (file, takes)
}

#[test]
fn a_server_that_was_killed_finishes_after_a_restart() {
    let tollbook = with_calls();
    let more = [&LEASE[..], &["--set", "worker.tidy_seconds=1"]].concat();
    let mut server = tollbook.serve(&more);
    let (whole, takes) = expected(&server);
    let mut interrupted = 0;
    for moment in 0..MOMENTS {
        assert_eq!(server.post(GENERATE).status, 202, "moment {moment}");
        thread::sleep(takes * moment / MOMENTS);
        interrupted += u32::from(server.status(NAME)["statusType"] == "RUNNING");
        server.kill();
        server = tollbook.serve(&more);
        check(&tollbook, &server, &whole, moment);
    }
    assert!(interrupted >= MOMENTS / 2, "only {interrupted} of {MOMENTS} exports were still running when killed");
}

#[test]
fn a_worker_that_was_killed_is_replaced_by_another() {
    let tollbook = with_calls();
    let more = [&LEASE[..], &["--set", "worker.tidy_seconds=1"]].concat();
    let server = tollbook.serve(&[&more[..], &["--set", "worker.threads=0"]].concat());
    let mut workers = [tollbook.worker(&more), tollbook.worker(&more)];
    let (whole, takes) = expected(&server);
    let taken_over = || tollbook.exports_logged(TAKEN_OVER).len();
    // Whoever was started last looks first, and so is the one who writes: each of the two is killed twice in a row.
    for moment in (0..4 * MOMENTS).take_while(|moment| *moment < MOMENTS || taken_over() == 0) {
        assert_eq!(server.post(GENERATE).status, 202, "moment {moment}");
        thread::sleep(takes * (moment % MOMENTS) / MOMENTS);
        let victim = &mut workers[moment as usize / 2 % 2];
        victim.kill();
        check(&tollbook, &server, &whole, moment);
        *victim = tollbook.worker(&more);
    }
    assert!(taken_over() > 0, "nobody was killed who was writing");
    tollbook.each_was_completed_once();
}

#[test]
fn a_server_that_is_told_to_stop_finishes_what_it_began_or_hands_it_back() {
    let tollbook = with_calls();
    for (patience, finished) in [("60", true), ("0", false)] {
        let mut server = tollbook.serve(&["--set", &format!("shutdown_seconds={patience}")]);
        assert_eq!(server.post(GENERATE).status, 202);
        let counted = until(|| Some(server.status(NAME)).filter(|status| status["totalNumberCdrRecords"] != 0));
        assert_eq!(counted["statusType"], "RUNNING", "there is something to be interrupted");
        assert!(server.terminate().success());
        let server = tollbook.serve(&["--set", "worker.threads=0"]);
        let status = server.status(NAME);
        assert_eq!(status["downloadReady"] == true, finished, "{status}");
        drop(server);
        // What was handed back is begun again at once: nobody waits for a lease.
        let server = tollbook.serve(&["--set", "worker.lease_seconds=3600"]);
        assert_eq!(server.finished(NAME)["statusType"], "GENERATION_COMPLETE");
    }
}
