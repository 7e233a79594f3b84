//! Several servers and workers on one database: each of them may crash, and so may the database.

use std::time::Instant;

use tollbook_tests::cluster::{self, Cluster, Held, Options, waiting};

use crate::harness::{Tollbook, same};
use crate::server::support::{NAME, Server, TAKEN_OVER, members};

const CALLS: u64 = 60_000;
const GENERATE: &str = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
const DOWNLOAD: &str = "/api/rest/billing/download-cdrs";
/// Settings with a lease that is short enough to detect a dead worker soon, and long enough for a slow machine.
const QUICK: [&str; 6] = [
    "--set",
    "worker.lease_seconds=5",
    "--set",
    "worker.tidy_seconds=1",
    // So that each export reads all calls.
    "--set",
    "spool.kept_mebibytes=0",
];
/// What a worker logs when it starts to write an export.
const STARTED: &str = ": started attempt=";
/// What it logs when it returns an export to the ledger because of a transient error.
const HANDED_BACK: &str = "could not be written; it will be tried again";
/// What the maintainer among several processes logs.
const MAINTAINS: &str = "this process maintains the partitions";

fn over(database: String, calls: u64) -> Tollbook {
    let tollbook = Tollbook::at(Some(database));
    tollbook.ok(&["generate", "--calls", &calls.to_string(), "--days", "30"]);
    tollbook.user(NAME, "administrator");
    tollbook
}

/// The export as it should be, whichever worker writes it.
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
    // While the calls are locked, the export cannot end before the other server receives the request.
    let held = Held::against_all(&tollbook.store(), "cdrs").taken();
    one.generates(GENERATE);
    let refused = two.post(GENERATE);
    assert_eq!(refused.status, 409, "one lane for all servers: {}", refused.text());
    drop(held);
    one.completes(NAME);
    let log = tollbook.logged_with(MAINTAINS);
    assert_eq!(log.matches(MAINTAINS).count(), 1, "one of three: {log}");
}

#[test]
fn an_idle_worker_is_woken_when_another_process_enters_an_export() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = over(shared.database(), 100);
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    // Without a notification it would poll after the test has timed out.
    let _worker = tollbook.worker(&["--set", "worker.poll_seconds=86400"]);
    for _ in 0..3 {
        server.generates(GENERATE);
        server.completes(NAME);
    }
}

#[test]
fn another_worker_takes_over_from_a_killed_one_and_writes_the_same_bytes() {
    let Some(shared) = cluster::shared() else { return };
    let tollbook = over(shared.database(), CALLS);
    let idle = [&QUICK[..], &["--set", "worker.threads=0"]].concat();
    let server = tollbook.serve(&idle);
    let mut first = tollbook.worker(&QUICK);
    let whole = expected(&server);
    let taken_over = || tollbook.exports_logged(TAKEN_OVER).len();
    // If an export ended before its worker was killed, another attempt is needed.
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
    assert!(taken_over() >= 2, "the exports ended before their worker was killed: {}", tollbook.logged());
    tollbook.each_was_completed_once();
}

#[test]
fn an_export_with_an_interrupted_read_is_written_again_in_full() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    let tollbook = over(cluster.url("postgres"), CALLS);
    let server = tollbook.serve(&QUICK);
    let whole = expected(&server);
    let was_cut = || tollbook.logged().contains(HANDED_BACK);
    // If the read ended before the connections were closed, another attempt is needed.
    for moment in (0..12).take_while(|moment| *moment < 3 || !was_cut()) {
        let completed = tollbook.completed();
        server.generates(GENERATE);
        tollbook.has_written(whole.len() * (1 + moment % 3) / 6, completed);
        // The server is stopped until its connections are closed.
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
    assert!(was_cut(), "no read was interrupted: {}", tollbook.logged());
}

#[test]
fn exports_complete_once_after_a_failover_to_the_replica() {
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
    // The calls are locked until the primary crashes, which ends the lock too.
    let held = Held::against_all(&primary.url("postgres"), "cdrs").taken();
    let started = || tollbook.exports_logged(STARTED);
    let before = started().len();
    server.generates(GENERATE);
    let cut = tollbook.until("the export is started", || started().get(before).cloned());
    tollbook.until("it waits for the calls", || (waiting(&primary.url("postgres"), "cdrs") > 0).then_some(()));
    primary.kill();
    drop(held);
    // From here on no export can be entered as completed until the replica is promoted.
    assert_eq!(tollbook.completed(), 1, "the export ended before the primary crashed: {}", tollbook.logged());
    standby.promote();
    let since = Instant::now();
    // Until the server has found the new primary, it responds with an error.
    tollbook.until("the server has found the new primary", || {
        (server.get("/api/rest/billing/status").status == 200).then_some(())
    });
    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "after {:?}: {status}", since.elapsed());
    same("the export from the other machine, and the one before", &server.file(DOWNLOAD), &whole);
    let times = started().iter().filter(|export| **export == cut).count();
    assert!(times > 1, "it was interrupted, and started {times} times: {}", tollbook.logged());
    assert_eq!(tollbook.count(&[]), CALLS);
    // Further exports work.
    server.generates(GENERATE);
    server.completes(NAME);
    tollbook.until("three exports are completed", || (tollbook.completed() >= 3).then_some(()));
    tollbook.each_was_completed_once();
}

#[test]
fn readiness_names_a_database_that_cannot_be_reached() {
    let Some(cluster) = Cluster::start(Options::default()) else { return };
    let tollbook = over(cluster.database(), 100);
    let server = tollbook.serve(&QUICK);
    let ready = || server.ask("", "GET", "/health/ready", &[]);
    assert_eq!(ready().status, 200);
    cluster.kill();
    let answer = ready();
    assert_eq!(answer.status, 503, "{}", answer.text());
    let port = cluster.port().to_string();
    assert!(answer.text().starts_with("the store cannot be written: "), "{}", answer.text());
    assert!(answer.text().contains(&port) && answer.text().contains("does not answer"), "{}", answer.text());
    cluster.restart();
    crate::server::support::until("the server is ready again", || (ready().status == 200).then_some(()));
}
