//! Exports that wait, that nobody finishes, that are gone: no state lasts for ever.

use super::portal::{Portal, SALES, SUPPORT};
use crate::harness::Tollbook;
use crate::server::support::{Server, until};

/// A worker that writes one export at a time, and thinks of a silent one as alive for so many seconds.
fn worker(tollbook: &Tollbook, lease: &str, per_customer: &str) -> Server {
    let lease = format!("worker.lease_seconds={lease}");
    let per_customer = format!("yeti.running_per_customer={per_customer}");
    tollbook.worker(&["--set", "worker.threads=1", "--set", &lease, "--set", &per_customer])
}

fn running(server: &Server) -> bool {
    server.ask("", "GET", "/metrics", &[]).text().contains("tollbook_exports{state=\"running\"} 1\n")
}

/// Has a worker die in the middle of an export, which stays in its hands as long as others think it alive.
fn interrupted(tollbook: &Tollbook, server: &Server, portal: &Portal) -> String {
    for _ in 0..20 {
        let mut victim = worker(tollbook, "3600", "1");
        let id = portal.order(SUPPORT);
        until(|| (running(server) || portal.export(&id)["status"] != "Pending").then_some(()));
        victim.kill();
        if running(server) {
            assert_eq!(portal.export(&id)["status"], "Pending");
            return id;
        }
    }
    panic!("every export was finished before its worker could be killed");
}

#[test]
fn more_than_a_customer_may_have_running_wait_and_nobody_elses_do() {
    let tollbook = Tollbook::with_accounts(100_000);
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.login("shipping", SALES, &[]);
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let (quill, shipping) = (Portal::sign_in(&server, "quill"), Portal::sign_in(&server, "shipping"));
    let begun = interrupted(&tollbook, &server, &quill);

    // One is in the hands of the dead, so the next one waits, and the one that was ordered last is written.
    let (next, other) = (quill.order(SUPPORT), shipping.order(SALES));
    let mut one_each = worker(&tollbook, "3600", "1");
    shipping.reaches(&other, "Completed");
    for id in [&begun, &next] {
        assert_eq!(quill.export(id)["status"], "Pending");
        let file = quill.download(id);
        assert_eq!((file.status, file.text()), (404, ""), "there is nothing yet");
    }
    one_each.kill();

    // Where two may run, the next one need not wait.
    let mut two_each = worker(&tollbook, "3600", "2");
    let expected = quill.reaches(&next, "Completed");
    assert_eq!(quill.export(&begun)["status"], "Pending");
    two_each.kill();

    // What a worker died over is taken over by another.
    let _heir = worker(&tollbook, "1", "1");
    let taken_over = quill.reaches(&begun, "Completed");
    assert_eq!(taken_over["rows-count"], expected["rows-count"]);
    assert!(quill.download(&begun).body == quill.download(&next).body, "the same calls, whoever wrote them");
}

#[test]
fn a_server_that_was_killed_leaves_nothing_pending() {
    let tollbook = Tollbook::with_accounts(50_000);
    tollbook.login("quill", SUPPORT, &[]);
    let more = ["--set", "worker.lease_seconds=1", "--set", "yeti.running_per_customer=2"];
    let mut server = tollbook.serve(&more);
    let portal = Portal::sign_in(&server, "quill");
    let ids: Vec<String> = (0..12).map(|_| portal.order(SUPPORT)).collect();
    assert_eq!(portal.export(&ids[11])["status"], "Pending", "there is something to be interrupted");
    server.kill();
    let server = tollbook.serve(&more);
    let portal = portal.at(&server);
    let calls = tollbook.count(&["--account", SUPPORT.number]);
    for id in &ids {
        assert_eq!(portal.reaches(id, "Completed")["rows-count"], calls);
    }
    let listed = portal.found("/cdr-exports?filter[status_eq]=Completed&sort=created-at");
    let listed: Vec<&str> = listed["data"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids);
}

#[test]
fn an_export_that_is_past_its_time_or_withdrawn_is_deleted_and_stays_listed() {
    let tollbook = Tollbook::with_accounts(1000);
    tollbook.login("quill", SUPPORT, &[]);
    let mut server = tollbook.serve(&["--set", "worker.tidy_seconds=1"]);
    let portal = Portal::sign_in(&server, "quill");
    let [expired, withdrawn] = [portal.order(SUPPORT), portal.order(SUPPORT)];
    for id in [&expired, &withdrawn] {
        portal.reaches(id, "Completed");
    }
    tollbook.ok(&["exports", "cancel", &withdrawn]);
    assert_eq!(portal.export(&withdrawn)["status"], "Deleted");
    assert!(server.terminate().success());

    // Nothing is written any more, so that what is ordered now can be withdrawn before it is begun.
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let portal = portal.at(&server);
    assert_eq!(portal.download(&expired).status, 200);
    let pending = portal.order(SUPPORT);
    tollbook.ok(&["exports", "cancel", &pending]);
    drop(server);

    let server = tollbook.serve(&["--set", "worker.tidy_seconds=1", "--set", "worker.keep_hours=0"]);
    let portal = portal.at(&server);
    for id in [&expired, &withdrawn, &pending] {
        portal.reaches(id, "Deleted");
        let file = portal.download(id);
        assert_eq!((file.status, file.text(), file.header("Content-Disposition")), (404, "", ""));
    }
    let deleted = portal.found("/cdr-exports?filter[status_eq]=Deleted");
    assert_eq!(deleted["meta"]["total-count"], 3, "{deleted}");
    until(|| tollbook.spooled().is_empty().then_some(()));
}

#[test]
fn a_token_is_good_after_a_restart_and_at_every_server_of_the_store() {
    let tollbook = Tollbook::with_accounts(1000);
    tollbook.login("quill", SUPPORT, &[]);
    let mut first = tollbook.serve(&["--set", "worker.threads=0"]);
    let portal = Portal::sign_in(&first, "quill");
    let id = portal.order(SUPPORT);
    let second = tollbook.serve(&["--set", "worker.threads=0"]);
    assert_eq!(portal.at(&second).export(&id)["status"], "Pending");
    assert!(first.terminate().success());
    let first = tollbook.serve(&[]);
    portal.at(&first).reaches(&id, "Completed");
    assert_eq!(portal.at(&second).download(&id).status, 200);

    // It is good for this store alone, and only as long as there is its login.
    let other = Tollbook::with_accounts(10);
    other.login("quill", SUPPORT, &[]);
    assert_eq!(portal.at(&other.serve(&[])).get("/cdr-exports").status, 401);
    tollbook.ok(&["login", "remove", "quill"]);
    assert_eq!(portal.at(&second).get("/cdr-exports").status, 401);
}
