//! The limit of running exports per customer.

use crate::{ExportJob, ExportOrder, JobLedger};

use super::OnEvery;
use super::exports::{at, enter_order, finished, order};

fn enter_for(ledger: &dyn JobLedger, customer_id: Option<i64>) -> ExportJob {
    enter_order(ledger, &ExportOrder { customer_id, ..order(None) }, 10)
}

/// The numbers of all exports that can be claimed.
fn claimed(ledger: &dyn JobLedger, per_customer: Option<u32>) -> Vec<i64> {
    std::iter::from_fn(|| ledger.claim(at(20), per_customer).unwrap().map(|claim| claim.job.number)).collect()
}

/// An export waits while its customer is at the limit.
pub fn an_export_waits_while_its_customer_is_at_the_limit(on_every: &OnEvery<'_>) {
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

/// A waiting export can be claimed when another export of its customer has ended, or was handed back or withdrawn.
pub fn a_waiting_export_is_claimed_after_another_of_its_customer(on_every: &OnEvery<'_>) {
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

/// The limit does not apply to taking over the export of a dead worker.
pub fn the_customer_limit_does_not_apply_to_taking_over(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        for _ in 0..3 {
            enter_for(one, Some(7));
        }
        assert_eq!(claimed(one, None), [1, 2, 3]);
        for heartbeat in other.heartbeats().unwrap() {
            assert!(other.take_over(&heartbeat, at(30)).unwrap().is_some());
        }
    });
}
