//! Many concurrent workers on one store with several handles.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use cdr_mediation::{Entered, ExportLimits, ExportOrder, JobLedger, Progress};

use super::support::*;
use crate::Store;
use crate::tests::support::StoreFixture;

/// Runs `work` on this many threads for each of two handles, and collects the results.
fn on_all<T: Send>(fixture: &StoreFixture, threads: usize, work: impl Fn(&Store) -> Vec<T> + Sync) -> Vec<T> {
    let (other, found) = (fixture.again(), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for store in [&fixture.store, &other] {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mine = work(store);
                    found.lock().unwrap().extend(mine);
                });
            }
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn no_two_workers_get_the_same_export() {
    let fixture = StoreFixture::new();
    for n in 0..60 {
        enter(&fixture.store, None, n);
    }
    let mut claimed = on_all(&fixture, 3, |store| {
        let mut mine = Vec::new();
        while let Some(claim) = store.claim(at(100), None).unwrap() {
            mine.push((claim.job.number, claim.token));
        }
        mine
    });
    claimed.sort();
    assert_eq!(claimed.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=60).collect::<Vec<_>>());
    assert_eq!(claimed.iter().map(|(_, token)| token).collect::<BTreeSet<_>>().len(), 60, "each has its own token");
}

#[test]
fn many_workers_do_not_exceed_the_share_of_a_customer() {
    let fixture = StoreFixture::new();
    for n in 0..60 {
        enter_order(&fixture.store, &ExportOrder { customer_id: Some(n % 3), ..order(None) }, n);
    }
    let claimed = on_all(&fixture, 3, |store| {
        let mut mine = Vec::new();
        while let Some(claim) = store.claim(at(100), Some(4)).unwrap() {
            mine.push(claim.job.order.customer_id.unwrap());
        }
        mine
    });
    for customer in 0..3 {
        assert_eq!(claimed.iter().filter(|of| **of == customer).count(), 4, "of {customer}");
    }
}

#[test]
fn no_two_senders_get_the_same_callback() {
    let fixture = StoreFixture::new();
    for n in 0..40 {
        enter_order(&fixture.store, &ExportOrder { callback: Some("http://example.com".to_owned()), ..order(None) }, n);
        assert!(fixture.store.fail(&claim(&fixture.store, n), "over", at(n)).unwrap());
    }
    let mut taken = on_all(&fixture, 3, |store| {
        let next = || store.take_callback(at(100), at(200)).unwrap().map(|task| task.number);
        std::iter::from_fn(next).collect()
    });
    taken.sort();
    assert_eq!(taken, (1..=40).collect::<Vec<_>>());
}

#[test]
fn one_of_many_takes_over() {
    let fixture = StoreFixture::new();
    for round in 1..=10 {
        enter(&fixture.store, None, round);
        let dead = claim(&fixture.store, 20);
        let seen = fixture.store.heartbeats().unwrap().remove(0);
        let taken = on_all(&fixture, 2, |store| store.take_over(&seen, at(30)).unwrap().into_iter().collect());
        assert_eq!(taken.len(), 1);
        assert!(!fixture.store.renew(&dead, Progress::default()).unwrap());
        assert!(fixture.store.complete(&taken[0], &finished("file", 30, 40)).unwrap());
    }
}

#[test]
fn many_together_do_not_exceed_a_limit() {
    let fixture = StoreFixture::new();
    let limits = ExportLimits { pending: Some(7), pending_per_customer: Some(5), ..ExportLimits::default() };
    let order = ExportOrder { customer_id: Some(1), ..order(None) };
    let mut entered = on_all(&fixture, 2, |store| {
        let mut numbers = Vec::new();
        for _ in 0..4 {
            if let Entered::Pending(job) = store.enter_within(&limits, "alice", &order, at(10)).unwrap() {
                numbers.push(job.number);
            }
        }
        numbers
    });
    entered.sort_unstable();
    assert_eq!(entered, [1, 2, 3, 4, 5]);
}

#[test]
fn one_of_many_gets_the_lane() {
    let fixture = StoreFixture::new();
    for round in 1..=10 {
        let entered =
            on_all(&fixture, 2, |store| match store.enter("alice", &order(Some("lane")), at(round)).unwrap() {
                Entered::Pending(job) => vec![job.number],
                _ => Vec::new(),
            });
        assert_eq!(entered, [round]);
        let held = claim(&fixture.store, 20);
        assert!(fixture.store.fail(&held, "over", at(30)).unwrap());
    }
}
