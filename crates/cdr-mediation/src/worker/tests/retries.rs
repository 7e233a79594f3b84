//! Failures that may pass are tried again later, at the times that the ledger keeps; others are not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::support::{LEASE, WorkerFixture, scripted};
use crate::{Clock, ExportJob, JobLedger, JobState, Outcome, PortError, Spool, Worker};

/// Lets every attempt fail, and counts the attempts.
fn failing(fixture: &WorkerFixture, failure: fn() -> PortError) -> Arc<AtomicU32> {
    let tried = Arc::<AtomicU32>::default();
    let count = tried.clone();
    fixture.before_reading(move || {
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
fn waits(fixture: &WorkerFixture, job: &ExportJob) -> Vec<u64> {
    let mut waits = Vec::new();
    let mut waited = 0;
    while matches!(fixture.job(job).state, JobState::Pending) {
        // Another worker each time: the ledger keeps the time.
        match runs(&mut fixture.worker()) {
            Some(Outcome::Postponed) | Some(Outcome::Failed(_)) => waits.push(std::mem::take(&mut waited)),
            None => {
                fixture.clock.advance(Duration::from_secs(1));
                waited += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    waits
}

#[test]
fn a_failure_that_may_pass_is_tried_again_for_an_hour() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let tried = failing(&fixture, busy);
    assert_eq!(waits(&fixture, &job), [&[0, 1, 10, 60, 300][..], &[300; 12]].concat());
    assert_eq!(tried.load(Ordering::SeqCst), 17);
    let JobState::Failed { reason, .. } = fixture.job(&job).state else { panic!() };
    assert_eq!(reason, "the calls could not be read", "the cause is only logged");
    assert!(fixture.spool.keys().unwrap().is_empty());
}

#[test]
fn any_other_failure_is_not_tried_again() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    failing(&fixture, || PortError::failed("the calls could not be read", "broken"));
    assert_eq!(waits(&fixture, &job), [0]);
    assert!(matches!(fixture.job(&job).state, JobState::Failed { .. }));
}

#[test]
fn an_export_is_completed_when_the_failure_has_passed() {
    let fixture = WorkerFixture::new();
    let (first, second) = (fixture.start(None), fixture.start(None));
    failing(&fixture, busy);
    let mut worker = fixture.worker();
    assert_eq!(runs(&mut worker), Some(Outcome::Postponed));
    fixture.before_reading(|| Ok(()));
    assert_eq!(worker.run_next().unwrap().unwrap().job.id, second.id, "others do not wait for it");
    assert_eq!(runs(&mut worker), None);
    fixture.clock.advance(Duration::from_secs(1));
    assert_eq!(runs(&mut worker), Some(Outcome::Completed { rows: 5000 }));
    assert_eq!((fixture.job(&first).attempts, fixture.job(&first).postponed), (2, 1));
}

#[test]
fn deaths_of_workers_have_three_attempts_of_their_own() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    failing(&fixture, busy);
    let mut worker = fixture.worker();
    for wait in [1, 10, 60, 300, 300] {
        assert_eq!(runs(&mut worker), Some(Outcome::Postponed));
        fixture.clock.advance(Duration::from_secs(wait));
    }
    fixture.before_reading(|| Ok(()));
    // Two workers die.
    fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
    fixture.ledger.take_over(&fixture.ledger.heartbeats().unwrap()[0], fixture.clock.now()).unwrap().unwrap();
    assert_eq!(runs(&mut worker), None);
    fixture.clock.advance(LEASE);
    assert_eq!(runs(&mut worker), Some(Outcome::Completed { rows: 5000 }), "the third attempt");
    assert_eq!((fixture.job(&job).attempts, fixture.job(&job).postponed), (8, 5));
}

#[test]
fn a_third_death_fails_the_export_however_often_it_was_postponed() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    failing(&fixture, busy);
    let mut worker = fixture.worker();
    assert_eq!(runs(&mut worker), Some(Outcome::Postponed));
    fixture.clock.advance(Duration::from_secs(1));
    fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
    for _ in 0..2 {
        fixture.ledger.take_over(&fixture.ledger.heartbeats().unwrap()[0], fixture.clock.now()).unwrap().unwrap();
    }
    assert_eq!(runs(&mut worker), None);
    fixture.clock.advance(LEASE);
    assert!(matches!(runs(&mut worker), Some(Outcome::Failed(reason)) if reason.contains("3 times")));
    assert!(matches!(fixture.job(&job).state, JobState::Failed { .. }));
}

#[test]
fn an_export_is_postponed_once_the_ledger_can_be_written() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    failing(&fixture, busy);
    let (ledger, mut worker) = scripted(&fixture, LEASE);
    let mut refusals = 1;
    ledger.before_calls(move |call| match call {
        "postpone" if refusals > 0 => {
            refusals -= 1;
            Err(busy())
        }
        _ => Ok(()),
    });
    assert_eq!(runs(&mut worker), Some(Outcome::Postponed));
    assert_eq!((fixture.job(&job).attempts, fixture.job(&job).postponed), (1, 1));
}

/// A worker that could not store its heartbeat is not dead.
#[test]
fn no_worker_is_considered_dead_while_the_ledger_cannot_be_written() {
    for call in ["heartbeats", "check_writes"] {
        for slow in [false, true] {
            let fixture = WorkerFixture::new();
            let job = fixture.start(None);
            fixture.ledger.claim(fixture.clock_now(), None).unwrap().unwrap();
            let (ledger, mut worker) = scripted(&fixture, LEASE);
            assert_eq!(runs(&mut worker), None, "it is observed from now on");
            fixture.clock.advance(LEASE);
            let clock = fixture.clock.clone();
            ledger.before_calls(move |name| match name == call {
                true if slow => {
                    clock.advance(LEASE / 2);
                    Ok(())
                }
                true => Err(busy()),
                false => Ok(()),
            });
            match slow {
                true if call == "check_writes" => assert_eq!(runs(&mut worker), None),
                true => continue,
                false => assert!(worker.run_next().is_err(), "{call}"),
            }
            ledger.before_calls(|_| Ok(()));
            assert_eq!(runs(&mut worker), None, "{call}: it has a full lease again");
            fixture.clock.advance(LEASE - Duration::from_millis(1));
            assert_eq!(runs(&mut worker), None, "{call}");
            fixture.clock.advance(Duration::from_millis(1));
            assert_eq!(runs(&mut worker), Some(Outcome::Completed { rows: 5000 }), "{call}: it is dead");
            assert_eq!(fixture.job(&job).attempts, 2);
        }
    }
}
