//! Exports that wait after a failure that may pass.

use super::OnEvery;
use super::exports::{at, claim, enter, find, finished, state};
use crate::{EntryPage, ExportScope, JobLedger};

/// The number of the export that would be claimed at an instant; it is handed back.
fn next(ledger: &dyn JobLedger, when: i64) -> Option<i64> {
    let claim = ledger.claim(at(when), None).unwrap()?;
    assert!(ledger.hand_back(&claim, at(when)).unwrap());
    Some(claim.job.number)
}

/// A postponed export is not claimed before its time, lets others pass, keeps its place, and is counted.
pub fn a_postponed_export_waits_and_keeps_its_place(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let (first, second) = (enter(one, Some("lane"), 10), enter(one, None, 11));
        let held = claim(one, 20);
        assert!(one.postpone(&held, at(80), at(20)).unwrap());
        assert!(!one.postpone(&held, at(90), at(20)).unwrap(), "the claim has ended");
        let waiting = find(other, &first);
        assert_eq!((state(&waiting), waiting.attempts, waiting.postponed), ("pending", 1, 1));
        assert_eq!(waiting.updated_at, at(20));
        let second_claim = claim(other, 79);
        assert_eq!(second_claim.job.id, second.id, "others pass");
        assert_eq!(next(one, 79), None);
        assert!(other.postpone(&second_claim, at(81), at(79)).unwrap());
        assert_eq!(next(one, 80), Some(first.number));
        let again = claim(other, 81);
        assert_eq!((again.job.id, again.job.postponed), (first.id, 1), "it keeps its place");
        assert!(one.hand_back(&again, at(81)).unwrap());
        assert_eq!(next(one, 0), Some(first.number), "what is handed back does not wait");
        let again = claim(one, 82);
        assert!(one.postpone(&again, at(90), at(82)).unwrap());
        assert_eq!(find(one, &first).postponed, 2);
        let done = claim(one, 90);
        assert_eq!(done.job.id, first.id);
        assert!(one.complete(&done, &finished("file", done.tag, 91)).unwrap());
        assert_eq!(find(other, &first).postponed, 2, "it is kept");
    });
}

/// An export and its entry in lists say until when it waits, as long as it waits.
pub fn an_export_says_until_when_it_waits(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let job = enter(one, None, 10);
        let seen = |not_before: Option<i64>, waits: &[(i64, bool)]| {
            let found = find(other, &job);
            assert_eq!(found.not_before, not_before.map(at));
            let scope = ExportScope { dialects: vec![job.order.dialect.clone()], accounts: None };
            let mut listed = Vec::new();
            other.entries(&scope, &mut |entry| listed.push(entry)).unwrap();
            let page = EntryPage { scope, take: 9, ..EntryPage::default() };
            assert_eq!(other.entry_page(&page).unwrap().0, listed);
            assert_eq!(listed, [found.entry()]);
            for (when, is_waiting) in waits {
                let until = listed[0].waits_until(at(*when));
                assert_eq!(until, not_before.map(at).filter(|_| *is_waiting), "{when}");
                // It is what the next claim does.
                let next = next(other, *when);
                assert_eq!(next.is_none(), *is_waiting, "{when}");
                if next.is_some() {
                    return;
                }
            }
        };
        seen(None, &[]);
        let held = claim(one, 20);
        seen(None, &[]);
        assert!(one.postpone(&held, at(80), at(20)).unwrap());
        seen(Some(80), &[(20, true), (79, true), (80, false)]);
        seen(None, &[]);
        assert!(one.postpone(&claim(one, 1_000), at(1_300), at(1_000)).unwrap());
        // The clock was set back.
        seen(Some(1_300), &[(700, true), (699, false)]);
        assert!(one.postpone(&claim(one, 2_000), at(2_060), at(2_000)).unwrap());
        assert!(one.withdraw(job.id, at(2_010)).unwrap());
        seen(None, &[]);
    });
}

/// An export that would wait for longer than any failure makes it wait is claimed: the clock was set back.
pub fn a_wait_that_is_too_long_counts_as_past(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let job = enter(one, None, 10);
        let held = claim(one, 100_000);
        assert!(one.postpone(&held, at(100_300), at(100_000)).unwrap());
        assert_eq!(next(other, 100_299), None);
        assert_eq!(next(other, 99_700), None, "ten minutes before its time");
        let held = other.claim(at(90_000), None).unwrap().expect("two hours before its time");
        assert_eq!(held.job.id, job.id);
    });
}
