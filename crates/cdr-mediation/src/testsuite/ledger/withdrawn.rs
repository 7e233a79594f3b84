//! Withdrawn exports.

use crate::{ExportStatus, JobLedger, Progress};
use uuid::Uuid;

use super::OnEvery;
use super::exports::{at, claim, described, enter, find, finished, state};

/// An export is withdrawn once, in any state.
pub fn an_export_is_withdrawn_once_in_any_state(on_every: &OnEvery<'_>) {
    type Change = fn(&dyn JobLedger);
    let changes: [(&str, Change); 4] = [
        ("pending", |_| {}),
        ("running", |ledger| {
            claim(ledger, 20);
        }),
        ("completed", |ledger| assert!(ledger.complete(&claim(ledger, 20), &finished("file", 20, 30)).unwrap())),
        ("failed", |ledger| assert!(ledger.fail(&claim(ledger, 20), "over", at(30)).unwrap())),
    ];
    for (before, change) in changes {
        on_every(&|one, other| {
            let (job, bystander) = (enter(one, Some("lane"), 10), enter(one, None, 11));
            change(one);
            assert_eq!(state(&find(one, &job)), before);
            assert!(!other.withdraw(Uuid::nil(), at(50)).unwrap(), "it does not exist");
            assert!(other.withdraw(job.id, at(50)).unwrap());
            assert!(!one.withdraw(job.id, at(60)).unwrap(), "once");
            let withdrawn = find(one, &job);
            assert_eq!((withdrawn.state.status(), withdrawn.updated_at), (ExportStatus::Withdrawn, at(50)));
            assert_eq!((one.heartbeats().unwrap(), one.files().unwrap()), (Vec::new(), Vec::new()));
            enter(one, Some("lane"), 60);
            assert_eq!(claim(other, 70).job.id, bystander.id, "it is not started, and no other export is changed");
        });
    }
}

/// The claim on a withdrawn export is invalid.
pub fn the_claim_on_a_withdrawn_export_is_invalid(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let job = enter(one, None, 10);
        let (held, seen) = (claim(one, 20), other.heartbeats().unwrap().remove(0));
        assert!(other.withdraw(job.id, at(30)).unwrap());
        let before = described(&find(one, &job));
        assert!(!one.renew(&held, Progress::default()).unwrap());
        assert!(!one.complete(&held, &finished("late", 1, 2)).unwrap());
        assert!(!one.fail(&held, "late", at(40)).unwrap());
        assert!(!one.hand_back(&held, at(40)).unwrap());
        assert!(other.take_over(&seen, at(40)).unwrap().is_none());
        assert_eq!(described(&find(one, &job)), before);
        assert!(one.take_callback(at(1_000), at(2_000)).unwrap().is_none());
    });
}
