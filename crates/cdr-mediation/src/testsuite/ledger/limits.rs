//! Limits of exports.

use crate::{Entered, ExportLimits, ExportOrder, JobLedger, Limited};

use super::OnEvery;
use super::exports::{at, claim, enter_order, finished, order};

/// Orders an export of a customer: `None` if it is entered, or else the limit that is reached.
fn reached(ledger: &dyn JobLedger, limits: &ExportLimits, customer_id: Option<i64>) -> Option<(Limited, bool, u64)> {
    let order = ExportOrder { customer_id, ..order(None) };
    match ledger.enter_within(limits, "alice", &order, at(10)).unwrap() {
        Entered::Pending(_) => None,
        Entered::LimitReached(limit) => Some((limit.of, limit.is_of_customer, limit.most)),
        Entered::LaneBusy => panic!("it has no lane"),
    }
}

/// An order is refused while as many exports are pending or running as the limit allows, and enters nothing.
pub fn an_order_is_refused_while_a_limit_is_reached(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let limits = ExportLimits { pending: Some(2), ..ExportLimits::default() };
        assert_eq!(reached(one, &limits, Some(1)), None);
        assert_eq!(reached(other, &limits, None), None);
        let full = Some((Limited::Pending, false, 2));
        assert_eq!(reached(one, &limits, Some(1)), full);
        assert_eq!(reached(other, &limits, None), full);
        assert_eq!(one.tally().unwrap().pending, 2, "nothing was entered");
        let held = claim(one, 20);
        assert_eq!(reached(other, &limits, Some(2)), full, "a running export counts too");
        assert!(one.fail(&held, "over", at(30)).unwrap());
        assert_eq!(reached(other, &limits, Some(2)), None);
        assert_eq!(reached(one, &limits, Some(2)), full);
        let none = ExportLimits { pending: Some(0), ..ExportLimits::default() };
        let busy = order(Some("lane"));
        enter_order(one, &busy, 10);
        let entered = other.enter_within(&none, "bob", &busy, at(10)).unwrap();
        assert!(matches!(entered, Entered::LaneBusy), "a busy lane is the first reason: {entered:?}");
        let entered = other.enter_within(&none, "bob", &order(Some("other lane")), at(10)).unwrap();
        assert!(matches!(entered, Entered::LimitReached(_)), "{entered:?}");
        assert_eq!(reached(one, &none, Some(3)), Some((Limited::Pending, false, 0)));
        assert_eq!(reached(one, &ExportLimits::default(), Some(3)), None, "without limits");
    });
}

/// The limits of a customer do not apply to other customers, and not to exports without a customer.
pub fn limits_of_customers_do_not_apply_to_others(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let limits = ExportLimits { pending_per_customer: Some(1), pending: Some(5), ..ExportLimits::default() };
        for (customer, expected) in [
            (Some(1), None),
            (Some(1), Some((Limited::Pending, true, 1))),
            (Some(2), None),
            (Some(2), Some((Limited::Pending, true, 1))),
            (None, None),
            (None, None),
            (Some(3), None),
            (Some(4), Some((Limited::Pending, false, 5))),
            (Some(3), Some((Limited::Pending, true, 1))),
        ] {
            assert_eq!(reached(one, &limits, customer), expected, "{customer:?}");
        }
        assert_eq!(other.tally().unwrap().pending, 5);
    });
}

/// The bytes of a file count from the completion of its export until it is withdrawn.
pub fn bytes_are_those_of_files_that_can_be_collected(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let complete = |customer_id, bytes: u64| {
            let job = enter_order(one, &ExportOrder { customer_id, ..order(None) }, 10);
            let mut done = finished("file", 30, 40);
            done.receipt.file.bytes = bytes;
            assert!(other.complete(&claim(other, 20), &done).unwrap());
            job
        };
        let limits =
            ExportLimits { bytes_per_customer: Some(1_000), bytes: Some(5_000_000_000), ..ExportLimits::default() };
        let of = |customer| {
            let found = reached(one, &limits, customer);
            if found.is_none() {
                // The accepted order must not be written.
                let withdrawn = one.claim(at(50), None).unwrap().expect("the order").job;
                assert!(one.withdraw(withdrawn.id, at(60)).unwrap());
            }
            found
        };
        assert_eq!(of(Some(1)), None);
        complete(Some(1), 999);
        assert_eq!(of(Some(1)), None);
        let last = complete(Some(1), 1);
        assert_eq!(of(Some(1)), Some((Limited::Bytes, true, 1_000)));
        assert_eq!((of(Some(2)), of(None)), (None, None));
        assert!(other.withdraw(last.id, at(70)).unwrap());
        assert_eq!(of(Some(1)), None);
        complete(None, 5_000_000_000 - 999);
        for customer in [Some(1), Some(2), None] {
            assert_eq!(of(customer), Some((Limited::Bytes, false, 5_000_000_000)));
        }
        assert_eq!(one.withdraw_before(at(41), at(80)).unwrap(), 2);
        assert_eq!(of(Some(1)), None);
    });
}
