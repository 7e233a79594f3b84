//! Claims on exports, and how they are lost.

use std::panic::resume_unwind;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use cdr_export::{Layout, Package};

use super::support::{LEASE, WorkerFixture, order, scripted, until};
use crate::{Caller, Clock, Finished, JobLedger, JobState, MediationError, Outcome, PortError, Progress, Spool, Stop};

/// A lease whose heartbeats follow each other within milliseconds.
const BRIEF: Duration = Duration::from_millis(50);

#[test]
fn an_order_becomes_a_file_with_its_receipt() {
    let fixture = WorkerFixture::new();
    assert!(fixture.worker().run_next().unwrap().is_none(), "there is no work yet");
    let job = fixture.start(None);
    let round = fixture.worker().run_next().unwrap().unwrap();
    assert_eq!(round.outcome, Outcome::Completed { rows: 5000 });
    let job = fixture.job(&job);
    let JobState::Completed(finished) = &job.state else { panic!("{:?}", job.state) };
    let receipt = finished.receipt.as_ref().unwrap();
    assert_eq!((receipt.sheets[0].rows, receipt.watermark), (5000, Some(5000)));
    assert_eq!((job.order.memo.as_str(), job.caller.as_str(), job.attempts), ("by the way", "alice", 1));
    let file = fixture.mediation.collect(&Caller::everything("bob"), &job).unwrap().unwrap();
    cdr_export::verify(file, receipt).unwrap();
}

#[test]
fn a_lane_holds_one_export_at_a_time() {
    let fixture = WorkerFixture::new();
    let first = fixture.start(Some("slot"));
    let alice = Caller::everything("alice");
    let busy = || fixture.mediation.start_export(&alice, order(Some("slot")));
    assert!(matches!(busy(), Err(MediationError::LaneBusy { .. })), "while it is pending");
    fixture.start(Some("another slot"));
    fixture.start(None);
    let claim = fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
    assert_eq!(claim.job.id, first.id, "the oldest first");
    assert!(matches!(busy(), Err(MediationError::LaneBusy { .. })), "while it is running");
    assert!(fixture.ledger.fail(&claim, "broken", fixture.clock.now()).unwrap());
    let second = busy().unwrap();
    assert_eq!(fixture.mediation.latest_export(&alice, "slot").unwrap().unwrap().id, second.id);
}

#[test]
fn many_workers_complete_every_export_once() {
    let fixture = WorkerFixture::new();
    let jobs: Vec<_> = (0..40).map(|_| fixture.start(None)).collect();
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut worker = fixture.worker();
                while let Some(round) = worker.run_next().unwrap() {
                    assert_eq!(round.outcome, Outcome::Completed { rows: 5000 });
                    done.lock().unwrap().push(round.job.id);
                }
            });
        }
    });
    let (mut done, mut wanted) = (done.into_inner().unwrap(), jobs.iter().map(|job| job.id).collect::<Vec<_>>());
    done.sort();
    wanted.sort();
    assert_eq!(done, wanted);
    assert_eq!(fixture.spool.keys().unwrap().len(), 40);
}

#[test]
fn the_export_of_a_dead_worker_is_taken_over_after_the_lease_regardless_of_the_wall_clock() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(Some("slot"));
    let dead = fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
    let mut worker = fixture.worker();
    for (what, by) in [("just observed", 0), ("an hour forward", 3600), ("two hours back", -7200)] {
        fixture.clock.set(fixture.clock.now().plus_micros(by * 1_000_000));
        assert!(worker.run_next().unwrap().is_none(), "{what}");
    }
    fixture.clock.advance(LEASE / 2);
    assert!(fixture.ledger.renew(&dead, Progress::default()).unwrap(), "the worker is still alive");
    assert!(worker.run_next().unwrap().is_none());
    fixture.clock.advance(LEASE - Duration::from_secs(1));
    assert!(worker.run_next().unwrap().is_none(), "its heartbeat has changed since");
    fixture.clock.advance(LEASE);
    let round = worker.run_next().unwrap().unwrap();
    assert_eq!((round.job.id, round.job.attempts), (job.id, 2));
    assert_eq!(round.outcome, Outcome::Completed { rows: 5000 });
    let JobState::Completed(kept) = fixture.job(&job).state else { panic!() };
    assert!(kept.tag > dead.tag, "no two files of a lane have the same tag, although the clock was set back");

    // The dead worker was only slow.
    assert!(!fixture.ledger.renew(&dead, Progress::default()).unwrap());
    let late = Finished { receipt: kept.receipt.unwrap(), file: kept.file, tag: dead.tag, at: fixture.clock.now() };
    assert!(!fixture.ledger.complete(&dead, &late).unwrap());
    assert!(!fixture.ledger.fail(&dead, "late", fixture.clock.now()).unwrap());
    assert!(!fixture.ledger.hand_back(&dead, fixture.clock.now()).unwrap());
}

#[test]
fn the_file_of_a_worker_is_discarded_when_another_worker_took_over() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let (ledger, clock) = (fixture.ledger.clone(), fixture.clock.clone());
    fixture.before_reading(move || {
        let heartbeat = ledger.heartbeats().unwrap().remove(0);
        // The slow worker may send a heartbeat in between. Then the take-over fails and is retried.
        until("the export was taken over", || {
            ledger.take_over(&ledger.heartbeats().unwrap()[0], clock.now()).unwrap().is_some()
        });
        assert_ne!(ledger.heartbeats().unwrap()[0].token, heartbeat.token);
        Ok(())
    });
    let round = fixture.worker().run_next().unwrap().unwrap();
    assert_eq!(round.outcome, Outcome::Lost);
    assert!(fixture.spool.keys().unwrap().is_empty());
    assert!(matches!(fixture.job(&job).state, JobState::Running(_)), "it belongs to the other worker");
}

#[test]
fn an_export_whose_workers_keep_crashing_fails_with_the_reason() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let mut worker = fixture.worker();
    fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
    for _ in 0..2 {
        fixture.ledger.take_over(&fixture.ledger.heartbeats().unwrap()[0], fixture.clock.now()).unwrap().unwrap();
    }
    assert!(worker.run_next().unwrap().is_none());
    fixture.clock.advance(LEASE);
    let round = worker.run_next().unwrap().unwrap();
    assert!(matches!(&round.outcome, Outcome::Failed(reason) if reason.contains("3 times")), "{:?}", round.outcome);
    assert!(matches!(fixture.job(&job).state, JobState::Failed { .. }));
}

#[test]
fn the_reason_of_an_export_handed_back_too_often_does_not_mention_a_crash() {
    let fixture = WorkerFixture::new();
    fixture.start(None);
    for _ in 0..3 {
        let claim = fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
        assert!(fixture.ledger.hand_back(&claim, fixture.clock.now()).unwrap());
    }
    let Outcome::Failed(reason) = fixture.worker().run_next().unwrap().unwrap().outcome else { panic!() };
    assert_eq!(reason, "it was started 3 times and did not finish");
}

#[test]
fn a_panic_fails_the_export_and_not_the_worker() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    fixture.before_reading(|| resume_unwind(Box::new("a mistake in the program")));
    let mut worker = fixture.worker();
    assert!(matches!(worker.run_next().unwrap().unwrap().outcome, Outcome::Failed(_)));
    assert!(matches!(fixture.job(&job).state, JobState::Failed { .. }));
    assert!(worker.run_next().unwrap().is_none());
}

#[test]
fn a_worker_that_has_to_stop_finishes_or_hands_back() {
    for now in [false, true] {
        let fixture = WorkerFixture::new();
        let (first, second) = (fixture.start(None), fixture.start(None));
        let stop = Stop::new(&fixture.mediation);
        let stopping = stop.clone();
        fixture.before_reading(move || {
            if now {
                stopping.now()
            } else {
                stopping.after_this()
            }
            Ok(())
        });
        let mut outcomes = Vec::new();
        fixture.worker_with(&stop).run(&mut |round| outcomes.push(round.outcome.clone()));
        assert_eq!(outcomes, [if now { Outcome::HandedBack } else { Outcome::Completed { rows: 5000 } }]);
        assert_eq!(matches!(fixture.job(&first).state, JobState::Pending), now);
        assert!(matches!(fixture.job(&second).state, JobState::Pending), "no new export is started");
        fixture.before_reading(|| Ok(()));
        let next = fixture.worker().run_next().unwrap().unwrap();
        assert_eq!(next.job.id, if now { first.id } else { second.id }, "an export handed back keeps its place");
    }
}

#[test]
fn the_progress_of_an_export_is_visible() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let (ledger, id) = (fixture.ledger.clone(), job.id);
    fixture.before_reading(move || {
        // Blocks until a heartbeat has stored the expected number of rows in the ledger.
        until("the ledger has the expected number of rows", || {
            let state = ledger.find(id).unwrap().unwrap().state;
            matches!(state, JobState::Running(Progress { expected: 5000, .. }))
        });
        Ok(())
    });
    assert_eq!(fixture.worker().run_next().unwrap().unwrap().outcome, Outcome::Completed { rows: 5000 });
}

#[test]
fn the_row_of_a_sheet_of_counts_is_not_among_the_rows_of_a_round() {
    let fixture = WorkerFixture::new();
    let mut order = order(None);
    order.request.spec.layout = Layout::named("dma-6.1-reconstructed", &[]).unwrap();
    order.request.spec.package = Package::Zip;
    fixture.mediation.start_export(&Caller::everything("alice"), order).unwrap();
    assert_eq!(fixture.worker().run_next().unwrap().unwrap().outcome, Outcome::Completed { rows: 5000 });
}

#[test]
fn a_failed_heartbeat_is_followed_by_the_next() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let (ledger, mut worker) = scripted(&fixture, BRIEF);
    let (calls, renewed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = calls.clone();
    ledger.before_calls(move |method| match method {
        "renew" if counted.fetch_add(1, SeqCst) < 2 => Err(PortError::unavailable("a heartbeat", "the lock")),
        _ => Ok(()),
    });
    let seen = renewed.clone();
    let kept = fixture.ledger.clone();
    fixture.before_reading(move || {
        until("a heartbeat was stored after two that failed", || kept.heartbeats().unwrap()[0].beats > 0);
        seen.store(1, SeqCst);
        Ok(())
    });
    assert_eq!(worker.run_next().unwrap().unwrap().outcome, Outcome::Completed { rows: 5000 });
    assert!(calls.load(SeqCst) > 2 && renewed.load(SeqCst) == 1);
    assert!(matches!(fixture.job(&job).state, JobState::Completed(_)));
}

#[test]
fn the_end_of_an_export_is_stored_as_soon_as_the_ledger_can_be_written() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let (ledger, mut worker) = scripted(&fixture, BRIEF);
    let mut failures = 2;
    ledger.before_calls(move |method| match method {
        "complete" if failures > 0 => {
            failures -= 1;
            Err(PortError::unavailable("the export could not be completed", "the connection"))
        }
        _ => Ok(()),
    });
    assert_eq!(worker.run_next().unwrap().unwrap().outcome, Outcome::Completed { rows: 5000 });
    assert_eq!(fixture.job(&job).attempts, 1, "it was written once");
}

#[test]
fn an_export_whose_end_cannot_be_stored_is_written_again() {
    let fixture = WorkerFixture::new();
    let job = fixture.start(None);
    let (ledger, mut worker) = scripted(&fixture, BRIEF);
    let mut failures = 1;
    ledger.before_calls(move |method| match method {
        "complete" if failures > 0 => {
            failures -= 1;
            Err(PortError::failed("the export could not be completed", "the disk"))
        }
        _ => Ok(()),
    });
    assert!(worker.run_next().is_err());
    assert!(matches!(fixture.job(&job).state, JobState::Running(_)), "its claim still holds");
    assert!(worker.run_next().unwrap().is_none(), "its lease starts when it is seen");
    fixture.clock.advance(LEASE);
    assert_eq!(worker.run_next().unwrap().unwrap().outcome, Outcome::Completed { rows: 5000 });
    fixture.mediation.tidy(Duration::from_secs(3600)).unwrap();
    assert_eq!(fixture.spool.keys().unwrap().len(), 1, "the first file belongs to no claim");
}
