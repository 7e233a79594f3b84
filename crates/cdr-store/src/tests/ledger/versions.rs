//! Documents of other versions: an order of a newer program is listed, but left to newer programs.

use cdr_export::{Layout, Receipt};
use cdr_mediation::{
    Entered, ExportOrder, ExportRequest, ExportScope, JobLedger, JobState, LedgerTally, Progress, Unreadable,
};
use cdr_model::CdrField;
use cdr_query::{Condition, SortKey, Test};

use super::support::*;
use crate::tests::support::{StoreFixture, spoil};

/// Changes the first export as a newer program would have written it.
const NEWER: &str = "UPDATE exports SET request_version = 9, request = '{\"words\":\"of tomorrow\"}' WHERE number = 1";

#[test]
fn a_newer_order_is_left_to_newer_programs() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    let newer = enter(store, Some("lane"), 10);
    let known = enter(store, None, 11);
    spoil(store, NEWER);
    assert_eq!(claim(store, 20).job.id, known.id);
    assert!(store.claim(at(20), None).unwrap().is_none());
    let tally = store.tally().unwrap();
    let expected =
        LedgerTally { pending: 1, running: 1, oldest_pending: Some(at(10)), newer: 1, ..LedgerTally::default() };
    assert_eq!(tally, expected);

    let job = store.latest("lane").unwrap().unwrap();
    assert_eq!((job.id, state(&job), job.order.memo), (newer.id, "pending", order(None).memo));
    let why = job.order.request.unwrap_err();
    assert_eq!(why, Unreadable::Newer { version: 9, known: ExportRequest::VERSION });
    assert_eq!(why.to_string(), "a newer Tollbook wrote it, in version 9; this one reads versions up to 3");
    assert!(store.withdraw(newer.id, at(30)).unwrap(), "an order can be cancelled whether or not it can be read");
    assert_eq!(store.tally().unwrap().newer, 0);
}

#[test]
fn a_running_export_with_a_newer_request_is_left_to_newer_programs() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    enter(store, Some("lane"), 10);
    let held = claim(store, 20);
    let seen = store.heartbeats().unwrap().remove(0);
    spoil(store, NEWER);
    assert!(store.heartbeats().unwrap().is_empty());
    assert!(store.take_over(&seen, at(30)).unwrap().is_none());
    assert_eq!((state(&find(store, &held.job)), store.tally().unwrap().newer), ("running", 1));
}

#[test]
fn a_document_without_a_version_has_version_1() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    enter(store, Some("lane"), 10);
    spoil(store, "UPDATE exports SET request_version = NULL, memo_version = NULL");
    let held = claim(store, 20);
    assert_eq!(held.job.order.memo_version, 1);
    assert!(store.complete(&held, &finished("file", held.tag, 30)).unwrap());
    spoil(store, "UPDATE exports SET receipt_version = NULL");
    assert_eq!(state(&find(store, &held.job)), "completed");
    spoil(store, "UPDATE exports SET receipt_version = 9");
    let JobState::Completed(kept) = find(store, &held.job).state else { panic!("it is completed") };
    assert_eq!(kept.receipt, Err(Unreadable::Newer { version: 9, known: Receipt::VERSION }));
    for (damage, expected) in [("receipt = '{}'", "receipt: missing field"), ("receipt = NULL", "receipt is missing")] {
        spoil(store, &format!("UPDATE exports SET receipt_version = NULL, {damage}"));
        let JobState::Completed(kept) = find(store, &held.job).state else { panic!("it is completed") };
        let why = kept.receipt.unwrap_err().to_string();
        assert!(why.starts_with(expected), "{damage}: {why}");
    }
}

#[test]
fn lists_give_the_reason_of_a_failure() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    enter(store, None, 10);
    enter(store, None, 11);
    assert!(store.fail(&claim(store, 20), "the disk is full", at(30)).unwrap());
    let scope = ExportScope { dialects: vec![order(None).dialect], accounts: None };
    let mut seen = Vec::new();
    store.entries(&scope, &mut |entry| seen.push((entry.reason, entry.memo_version))).unwrap();
    assert_eq!(seen, [(Some("the disk is full".to_owned()), 3), (None, 3)]);
}

#[test]
fn a_request_is_stored_in_the_version_that_it_needs() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    let sorted = |order: &mut ExportOrder| {
        order.request.query.order.keys.push(SortKey { field: CdrField::Price, descending: true });
    };
    let alternatives = |order: &mut ExportOrder| {
        let any_of = Test::AnyOf(vec![vec![Test::starts_with("49")], vec![Test::Missing]]);
        order.request.query.conditions.push(Condition::new(CdrField::Called, any_of).unwrap());
    };
    let network = |order: &mut ExportOrder| {
        let inside = Test::Network { networks: "192.0.2.0/24".parse().into_iter().collect(), inside: true };
        order.request.query.conditions.push(Condition::new(CdrField::PeerIp, inside).unwrap());
    };
    let by_group = |order: &mut ExportOrder| {
        order.request.query.conditions.push(Condition::new(CdrField::XdrGroup, Test::Missing).unwrap());
    };
    let with_keys = |order: &mut ExportOrder| order.request.spec.layout = Layout::named("native", &[]).unwrap();
    for (change, version) in [
        (&(|_: &mut ExportOrder| ()) as &dyn Fn(&mut ExportOrder), 1),
        (&sorted, 2),
        (&alternatives, 2),
        (&network, 3),
        (&by_group, 3),
        (&with_keys, 3),
    ] {
        let mut order = order(None);
        order.request.spec.layout = Layout::named("dma-6.1-reconstructed", &[]).unwrap();
        change(&mut order);
        assert_eq!(order.request.version(), version);
        let Entered::Pending(job) = store.enter("alice", &order, at(10)).unwrap() else { panic!("it has no lane") };
        assert_eq!(job.order.request.as_ref().unwrap().query, order.request.query);
        let newer =
            format!("UPDATE exports SET request_version = request_version + {}", ExportRequest::VERSION + 1 - version);
        spoil(store, &newer);
        assert!(find(store, &job).order.request.is_err(), "version {version} was stored");
        assert!(store.withdraw(job.id, at(20)).unwrap());
    }
}

#[test]
fn the_progress_of_a_newer_worker_is_shown_as_not_known() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    enter(store, None, 10);
    let held = claim(store, 20);
    for progress in ["'{\"step\":\"sorting\",\"rows\":7}'", "'[]'", "NULL"] {
        spoil(store, &format!("UPDATE exports SET progress = {progress}"));
        let state = find(store, &held.job).state;
        assert!(
            matches!(state, JobState::Running(progress) if progress == Progress::default()),
            "{progress}: {state:?}"
        );
    }
    assert!(store.renew(&held, Progress { rows: 9, ..Progress::default() }).unwrap());
    assert!(matches!(find(store, &held.job).state, JobState::Running(Progress { rows: 9, .. })));
}
