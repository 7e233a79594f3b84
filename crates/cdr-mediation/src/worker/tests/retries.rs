//! Failures that may pass are tried again later, at the times that the ledger keeps; others are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::support::{Home, LEASE};
use crate::{Clock, ExportJob, JobLedger, JobState, Outcome, PortError, Spool, Worker};

/// Lets every attempt fail, and counts the attempts.
fn failing(home: &Home, failure: fn() -> PortError) -> Arc<AtomicU32> {
    let tried = Arc::<AtomicU32>::default();
    let count = tried.clone();
    home.before_reading(move || {
        count.fetch_add(1, Ordering::SeqCst);
        Err(failure())
    });
    tried
}

fn busy() -> PortError {
    PortError::unavailable("the calls could not be read", "busy")
}

fn runs(worker: &mut Worker) -> Option<Outcome> {
    worker.run_next().unwrap().map(|round| round.outcome)
}

/// Lets the export fail until it is not tried again, and returns after how many seconds it was tried each time.
fn waits(home: &Home, job: &ExportJob) -> Vec<u64> {
    let mut waits = Vec::new();
    let mut waited = 0;
    while matches!(home.job(job).state, JobState::Pending) {
        // Another worker each time: the ledger keeps the time.
        match runs(&mut home.worker()) {
            Some(Outcome::HandedBack) | Some(Outcome::Failed(_)) => waits.push(std::mem::take(&mut waited)),
            None => {
                home.clock.advance(Duration::from_secs(1));
                waited += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    waits
}

#[test]
fn a_failure_that_may_pass_is_tried_again_for_an_hour() {
    let home = Home::new();
    let job = home.start(None);
    let tried = failing(&home, busy);
    assert_eq!(waits(&home, &job), [&[0, 1, 10, 60, 300][..], &[300; 12]].concat());
    assert_eq!(tried.load(Ordering::SeqCst), 17);
    let JobState::Failed { reason, .. } = home.job(&job).state else { panic!() };
    assert_eq!(reason, "the calls could not be read", "the cause is only logged");
    assert!(home.spool.keys().unwrap().is_empty());
}

#[test]
fn any_other_failure_is_not_tried_again() {
    let home = Home::new();
    let job = home.start(None);
    failing(&home, || PortError::failed("the calls could not be read", "broken"));
    assert_eq!(waits(&home, &job), [0]);
    assert!(matches!(home.job(&job).state, JobState::Failed { .. }));
}

#[test]
fn an_export_is_completed_when_the_failure_has_passed() {
    let home = Home::new();
    let (first, second) = (home.start(None), home.start(None));
    failing(&home, busy);
    let mut worker = home.worker();
    assert_eq!(runs(&mut worker), Some(Outcome::HandedBack));
    home.before_reading(|| Ok(()));
    assert_eq!(worker.run_next().unwrap().unwrap().job.id, second.id, "others do not wait for it");
    assert_eq!(runs(&mut worker), None);
    home.clock.advance(Duration::from_secs(1));
    assert_eq!(runs(&mut worker), Some(Outcome::Completed { rows: 5000 }));
    assert_eq!((home.job(&first).attempts, home.job(&first).postponed), (2, 1));
}

#[test]
fn deaths_of_workers_have_three_attempts_of_their_own() {
    let home = Home::new();
    let job = home.start(None);
    failing(&home, busy);
    let mut worker = home.worker();
    for wait in [1, 10, 60, 300, 300] {
        assert_eq!(runs(&mut worker), Some(Outcome::HandedBack));
        home.clock.advance(Duration::from_secs(wait));
    }
    home.before_reading(|| Ok(()));
    // Two workers die.
    home.ledger.claim(home.clock.now(), None).unwrap().unwrap();
    home.ledger.take_over(&home.ledger.heartbeats().unwrap()[0], home.clock.now()).unwrap().unwrap();
    assert_eq!(runs(&mut worker), None);
    home.clock.advance(LEASE);
    assert_eq!(runs(&mut worker), Some(Outcome::Completed { rows: 5000 }), "the third attempt");
    assert_eq!((home.job(&job).attempts, home.job(&job).postponed), (8, 5));
}

#[test]
fn a_third_death_fails_the_export_however_often_it_was_postponed() {
    let home = Home::new();
    let job = home.start(None);
    failing(&home, busy);
    let mut worker = home.worker();
    assert_eq!(runs(&mut worker), Some(Outcome::HandedBack));
    home.clock.advance(Duration::from_secs(1));
    home.ledger.claim(home.clock.now(), None).unwrap().unwrap();
    for _ in 0..2 {
        home.ledger.take_over(&home.ledger.heartbeats().unwrap()[0], home.clock.now()).unwrap().unwrap();
    }
    assert_eq!(runs(&mut worker), None);
    home.clock.advance(LEASE);
    assert!(matches!(runs(&mut worker), Some(Outcome::Failed(reason)) if reason.contains("3 times")));
    assert!(matches!(home.job(&job).state, JobState::Failed { .. }));
}
