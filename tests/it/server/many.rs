//! Several servers and workers on one store.

use crate::harness::Tollbook;

#[test]
fn two_servers_and_two_workers_do_every_export_once() {
    let tollbook = Tollbook::with_calls(2000, 30);
    let names: Vec<String> = (1..=12).map(|n| format!("script-{n}")).collect();
    names.iter().for_each(|name| tollbook.user(name, "auditor"));
    let lanes = ["--set", "dma.lane=caller"];
    let servers = [tollbook.serve(&lanes), tollbook.serve(&lanes)];
    let _workers = [tollbook.worker(&[]), tollbook.worker(&[])];
    let generate = "/api/rest/billing/generate-cdrs?from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";
    for round in 0..3 {
        for (n, name) in names.iter().enumerate() {
            let begun = servers[(n + round) % 2].ask(name, "POST", generate, &[]);
            assert_eq!(begun.status, 202, "{name}: {}", begun.text());
        }
        for (n, name) in names.iter().enumerate() {
            // Asked of the other server than the one that entered it.
            let server = &servers[(n + round + 1) % 2];
            server.completes(name);
            assert_eq!(server.ask(name, "GET", "/api/rest/billing/download-cdrs", &[]).status, 200, "{name}");
        }
    }
    // Every export was begun once and completed once, by whomever.
    let times = |log: &str, word: &str| log.lines().filter(|line| line.contains("dma") && line.contains(word)).count();
    // It is entered before it is logged.
    let log = tollbook
        .until("36 exports are completed", || Some(tollbook.logged()).filter(|log| times(log, "completed") >= 36));
    assert_eq!((times(&log, "begun"), times(&log, "completed")), (36, 36), "{log}");
}
