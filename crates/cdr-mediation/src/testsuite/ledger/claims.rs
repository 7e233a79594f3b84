//! Orders, claims and states.

use std::time::Duration;

use crate::{Claim, Entered, ExportOrder, Heartbeat, JobLedger, JobState, LedgerTally, Progress, Step};
use cdr_model::Timestamp;
use uuid::Uuid;

use super::OnEvery;
use super::exports::{at, claim, described, enter, find, finished, order, state};

const PROGRESS: Progress =
    Progress { step: Step::Conferences, rows: u64::MAX, expected: 7, elapsed: Duration::from_nanos(1_000_000_001) };

fn is_busy(ledger: &dyn JobLedger, lane: &str) -> bool {
    matches!(ledger.enter("bob", &order(Some(lane)), at(50)).unwrap(), Entered::LaneBusy)
}

/// An export is found as entered.
pub fn an_export_is_found_as_entered(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let wanted = ExportOrder {
            account_id: Some(i64::MAX),
            customer_id: Some(-1),
            callback: Some("http://example.com/?a='b'".to_owned()),
            ..order(Some("lane"))
        };
        let Entered::Pending(job) = one.enter("alice", &wanted, Timestamp::from_micros(-1)).unwrap() else { panic!() };
        assert_eq!((job.number, job.attempts, state(&job)), (1, 0, "pending"));
        assert_eq!((job.caller.as_str(), job.created_at), ("alice", Timestamp::from_micros(-1)));
        assert_eq!(
            (&job.order.dialect, &job.order.lane, &job.order.memo, &job.order.callback),
            (&wanted.dialect, &wanted.lane, &wanted.memo, &wanted.callback)
        );
        assert_eq!((job.order.account_id, job.order.customer_id), (wanted.account_id, wanted.customer_id));
        assert_eq!((job.updated_at, job.rows), (job.created_at, None));
        assert_eq!(job.order.request.as_ref().unwrap().query, wanted.request.query);
        for ledger in [one, other] {
            assert_eq!(described(&find(ledger, &job)), described(&job));
            assert_eq!(ledger.latest("lane").unwrap().unwrap().id, job.id);
            assert_eq!(ledger.numbered(1).unwrap().unwrap().id, job.id);
            assert!(ledger.numbered(0).unwrap().is_none() && ledger.numbered(2).unwrap().is_none());
            assert!(ledger.find(Uuid::nil()).unwrap().is_none());
            assert!(ledger.latest("Lane").unwrap().is_none());
        }
    });
}

/// A lane is busy until its export has ended, whichever handle entered it.
pub fn a_lane_is_busy_until_its_export_has_ended(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let first = enter(one, Some("lane"), 10);
        assert!(is_busy(other, "lane") && is_busy(one, "lane"), "while it is pending");
        enter(other, Some("another lane"), 10);
        enter(other, None, 10);
        enter(one, None, 10);
        let held = claim(other, 20);
        assert_eq!(held.job.id, first.id);
        assert!(is_busy(one, "lane"), "while it is running");
        assert!(other.hand_back(&held, at(20)).unwrap());
        assert!(is_busy(one, "lane"), "while it is pending again");
        let held = claim(one, 20);
        assert!(one.complete(&held, &finished("file", held.tag, 30)).unwrap());
        let second = enter(other, Some("lane"), 40);
        assert_eq!(second.number, 5, "a rejected export has no number");
        assert_eq!(one.latest("lane").unwrap().unwrap().id, second.id);
    });
}

/// The oldest export is claimed first and becomes running.
pub fn the_oldest_export_is_claimed_first(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        assert!(one.claim(at(1), None).unwrap().is_none(), "the ledger is empty");
        let jobs = [enter(one, None, 30), enter(other, Some("lane"), 20), enter(one, None, 10)];
        for (index, job) in jobs.iter().enumerate() {
            let held = claim(if index % 2 == 0 { other } else { one }, 100);
            assert_eq!(held.job.id, job.id, "in the order of entry, not of time");
            assert_eq!((held.job.attempts, held.tag), (1, 100));
            assert!(matches!(held.job.state, JobState::Running(progress) if progress == Progress::default()));
            assert_eq!(described(&find(one, job)), described(&held.job));
        }
        assert!(other.claim(at(1), None).unwrap().is_none(), "all are running");
    });
}

/// A heartbeat is counted and stores the progress.
pub fn a_heartbeat_is_counted_and_stores_the_progress(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let job = enter(one, None, 10);
        let held = claim(one, 20);
        assert_eq!(other.heartbeats().unwrap(), [Heartbeat { id: job.id, token: held.token, beats: 0 }]);
        assert!(one.renew(&held, Progress::default()).unwrap());
        assert!(one.renew(&held, PROGRESS).unwrap());
        assert_eq!(other.heartbeats().unwrap(), [Heartbeat { id: job.id, token: held.token, beats: 2 }]);
        assert!(matches!(find(other, &job).state, JobState::Running(progress) if progress == PROGRESS));
    });
}

/// Only an export whose heartbeat has not changed is taken over.
pub fn only_an_export_whose_heartbeat_has_not_changed_is_taken_over(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let job = enter(one, Some("lane"), 10);
        let slow = claim(one, 20);
        let seen = other.heartbeats().unwrap().remove(0);
        assert!(one.renew(&slow, PROGRESS).unwrap());
        assert!(other.take_over(&seen, at(30)).unwrap().is_none(), "its heartbeat has changed since");
        let seen = other.heartbeats().unwrap().remove(0);
        for wrong in [Heartbeat { id: Uuid::nil(), ..seen.clone() }, Heartbeat { token: Uuid::nil(), ..seen.clone() }] {
            assert!(other.take_over(&wrong, at(30)).unwrap().is_none(), "{wrong:?}");
        }
        let taken = other.take_over(&seen, at(30)).unwrap().expect("its heartbeat has not changed");
        assert_ne!(taken.token, slow.token);
        assert_eq!((taken.job.id, taken.job.attempts, taken.tag), (job.id, 2, 30));
        assert!(matches!(taken.job.state, JobState::Running(progress) if progress == Progress::default()));
        assert!(one.take_over(&seen, at(30)).unwrap().is_none(), "another worker was faster");
        assert_eq!(one.heartbeats().unwrap(), [Heartbeat { id: job.id, token: taken.token, beats: 0 }]);

        assert_refused(one, &slow);
        assert!(other.renew(&taken, PROGRESS).unwrap());
        assert!(other.complete(&taken, &finished("file", 30, 40)).unwrap());
        let last = one.heartbeats().unwrap();
        assert_eq!(last, [], "an export that has ended has no heartbeat");
        let ended = Heartbeat { id: job.id, token: taken.token, beats: 1 };
        assert!(one.take_over(&ended, at(50)).unwrap().is_none(), "it has ended");
    });
}

/// All operations with an invalid claim are rejected and change nothing.
fn assert_refused(ledger: &dyn JobLedger, claim: &Claim) {
    let before = (described(&find(ledger, &claim.job)), ledger.heartbeats().unwrap(), ledger.files().unwrap());
    assert!(!ledger.renew(claim, PROGRESS).unwrap());
    assert!(!ledger.complete(claim, &finished("late", 1, 2)).unwrap());
    assert!(!ledger.fail(claim, "late", at(1)).unwrap());
    assert!(!ledger.hand_back(claim, at(60)).unwrap());
    assert_eq!((described(&find(ledger, &claim.job)), ledger.heartbeats().unwrap(), ledger.files().unwrap()), before);
}

/// A claim ends with its export.
pub fn a_claim_ends_with_its_export(on_every: &OnEvery<'_>) {
    type End = fn(&dyn JobLedger, &Claim) -> bool;
    let ends: [(&str, End); 3] = [
        ("completed", |ledger, claim| ledger.complete(claim, &finished("file", 5, 60)).unwrap()),
        ("failed", |ledger, claim| ledger.fail(claim, "the disk is full", at(60)).unwrap()),
        ("pending", |ledger, claim| ledger.hand_back(claim, at(60)).unwrap()),
    ];
    for (into, end) in ends {
        on_every(&|one, other| {
            enter(one, None, 10);
            let held = claim(one, 20);
            let stranger = Claim { token: Uuid::new_v4(), ..held.clone() };
            assert_refused(other, &stranger);
            assert!(end(other, &held));
            assert_eq!(state(&find(one, &held.job)), into);
            assert_refused(one, &held);
        });
    }
}

/// The end of an export is stored unchanged.
pub fn the_end_of_an_export_is_stored_unchanged(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let done = finished("file.1", 1_234, 60);
        enter(one, None, 10);
        let held = claim(one, 20);
        assert!(one.complete(&held, &done).unwrap());
        assert!(matches!(find(other, &held.job).state, JobState::Completed(it) if *it == done.clone().into()));
        enter(one, None, 10);
        let held = claim(one, 20);
        assert!(one.fail(&held, "the disk is full", at(61)).unwrap());
        let failed = find(other, &held.job);
        let JobState::Failed { reason, at: when } = failed.state else { panic!("{failed:?}") };
        assert_eq!((reason.as_str(), when), ("the disk is full", at(61)));
    });
}

/// An export that is handed back keeps its place.
pub fn an_export_that_is_handed_back_keeps_its_place(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let (first, second) = (enter(one, Some("lane"), 10), enter(one, None, 11));
        let held = claim(one, 20);
        assert!(one.hand_back(&held, at(20)).unwrap());
        let again = claim(other, 21);
        assert_eq!((again.job.id, again.job.attempts, again.tag), (first.id, 2, 21));
        assert_ne!(again.token, held.token);
        assert_refused(one, &held);
        assert_eq!(claim(other, 22).job.id, second.id);
    });
}

/// Tags increase in a lane, even if the clock is set back.
pub fn tags_increase_in_a_lane_even_if_the_clock_is_set_back(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        for (lane, now, tag) in [
            (Some("lane"), 1_000_999_999, 1_000),
            (Some("lane"), 1_000_999_999, 1_001),
            (Some("lane"), 5_000_000, 1_002),
            (Some("other lane"), 5_000_000, 5),
            (None, 5_000_000, 5),
            (None, 5_000_000, 5),
            (Some("lane"), 2_000_000_000, 2_000),
            (Some("before"), -1, -1),
            (Some("before"), -2_000_001, 0),
        ] {
            enter(one, lane, 10);
            let held = other.claim(Timestamp::from_micros(now), None).unwrap().unwrap();
            assert_eq!(held.tag, tag, "{lane:?} at {now}");
            assert!(one.fail(&held, "over", at(1)).unwrap());
        }
        enter(one, Some("lane"), 10);
        let (held, seen) = (claim(one, 2_000), one.heartbeats().unwrap().remove(0));
        let taken = other.take_over(&seen, at(1)).unwrap().unwrap();
        assert_eq!((held.tag, taken.tag), (2_001, 2_002), "the file of a new worker has a new tag");
    });
}

/// Old exports and replaced exports are withdrawn.
pub fn old_and_replaced_exports_are_withdrawn(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let end = |lane, completed: bool, when: i64| {
            let job = enter(one, lane, 10);
            let held = claim(one, 20);
            assert_eq!(held.job.id, job.id);
            match completed {
                true => assert!(one.complete(&held, &finished(&job.number.to_string(), held.tag, when)).unwrap()),
                false => assert!(one.fail(&held, "broken", at(when)).unwrap()),
            }
            job
        };
        let cases = [
            ("completed in time", end(None, true, 100), "completed"),
            ("completed before", end(None, true, 99), "withdrawn"),
            ("failed long ago", end(None, false, 1), "failed"),
            ("completed, replaced", end(Some("a"), true, 200), "withdrawn"),
            ("failed, replaced", end(Some("a"), false, 200), "withdrawn"),
            ("completed last of its lane", end(Some("a"), true, 200), "completed"),
            ("failed last of its lane", end(Some("b"), false, 1), "failed"),
            ("old, last of its lane", end(Some("c"), true, 1), "withdrawn"),
            ("completed, replaced by a pending one", end(Some("d"), true, 200), "withdrawn"),
            (
                "running",
                {
                    enter(one, None, 1);
                    claim(one, 1).job
                },
                "running",
            ),
            ("pending", enter(one, Some("d"), 1), "pending"),
        ];
        assert_eq!(other.withdraw_before(at(100), at(300)).unwrap(), 5);
        for (name, job, expected) in &cases {
            assert_eq!(state(&find(one, job)), *expected, "{name}");
        }
        assert_eq!(other.withdraw_before(at(100), at(300)).unwrap(), 0, "once");
        assert_eq!(one.files().unwrap(), ["1", "6"]);
        assert_eq!(state(&one.latest("c").unwrap().unwrap()), "withdrawn");
        let expected = LedgerTally {
            pending: 1,
            running: 1,
            completed: 2,
            failed: 2,
            withdrawn: 5,
            oldest_pending: Some(at(1)),
            newer: 0,
        };
        assert_eq!(other.tally().unwrap(), expected);
    });
}

/// Exports are counted by state.
pub fn exports_are_counted_by_state(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        assert_eq!(other.tally().unwrap(), LedgerTally::default());
        for when in [30, 20, 10] {
            enter(one, None, when);
        }
        let expected = LedgerTally { pending: 3, oldest_pending: Some(at(30)), ..LedgerTally::default() };
        assert_eq!(other.tally().unwrap(), expected, "the oldest is the first that was entered");
        let held = claim(one, 40);
        let expected = LedgerTally { pending: 2, running: 1, oldest_pending: Some(at(20)), ..LedgerTally::default() };
        assert_eq!(other.tally().unwrap(), expected);
        assert!(one.complete(&held, &finished("file", 1, 1)).unwrap());
        let held = claim(one, 40);
        assert!(one.fail(&held, "broken", at(1)).unwrap());
        let expected =
            LedgerTally { pending: 1, completed: 1, failed: 1, oldest_pending: Some(at(10)), ..LedgerTally::default() };
        assert_eq!(other.tally().unwrap(), expected);
    });
}
