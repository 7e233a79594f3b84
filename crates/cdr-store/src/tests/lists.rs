//! Pages of lists: sorted and skipped in SQL, and no longer read once nobody wants them.

use std::io;
use std::thread;

use cdr_mediation::{CdrSource, PortError};
use cdr_model::{Cdr, CdrField};
use cdr_query::{Cancel, CdrQuery, Condition, SortBy, SortKey, SortOrder, Test};

use super::support::*;

/// More calls than SQL is told a limit for.
const CALLS: i64 = 21_000;

fn sorted(keys: &[(CdrField, bool)]) -> CdrQuery {
    let keys = keys.iter().map(|(field, descending)| SortKey { field: *field, descending: *descending });
    CdrQuery { order: SortOrder { keys: keys.collect(), ..SortOrder::new(SortBy::Anchor, true) }, ..everything() }
}

#[test]
fn pages_at_every_depth_are_parts_of_the_whole_list() {
    let fixture = StoreFixture::new();
    let drafts = (0..CALLS).map(|n| {
        let mut draft = call(&n.to_string(), n * 7919 % CALLS, &(n * 31 % 1_000).to_string());
        draft.call.talk_us = (n % 11 > 0).then_some(n * 31 % 101 * 1_000_000);
        draft.call.details.sip.user_agent = (n % 7 > 0).then(|| format!("agent {}", n % 13));
        draft
    });
    let drafts: Vec<_> = drafts.collect();
    for drafts in drafts.chunks(5_000) {
        take(&fixture.store, drafts.iter().cloned());
    }
    let all = scan(&fixture.store, &everything());
    let some = Condition::new(CdrField::UserAgent, Test::Present).unwrap();
    for query in [
        sorted(&[]),
        sorted(&[(CdrField::Talk, true)]),
        sorted(&[(CdrField::Called, false), (CdrField::Talk, false)]),
        sorted(&[(CdrField::UserAgent, true)]),
        sorted(&[(CdrField::Talk, true)]).only(some),
    ] {
        let query = query.at(fixture.store.watermark().unwrap());
        let mut expected: Vec<&Cdr> = all.iter().filter(|call| query.matches(call)).collect();
        expected.sort_by(|left, right| query.order.compare(&query.window, *left, *right));
        for skip in [0, 1, 999, 10_000, expected.len() - 3, expected.len(), 100_000] {
            let page = fixture.store.list(&query, skip as u64, 50).unwrap();
            let numbers = |calls: Vec<&Cdr>| calls.iter().map(|call| call.number).collect::<Vec<_>>();
            let wanted = numbers(expected.iter().skip(skip).take(50).copied().collect());
            assert_eq!(numbers(page.iter().collect()), wanted, "50 after {skip}, {}", query.order);
        }
    }
}

#[test]
fn a_scan_ends_when_its_answer_is_no_longer_wanted() {
    let fixture = StoreFixture::new();
    take(&fixture.store, (0..3_000).map(|n| call(&n.to_string(), n, "1")));
    for query in [sorted(&[]), sorted(&[(CdrField::Called, true)]), sorted(&[(CdrField::UserAgent, true)])] {
        let (cancel, mut seen) = (Cancel::new(), 0);
        let ended = fixture.store.scan(&query.until(&cancel), &mut |_| {
            seen += 1;
            cancel.cancel();
            Ok::<(), io::Error>(())
        });
        assert!(matches!(ended, Err(PortError::Cancelled)), "{ended:?}");
        assert!(seen < 3_000, "{seen}");
    }
}

/// The signal comes at any moment of the reading. The store goes on to answer others.
#[test]
fn reading_ends_whenever_the_signal_comes() {
    let fixture = StoreFixture::new();
    take(&fixture.store, (0..3_000).map(|n| call(&n.to_string(), n, &n.to_string())));
    let query = sorted(&[(CdrField::Called, true)]);
    for _ in 0..20 {
        let cancel = Cancel::new();
        thread::scope(|scope| {
            let lists = scope.spawn(|| {
                loop {
                    let query = query.clone().until(&cancel);
                    let read = fixture.store.count(&query).and_then(|_| fixture.store.list(&query, 2_000, 50));
                    match read {
                        Ok(page) => assert_eq!(page.len(), 50),
                        Err(error) => return error,
                    }
                }
            });
            cancel.cancel();
            let error = lists.join().unwrap();
            assert!(matches!(error, PortError::Cancelled), "{error:?}");
        });
        assert_eq!(fixture.store.count(&query).unwrap(), 3_000);
    }
}
