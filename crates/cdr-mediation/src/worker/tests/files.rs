//! The retention of files in the spool.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::support::{WorkerFixture, order};
use crate::{
    Caller, Clock, JobLedger, JobState, Mediation, MemorySpool, Outcome, PortError, Spool, SpoolRead, SpoolWrite, Stop,
    Worker, WorkerOptions,
};

const KEEP: Duration = Duration::from_secs(3600);

/// A spool with a file that cannot be removed.
struct Stuck {
    spool: MemorySpool,
    key: &'static str,
}

impl Spool for Stuck {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        self.spool.begin(key)
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        self.spool.open(key)
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        if key == self.key {
            return Err(PortError::failed("it cannot be removed", "403"));
        }
        self.spool.remove(key)
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        self.spool.keys()
    }

    fn clear(&self) -> Result<(), PortError> {
        self.spool.clear()
    }
}

fn publish(spool: &dyn Spool, key: &str) {
    let mut file = spool.begin(key).unwrap();
    file.write_all(b"published, and not entered yet").unwrap();
    file.publish().unwrap();
}

#[test]
fn files_are_kept_for_the_retention_or_until_they_are_replaced_in_their_lane() {
    let fixture = WorkerFixture::new();
    let jobs = [fixture.start(None), fixture.start(Some("slot"))];
    let mut worker = fixture.worker();
    while worker.run_next().unwrap().is_some() {}
    fixture.mediation.tidy(KEEP).unwrap();
    assert_eq!(fixture.spool.keys().unwrap().len(), 2);

    let alice = Caller::everything("alice");
    let replaced = fixture.job(&jobs[1]);
    let mut open = fixture.mediation.collect(&alice, &replaced).unwrap().unwrap();
    fixture.start(Some("slot"));
    fixture.mediation.tidy(KEEP).unwrap();
    assert_eq!(fixture.spool.keys().unwrap().len(), 1, "the file was replaced in its lane");
    assert!(fixture.mediation.collect(&alice, &replaced).unwrap().is_none());
    assert!(std::io::copy(&mut open, &mut std::io::sink()).unwrap() > 0, "an open file can be read to its end");

    fixture.clock.advance(KEEP + Duration::from_secs(1));
    fixture.mediation.tidy(KEEP).unwrap();
    assert!(matches!(fixture.job(&jobs[0]).state, JobState::Withdrawn));
    assert!(fixture.spool.keys().unwrap().is_empty());
}

#[test]
fn orphaned_files_are_removed_and_files_of_running_exports_are_not() {
    let fixture = WorkerFixture::new();
    fixture.start(None);
    let claim = fixture.ledger.claim(fixture.clock.now(), None).unwrap().unwrap();
    for key in [format!("{}.{}", claim.job.id, claim.token), "left.by-a-late-worker".to_owned()] {
        publish(&fixture.spool, &key);
    }
    fixture.mediation.tidy(KEEP).unwrap();
    assert_eq!(fixture.spool.keys().unwrap(), [format!("{}.{}", claim.job.id, claim.token)]);
}

#[test]
fn a_queue_that_is_never_empty_does_not_keep_files_indefinitely() {
    let fixture = WorkerFixture::new();
    let old = fixture.start(None);
    let options = WorkerOptions { keep: KEEP, ..WorkerOptions::default() };
    let stop = Stop::new(&fixture.mediation);
    let mut worker = Worker::new(&fixture.mediation, options, &stop);
    worker.run_next().unwrap().unwrap();
    fixture.clock.advance(KEEP + Duration::from_secs(1));
    fixture.start(None);
    let mut rounds = 0;
    worker.run(&mut |_| {
        fixture.start(None);
        rounds += 1;
        if rounds == 3 {
            stop.after_this();
        }
    });
    assert!(matches!(fixture.job(&old).state, JobState::Withdrawn));
    assert_eq!(fixture.spool.keys().unwrap().len(), 3, "the files that were just written");
}

#[test]
fn a_file_that_cannot_be_removed_blocks_neither_other_files_nor_exports() {
    let fixture = WorkerFixture::new();
    for key in ["a", "b", "c"] {
        publish(&fixture.spool, key);
    }
    let stuck = Stuck { spool: fixture.spool.clone(), key: "b" };
    let mediation =
        Mediation::new(fixture.source.clone(), fixture.ledger.clone(), Arc::new(stuck), fixture.clock.clone());
    let error = mediation.tidy(KEEP).unwrap_err().to_string();
    assert_eq!((&*error, fixture.spool.keys().unwrap()), ("it cannot be removed", vec!["b".to_owned()]));

    let options = WorkerOptions { tidy_every: Duration::ZERO, ..WorkerOptions::default() };
    let stop = Stop::new(&mediation);
    for _ in 0..2 {
        mediation.start_export(&Caller::everything("alice"), order(None)).unwrap();
    }
    let mut outcomes = Vec::new();
    Worker::new(&mediation, options, &stop).run(&mut |round| {
        outcomes.push(round.outcome.clone());
        if outcomes.len() == 2 {
            stop.after_this();
        }
    });
    assert_eq!(outcomes, [Outcome::Completed { rows: 5000 }, Outcome::Completed { rows: 5000 }]);
}

#[test]
fn tidying_stops_early_on_request() {
    let fixture = WorkerFixture::new();
    for key in ["a", "b"] {
        publish(&fixture.spool, key);
    }
    let spool = fixture.spool.clone();
    fixture.mediation.tidy_until(KEEP, &|| spool.keys().unwrap().len() == 1).unwrap();
    assert_eq!(fixture.spool.keys().unwrap(), ["b"]);
}
