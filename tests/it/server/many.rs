//! Several servers and workers on one store.

use crate::harness::Tollbook;

#[test]
fn two_servers_and_two_workers_write_every_export_once() {
    let tollbook = Tollbook::with_calls(2000, 30);
    let names: Vec<String> = (1..=12).map(|n| format!("script-{n}")).collect();
    names.iter().for_each(|name| tollbook.user(name, "auditor"));
    let lanes = ["--set", "dma.lane=caller"];
    let servers = [tollbook.serve(&lanes), tollbook.serve(&lanes)];
    let _workers = [tollbook.worker(&[]), tollbook.worker(&[])];
    let generate = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
    for round in 0..3 {
        for (n, name) in names.iter().enumerate() {
            let accepted = servers[(n + round) % 2].ask(name, "POST", generate, &[]);
            assert_eq!(accepted.status, 202, "{name}: {}", accepted.text());
        }
        for (n, name) in names.iter().enumerate() {
            // Requested from the server that did not enter it.
            let server = &servers[(n + round + 1) % 2];
            server.completes(name);
            assert_eq!(server.ask(name, "GET", "/api/rest/billing/download-cdrs", &[]).status, 200, "{name}");
        }
    }
    // Every export was started once and completed once, by any worker.
    let times = |log: &str, word: &str| log.lines().filter(|line| line.contains("dma") && line.contains(word)).count();
    // The completion is entered before it is logged.
    let log = tollbook
        .until("36 exports are completed", || Some(tollbook.logged()).filter(|log| times(log, "completed") >= 36));
    assert_eq!((times(&log, ": started attempt="), times(&log, "completed")), (36, 36), "{log}");
}
