//! Several servers and workers on one database: each may die, and so may the database.

use std::time::Instant;

use tollbook_tests::cluster::{self, Cluster, Held, Options};

use crate::harness::{Tollbook, same};
use crate::server::support::{NAME, Server, TAKEN_OVER, members};

const CALLS: u64 = 60_000;
const GENERATE: &str = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
const DOWNLOAD: &str = "/api/rest/billing/download-cdrs";
/// A dead worker is followed soon, and not one that the machine keeps waiting.
const QUICK: [&str; 4] = ["--set", "worker.lease_seconds=5", "--set", "worker.tidy_seconds=1"];
/// What a worker logs when it begins to write an export.
const BEGUN: &str = ": begun attempt=";
/// What it logs of one that it hands back since something passing kept it from being written.
const HANDED_BACK: &str = "could not be written for now";
/// What one of several processes logs.
const KEEPER: &str = "this process keeps the partitions";

fn over(database: String, calls: u64) -> Tollbook {
    let tollbook = Tollbook::at(Some(database));
    tollbook.ok(&["generate", "--calls", &calls.to_string(), "--days", "30"]);
    tollbook.user(NAME, "administrator");
    tollbook
}

/// The export as it should be, whoever makes it.
fn expected(server: &Server) -> Vec<u8> {
    server.generates(GENERATE);
    server.completes(NAME);
    let file = server.file(DOWNLOAD);
    assert_eq!(members(&file).len(), 3);
    file
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
    same("the export from the other server", &two.file(DOWNLOAD), &whole);
    // While nobody can read the calls, the export is not over before the other server hears of it.
    let held = Held::against_all(&tollbook.store(), "cdrs").taken();
    one.generates(GENERATE);
    let refused = two.post(GENERATE);
    assert_eq!(refused.status, 409, "one lane over all servers: {}", refused.text());
    drop(held);
    one.completes(NAME);
    let log = tollbook.logged_with(KEEPER);
    assert_eq!(log.matches(KEEPER).count(), 1, "one of three: {log}");
}

#[test]
fn a_worker_that_waits_is_woken_when_another_process_enters_an_export() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = over(shared.database(), 100);
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    // By itself it would look when nobody waits any more.
    let _worker = tollbook.worker(&["--set", "worker.poll_seconds=86400"]);
    for _ in 0..3 {
        server.generates(GENERATE);
        server.completes(NAME);
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
    for moment in (0..30).take_while(|moment| *moment < 3 || taken_over() < 2) {
        let completed = tollbook.completed();
        server.generates(GENERATE);
        tollbook.has_written(whole.len() * (moment % 3) / 3, completed);
        first.kill();
        first = tollbook.worker(&QUICK);
        server.completes(NAME);
        same(&format!("moment {moment}: the export, and the one before"), &server.file(DOWNLOAD), &whole);
        tollbook.spools_one();
    }
    assert!(taken_over() >= 2, "exports were over before their worker was killed: {}", tollbook.logged());
    tollbook.each_was_completed_once();
}

#[test]
fn an_export_whose_reading_is_cut_is_written_again_and_never_short() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    let tollbook = over(cluster.url("postgres"), CALLS);
    let server = tollbook.serve(&QUICK);
    let whole = expected(&server);
    let was_cut = || tollbook.logged().contains(HANDED_BACK);
    // Where it was read to the end before that was cut, another one has to show it.
    for moment in (0..12).take_while(|moment| *moment < 3 || !was_cut()) {
        let completed = tollbook.completed();
        server.generates(GENERATE);
        tollbook.has_written(whole.len() * (1 + moment % 3) / 6, completed);
        // It does not go on until its connections are cut.
        server.signal("-STOP");
        cluster.run_in(
            "postgres",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tollbook' AND xact_start IS NOT NULL",
        );
        server.signal("-CONT");
        server.completes(NAME);
        same(&format!("moment {moment}: the export, and the one before"), &server.file(DOWNLOAD), &whole);
        tollbook.spools_one();
    }
    assert!(was_cut(), "no read was ever cut: {}", tollbook.logged());
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
    // Nobody can read the calls until the primary dies, and whoever keeps them from it with it.
    let held = Held::against_all(&primary.url("postgres"), "cdrs").taken();
    let begun = || tollbook.exports_logged(BEGUN);
    let before = begun().len();
    server.generates(GENERATE);
    let cut = tollbook.until("the export is begun", || begun().get(before).cloned());
    primary.kill();
    drop(held);
    // From here on nothing can be entered as complete until the other one takes its place.
    assert_eq!(tollbook.completed(), 1, "the export was over before the primary died: {}", tollbook.logged());
    standby.promote();
    let since = Instant::now();
    // Until it has found the other one, it says that it cannot tell.
    tollbook.until("the server has found the other database", || {
        (server.get("/api/rest/billing/status").status == 200).then_some(())
    });
    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "after {:?}: {status}", since.elapsed());
    same("the export from the other machine, and the one before", &server.file(DOWNLOAD), &whole);
    let times = begun().iter().filter(|export| **export == cut).count();
    assert!(times > 1, "it was cut, and begun {times} times: {}", tollbook.logged());
    assert_eq!(tollbook.count(&[]), CALLS);
    // And it goes on.
    server.generates(GENERATE);
    server.completes(NAME);
    tollbook.until("three exports are completed", || (tollbook.completed() >= 3).then_some(()));
    tollbook.each_was_completed_once();
}
