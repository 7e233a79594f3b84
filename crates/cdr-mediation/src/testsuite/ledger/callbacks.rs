//! Callbacks.

use crate::{CallbackTask, ExportJob, ExportOrder, ExportStatus, JobLedger};
use uuid::Uuid;

use super::OnEvery;
use super::exports::{at, claim, enter_order, finished, order};

fn enter_with(ledger: &dyn JobLedger, callback: Option<&str>) -> ExportJob {
    enter_order(ledger, &ExportOrder { callback: callback.map(str::to_owned), ..order(None) }, 10)
}

/// An export with a callback that failed at an instant.
fn failed(ledger: &dyn JobLedger, when: i64) -> ExportJob {
    let job = enter_with(ledger, Some("http://example.com"));
    assert!(ledger.fail(&claim(ledger, 20), "over", at(when)).unwrap());
    job
}

fn taken(ledger: &dyn JobLedger, now: i64, again: i64) -> Option<i64> {
    ledger.take_callback(at(now), at(again)).unwrap().map(|task| task.number)
}

/// A callback is due when its export has ended.
pub fn a_callback_is_due_when_its_export_has_ended(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let whole = enter_with(one, Some("http://example.com/a?b='c'"));
        let broken = enter_with(one, Some("http://example.com/d"));
        enter_with(one, Some(""));
        enter_with(one, None);
        assert_eq!(taken(one, 1_000, 2_000), None, "they are pending");
        let claims = [claim(one, 20), claim(one, 20), claim(one, 20), claim(one, 20)];
        assert_eq!(taken(one, 1_000, 2_000), None, "they are running");
        for held in &claims[1..] {
            assert!(one.fail(held, "over", at(40)).unwrap());
        }
        assert!(one.complete(&claims[0], &finished("file", 20, 50)).unwrap());
        assert_eq!(taken(other, 39, 2_000), None, "not before it is due");
        let task = |job: &ExportJob, url: &str, status| CallbackTask {
            id: job.id,
            number: job.number,
            url: url.to_owned(),
            status,
            attempts: 1,
        };
        let next = || other.take_callback(at(50), at(2_000)).unwrap();
        assert_eq!(next(), Some(task(&broken, "http://example.com/d", ExportStatus::Failed)));
        assert_eq!(next(), Some(task(&whole, "http://example.com/a?b='c'", ExportStatus::Completed)));
        assert_eq!(next(), None, "the other exports have no callback");
    });
}

/// A taken callback is hidden until it is due again.
pub fn a_taken_callback_is_hidden_until_it_is_due_again(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let jobs = [failed(one, 50), failed(one, 40), failed(one, 40)];
        let numbers = jobs.each_ref().map(|job| job.number);
        assert_eq!([1, 2, 3], numbers);
        for (now, again, expected) in [
            (60, 100, Some(2)),
            (60, 90, Some(3)),
            (60, 90, Some(1)),
            (89, 200, None),
            (100, 300, Some(1)),
            (100, 300, Some(3)),
        ] {
            assert_eq!(taken(other, now, again), expected, "at {now}");
        }
        one.postpone_callback(jobs[2].id, at(110)).unwrap();
        one.settle_callback(jobs[1].id).unwrap();
        let task = other.take_callback(at(110), at(300)).unwrap().unwrap();
        assert_eq!((task.id, task.attempts), (jobs[2].id, 3), "every attempt counts");
        one.settle_callback(jobs[2].id).unwrap();
        one.postpone_callback(jobs[2].id, at(120)).unwrap();
        one.settle_callback(Uuid::nil()).unwrap();
        one.postpone_callback(Uuid::nil(), at(120)).unwrap();
        assert_eq!(taken(other, 10_000, 20_000), Some(1), "a settled callback is not due again");
        assert_eq!(taken(other, 10_000, 20_000), None);
    });
}

/// A pending callback reports a withdrawal.
pub fn a_pending_callback_reports_a_withdrawal(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let job = failed(one, 40);
        assert!(one.withdraw(job.id, at(50)).unwrap());
        let task = other.take_callback(at(60), at(70)).unwrap().unwrap();
        assert_eq!((task.id, task.status), (job.id, ExportStatus::Withdrawn));
    });
}
