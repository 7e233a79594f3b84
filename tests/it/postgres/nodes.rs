//! Several servers and workers on one database: each may die, and so may the database.

use std::thread;
use std::time::{Duration, Instant};

use tollbook_tests::cluster::{self, Cluster, Options};

use crate::harness::Tollbook;
use crate::server::support::{COMPLETED, NAME, Server, TAKEN_OVER, members, until};

const CALLS: u64 = 60_000;
const GENERATE: &str = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
const DOWNLOAD: &str = "/api/rest/billing/download-cdrs";
/// A dead worker is followed soon.
const QUICK: [&str; 4] = ["--set", "worker.lease_seconds=2", "--set", "worker.tidy_seconds=1"];
/// What a worker logs when it begins to write an export.
const BEGUN: &str = ": begun attempt=";

fn over(database: String, calls: u64) -> Tollbook {
    let tollbook = Tollbook::at(Some(database));
    tollbook.ok(&["generate", "--calls", &calls.to_string(), "--days", "30"]);
    tollbook.operator(NAME, "administrator");
    tollbook
}

/// The export as it should be, whoever makes it.
fn expected(server: &Server) -> Vec<u8> {
    assert_eq!(server.post(GENERATE).status, 202);
    assert_eq!(server.finished(NAME)["statusType"], "GENERATION_COMPLETE");
    let file = server.get(DOWNLOAD);
    assert_eq!((file.status, members(&file.body).len()), (200, 3));
    file.body
}

/// Waits until somebody writes the export.
fn begun(server: &Server) {
    until(|| (server.status(NAME)["actionType"] != "RETRIEVING_CDR_NUM_CALL_RECORDS").then_some(()));
}

#[test]
fn an_export_that_one_server_enters_is_written_by_a_worker_and_collected_from_another_server() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = over(shared.database(), CALLS);
    let idle = [&QUICK[..], &["--set", "worker.threads=0"]].concat();
    let (one, two) = (tollbook.serve(&idle), tollbook.serve(&idle));
    let _worker = tollbook.worker(&QUICK);
    let whole = expected(&one);
    let status = two.status(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{status}");
    assert!(two.get(DOWNLOAD).body == whole, "the other server hands over the same");
    assert_eq!(one.post(GENERATE).status, 202);
    let refused = two.post(GENERATE);
    assert!(
        refused.status == 409 || two.status(NAME)["statusType"] == "GENERATION_COMPLETE",
        "one lane over all servers"
    );
    one.finished(NAME);
    assert!(tollbook.logged().contains("this process keeps the partitions"));
    let keepers = tollbook.logged().matches("this process keeps the partitions").count();
    assert_eq!(keepers, 1, "one of three");
}

#[test]
fn a_worker_that_waits_is_woken_when_another_process_enters_an_export() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = over(shared.database(), 100);
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    // By itself it would look when nobody waits any more.
    let _worker = tollbook.worker(&["--set", "worker.poll_seconds=86400"]);
    for _ in 0..3 {
        assert_eq!(server.post(GENERATE).status, 202);
        assert_eq!(server.finished(NAME)["statusType"], "GENERATION_COMPLETE");
    }
}

#[test]
fn a_worker_that_is_killed_is_followed_by_another_and_the_export_ends_once_with_the_same_bytes() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = over(shared.database(), CALLS);
    let idle = [&QUICK[..], &["--set", "worker.threads=0"]].concat();
    let server = tollbook.serve(&idle);
    let mut first = tollbook.worker(&QUICK);
    let whole = expected(&server);
    let taken_over = || tollbook.exports_logged(TAKEN_OVER).len();
    // Where it was over before the worker was killed, another one has to show it.
    for moment in (0..12).take_while(|moment| *moment < 3 || taken_over() < 2) {
        assert_eq!(server.post(GENERATE).status, 202);
        begun(&server);
        thread::sleep(Duration::from_millis(60 * (moment % 3)));
        first.kill();
        first = tollbook.worker(&QUICK);
        let status = server.finished(NAME);
        assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{status}");
        assert!(server.get(DOWNLOAD).body == whole, "moment {moment}");
    }
    assert!(taken_over() >= 2, "exports were over before their worker was killed");
    tollbook.each_was_completed_once();
    until(|| (tollbook.spooled().len() == 1).then_some(()));
}

#[test]
fn an_export_whose_reading_is_cut_is_written_again_and_never_short() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    let tollbook = over(cluster.url("postgres"), CALLS);
    let server = tollbook.serve(&QUICK);
    let whole = expected(&server);
    for moment in 0..3 {
        assert_eq!(server.post(GENERATE).status, 202);
        begun(&server);
        thread::sleep(Duration::from_millis(40 * moment));
        cluster.run_in(
            "postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tollbook' AND xact_start IS NOT NULL",
        );
        let status = server.finished(NAME);
        assert_eq!(status["statusType"], "GENERATION_COMPLETE", "moment {moment}: {status}");
        assert!(server.get(DOWNLOAD).body == whole, "moment {moment}");
    }
    assert!(tollbook.logged().contains("could not be written for now"), "no read was ever cut");
}

#[test]
fn exports_end_once_and_whole_when_the_primary_dies_and_its_replica_takes_its_place() {
    let Some(primary) = Cluster::start(Options::default()) else { return };
    let standby = primary.replica(true);
    let both = format!(
        "postgres://postgres@localhost:{},localhost:{}/postgres?connect_timeout=2",
        primary.port(),
        standby.port()
    );
    let tollbook = over(both, CALLS);
    let server = tollbook.serve(&QUICK);
    let whole = expected(&server);
    assert_eq!(server.post(GENERATE).status, 202);
    begun(&server);
    primary.kill();
    // From here on nothing can be entered as complete until the other one takes its place.
    assert_eq!(tollbook.exports_logged(COMPLETED).len(), 1, "the export was over before the primary died");
    let cut = tollbook.exports_logged(BEGUN).pop().unwrap();
    standby.promote();
    let since = Instant::now();
    // Until it has found the other one, it says that it cannot tell.
    until(|| (server.get("/api/rest/billing/status").status == 200).then_some(()));
    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "after {:?}: {status}", since.elapsed());
    assert!(server.get(DOWNLOAD).body == whole, "the same bytes from the other machine");
    let begun = tollbook.exports_logged(BEGUN).iter().filter(|export| **export == cut).count();
    assert!(begun > 1, "it was cut, and begun again");
    assert_eq!(tollbook.count(&[]), CALLS);
    assert_eq!(server.post(GENERATE).status, 202, "and it goes on");
    assert_eq!(server.finished(NAME)["statusType"], "GENERATION_COMPLETE");
    until(|| (tollbook.exports_logged(COMPLETED).len() >= 3).then_some(()));
    tollbook.each_was_completed_once();
}
