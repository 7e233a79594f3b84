//! What stays in the spool, and for how long.

use std::io::Write;
use std::time::Duration;

use super::support::Home;
use crate::{Caller, Clock, JobLedger, JobState, Spool};

const KEEP: Duration = Duration::from_secs(3600);

#[test]
fn files_stay_as_long_as_they_are_kept_and_their_lane_has_no_newer_one() {
    let home = Home::new();
    let jobs = [home.start(None), home.start(Some("slot"))];
    let mut worker = home.worker();
    while worker.run_next().unwrap().is_some() {}
    home.mediation.tidy(KEEP).unwrap();
    assert_eq!(home.spool.keys().unwrap().len(), 2);

    let alice = Caller::everything("alice");
    let replaced = home.job(&jobs[1]);
    let mut open = home.mediation.collect(&alice, &replaced).unwrap().unwrap();
    home.start(Some("slot"));
    home.mediation.tidy(KEEP).unwrap();
    assert_eq!(home.spool.keys().unwrap().len(), 1, "the lane has gone on");
    assert!(home.mediation.collect(&alice, &replaced).unwrap().is_none());
    assert!(std::io::copy(&mut open, &mut std::io::sink()).unwrap() > 0, "who has it open reads it to its end");

    home.clock.go_on(KEEP + Duration::from_secs(1));
    home.mediation.tidy(KEEP).unwrap();
    assert!(matches!(home.job(&jobs[0]).state, JobState::Withdrawn));
    assert!(home.spool.keys().unwrap().is_empty());
}

#[test]
fn files_that_belong_to_nobody_are_removed_and_those_of_running_exports_are_not() {
    let home = Home::new();
    home.start(None);
    let claim = home.ledger.claim(home.clock.now(), None).unwrap().unwrap();
    for key in [format!("{}.{}", claim.job.id, claim.token), "left.by-a-late-worker".to_owned()] {
        let mut file = home.spool.begin(&key).unwrap();
        file.write_all(b"published, and not entered yet").unwrap();
        file.publish().unwrap();
    }
    home.mediation.tidy(KEEP).unwrap();
    assert_eq!(home.spool.keys().unwrap(), [format!("{}.{}", claim.job.id, claim.token)]);
}
