//! Customers who want much do not keep others waiting.

use crate::{ExportJob, ExportOrder, JobLedger};

use super::OnEvery;
use super::exports::{at, enter_order, finished, order};

fn enter_for(ledger: &dyn JobLedger, customer_id: Option<i64>) -> ExportJob {
    enter_order(ledger, &ExportOrder { customer_id, ..order(None) }, 10)
}

/// The numbers of what is claimed until nothing more can be.
fn claimed(ledger: &dyn JobLedger, per_customer: Option<u32>) -> Vec<i64> {
    std::iter::from_fn(|| ledger.claim(at(20), per_customer).unwrap().map(|claim| claim.job.number)).collect()
}

/// An export waits while its customer has so many running.
pub fn an_export_waits_while_its_customer_has_so_many_running(on_every: &OnEvery<'_>) {
    let wanted = [Some(7), Some(7), Some(7), Some(8), None, None, Some(8), Some(0)];
    for (per_customer, expected) in [
        (Some(0), vec![1, 4, 5, 6, 8]),
        (Some(1), vec![1, 4, 5, 6, 8]),
        (Some(2), vec![1, 2, 4, 5, 6, 7, 8]),
        (Some(3), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (Some(u32::MAX), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (None, vec![1, 2, 3, 4, 5, 6, 7, 8]),
    ] {
        on_every(&|one, other| {
            for customer in wanted {
                enter_for(one, customer);
            }
            assert_eq!(claimed(other, per_customer), expected, "{per_customer:?}");
        });
    }
}

/// Whoever waits goes on when one of theirs has ended or is handed back or withdrawn.
pub fn whoever_waits_goes_on_when_one_of_theirs_has_ended_or_is_handed_back_or_withdrawn(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        for customer in [7, 7, 7, 7, 7, 8] {
            enter_for(one, Some(customer));
        }
        let next = || other.claim(at(20), Some(1)).unwrap();
        let held = next().unwrap();
        assert_eq!(next().unwrap().job.number, 6, "others go first");
        assert!(next().is_none());
        assert!(one.complete(&held, &finished("file", 20, 30)).unwrap());
        let held = next().unwrap();
        assert_eq!(held.job.number, 2);
        assert!(one.fail(&held, "over", at(30)).unwrap());
        let held = next().unwrap();
        assert_eq!(held.job.number, 3);
        assert!(one.hand_back(&held, at(30)).unwrap());
        let held = next().unwrap();
        assert_eq!(held.job.number, 3, "it keeps its place");
        assert!(one.withdraw(held.job.id, at(30)).unwrap());
        assert_eq!(next().unwrap().job.number, 4);
        assert!(next().is_none());
    });
}

/// A dead worker is followed however many its customer has running.
pub fn a_dead_worker_is_followed_however_many_its_customer_has_running(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        for _ in 0..3 {
            enter_for(one, Some(7));
        }
        assert_eq!(claimed(one, None), [1, 2, 3]);
        for pulse in other.pulses().unwrap() {
            assert!(other.take_over(&pulse, at(30)).unwrap().is_some());
        }
    });
}
