//! Exports that wait, that are interrupted, that are deleted: no export stays in an intermediate state indefinitely.

use std::collections::BTreeSet;

use serde_json::json;

use super::portal::{ALWAYS, Portal, SALES, SUPPORT, order};
use crate::harness::{Tollbook, in_time, same};
use crate::server::support::{Server, until};

/// A worker that writes one export at a time, with a lease of this many seconds.
fn worker(tollbook: &Tollbook, lease: &str, per_customer: &str) -> Server {
    let lease = format!("worker.lease_seconds={lease}");
    let per_customer = format!("yeti.running_per_customer={per_customer}");
    tollbook.worker(&["--set", "worker.threads=1", "--set", &lease, "--set", &per_customer])
}

fn running(server: &Server) -> bool {
    server.ask("", "GET", "/metrics", &[]).text().contains("tollbook_exports{state=\"running\"} 1\n")
}

/// Kills a worker while it writes an export. The export stays claimed until the lease of another worker expires.
fn interrupted(tollbook: &Tollbook, server: &Server, portal: &Portal) -> String {
    let mut id = String::new();
    in_time("its worker was killed", || {
        let mut victim = worker(tollbook, "3600", "1");
        id = portal.order(SUPPORT);
        let started = || running(server) || portal.export(&id)["status"] != "Pending";
        until("an export is started", || started().then_some(()));
        victim.kill();
        running(server)
    });
    assert_eq!(portal.export(&id)["status"], "Pending");
    id
}

/// Kills a server that has more exports to write than it can finish, and returns the ordered exports, oldest first.
fn overburdened(tollbook: &Tollbook, settings: &[&str]) -> (Portal, Vec<String>) {
    let mut server = tollbook.serve(settings);
    let mut portal = Portal::sign_in(&server, "quill");
    let mut ids: Vec<String> = Vec::new();
    in_time("the server was killed", || {
        portal = portal.at(&server);
        ids.extend((0..12).map(|_| portal.order(SUPPORT)));
        server.kill();
        // A server without workers shows how far the killed one got.
        let idle = tollbook.serve(&["--set", "worker.threads=0"]);
        let is_left = portal.at(&idle).export(ids.last().unwrap())["status"] == "Pending";
        drop(idle);
        if !is_left {
            server = tollbook.serve(settings);
        }
        is_left
    });
    (portal, ids)
}

#[test]
fn exports_beyond_the_share_of_a_customer_wait_without_blocking_others() {
    let tollbook = Tollbook::with_accounts(100_000);
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.login("shipping", SALES, &[]);
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let (quill, shipping) = (Portal::sign_in(&server, "quill"), Portal::sign_in(&server, "shipping"));
    let interrupted = interrupted(&tollbook, &server, &quill);

    // The dead worker still has a claim, so the next export of this customer waits, but that of the other customer is
    // written.
    let (next, other) = (quill.order(SUPPORT), shipping.order(SALES));
    let mut one_each = worker(&tollbook, "3600", "1");
    shipping.reaches(&other, "Completed");
    for id in [&interrupted, &next] {
        assert_eq!(quill.export(id)["status"], "Pending", "{id}");
        let file = quill.download(id);
        assert_eq!((file.status, file.text()), (404, ""), "{id} has no file yet");
    }
    one_each.kill();

    // With two exports per customer, the next one need not wait.
    let mut two_each = worker(&tollbook, "3600", "2");
    let expected = quill.reaches(&next, "Completed");
    assert_eq!(quill.export(&interrupted)["status"], "Pending");
    two_each.kill();

    // Another worker takes over the export of the dead worker.
    let _successor = worker(&tollbook, "5", "1");
    let taken_over = quill.reaches(&interrupted, "Completed");
    assert_eq!(taken_over["rows-count"], expected["rows-count"]);
    same("the same calls, written by different workers", &quill.file(&interrupted), &quill.file(&next));
}

#[test]
fn a_customer_at_the_limit_is_refused_by_every_server_and_others_are_not() {
    let tollbook = Tollbook::with_accounts(100);
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.login("shipping", SALES, &[]);
    let settings = ["--set", "worker.threads=0", "--set", "exports.pending_per_customer=2"];
    let (one, other) = (tollbook.serve(&settings), tollbook.serve(&settings));
    let (quill, shipping) = (Portal::sign_in(&one, "quill"), Portal::sign_in(&one, "shipping"));
    let ids = [quill.order(SUPPORT), quill.at(&other).order(SUPPORT)];
    for server in [&one, &other] {
        let portal = quill.at(server);
        let reply = portal.ask("POST", "/cdr-exports", Some(&order(&portal.account(SUPPORT), ALWAYS, json!({}))));
        let error = &reply.json()["errors"][0];
        assert_eq!((reply.status, &error["source"]["pointer"]), (422, &json!("/data")), "{}", reply.text());
        assert!(error["detail"].as_str().unwrap().starts_with("2 exports are pending"), "{error}");
    }
    shipping.order(SALES);
    let mut writing = worker(&tollbook, "30", "2");
    for id in &ids {
        quill.reaches(id, "Completed");
    }
    quill.order(SUPPORT);
    writing.kill();
}

#[test]
fn a_killed_server_leaves_nothing_pending() {
    let tollbook = Tollbook::with_accounts(50_000);
    tollbook.login("quill", SUPPORT, &[]);
    let settings = ["--set", "worker.lease_seconds=5", "--set", "yeti.running_per_customer=2"];
    let (portal, ids) = overburdened(&tollbook, &settings);
    let server = tollbook.serve(&settings);
    let portal = portal.at(&server);
    let calls = tollbook.count(&["--account", SUPPORT.number]);
    for id in &ids {
        assert_eq!(portal.reaches(id, "Completed")["rows-count"], calls, "{id}");
    }
    let listed = portal.found("/cdr-exports?filter[status_eq]=Completed&sort=created-at&page[size]=1000");
    let listed = listed["data"].as_array().unwrap();
    let when: Vec<&str> = listed.iter().map(|it| it["attributes"]["created-at"].as_str().unwrap()).collect();
    assert!(when.is_sorted() && when.len() == ids.len(), "{} exports: {when:?}", ids.len());
    // Two exports that were ordered at the same instant may be listed in either order.
    let listed: BTreeSet<&str> = listed.iter().map(|it| it["id"].as_str().unwrap()).collect();
    let ordered: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(listed, ordered);
}

#[test]
fn an_expired_or_withdrawn_export_is_deleted_but_stays_listed() {
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
    let ended = server.terminate();
    assert!(ended.success(), "{ended}: {}", tollbook.logged());

    // Without workers, an export that is ordered now can be withdrawn before it is started.
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let portal = portal.at(&server);
    portal.file(&expired);
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
    tollbook.until("the spool is empty", || tollbook.spooled().is_empty().then_some(()));
}

#[test]
fn a_token_is_valid_after_a_restart_and_at_every_server_of_the_store() {
    let tollbook = Tollbook::with_accounts(1000);
    tollbook.login("quill", SUPPORT, &[]);
    let mut first = tollbook.serve(&["--set", "worker.threads=0"]);
    let portal = Portal::sign_in(&first, "quill");
    let id = portal.order(SUPPORT);
    let second = tollbook.serve(&["--set", "worker.threads=0"]);
    assert_eq!(portal.at(&second).export(&id)["status"], "Pending");
    let ended = first.terminate();
    assert!(ended.success(), "{ended}: {}", tollbook.logged());
    let first = tollbook.serve(&[]);
    portal.at(&first).reaches(&id, "Completed");
    portal.at(&second).file(&id);

    // It is valid only for this store, and only as long as its login exists.
    let other = Tollbook::with_accounts(10);
    other.login("quill", SUPPORT, &[]);
    let refused = portal.at(&other.serve(&[])).get("/cdr-exports");
    assert_eq!(refused.status, 401, "{}", refused.text());
    tollbook.ok(&["login", "remove", "quill"]);
    let refused = portal.at(&second).get("/cdr-exports");
    assert_eq!(refused.status, 401, "{}", refused.text());
}
