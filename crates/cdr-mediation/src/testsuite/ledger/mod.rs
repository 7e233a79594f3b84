//! The contract of a [`JobLedger`].
//!
//! [`ledger_contract!`](crate::ledger_contract) defines a test for each of these functions. Each function runs its case
//! with two handles of a new ledger, as two processes would have them; both may be the same handle.

mod callbacks;
mod claims;
mod customers;
pub mod exports;
mod limits;
mod lists;
mod postponed;
mod withdrawn;

use crate::JobLedger;

pub use callbacks::{
    a_callback_is_due_when_its_export_has_ended, a_pending_callback_reports_a_withdrawal,
    a_taken_callback_is_hidden_until_it_is_due_again,
};
pub use claims::{
    a_claim_ends_with_its_export, a_heartbeat_is_counted_and_stores_the_progress,
    a_lane_is_busy_until_its_export_has_ended, an_export_is_found_as_entered,
    an_export_that_is_handed_back_keeps_its_place, exports_are_counted_by_state,
    old_and_replaced_exports_are_withdrawn, only_an_export_whose_heartbeat_has_not_changed_is_taken_over,
    tags_increase_in_a_lane_even_if_the_clock_is_set_back, the_end_of_an_export_is_stored_unchanged,
    the_oldest_export_is_claimed_first,
};
pub use customers::{
    a_waiting_export_is_claimed_after_another_of_its_customer, an_export_waits_while_its_customer_is_at_the_limit,
    the_customer_limit_does_not_apply_to_taking_over,
};
pub use limits::{
    an_order_is_refused_while_a_limit_is_reached, bytes_are_those_of_files_that_can_be_collected,
    limits_of_customers_do_not_apply_to_others,
};
pub use lists::{
    a_list_entry_matches_its_export, a_list_has_the_exports_of_its_dialects_and_accounts_oldest_first,
    a_page_is_a_part_of_the_list, the_row_of_a_sheet_of_counts_is_not_counted,
};
pub use postponed::{
    a_postponed_export_waits_and_keeps_its_place, a_wait_that_is_too_long_counts_as_past,
    an_export_says_until_when_it_waits,
};
pub use withdrawn::{an_export_is_withdrawn_once_in_any_state, the_claim_on_a_withdrawn_export_is_invalid};

/// Runs a case with two handles of a new ledger of each kind.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn JobLedger, &dyn JobLedger)) + 'a;

/// Defines a test for each part of the contract of a ledger. The argument is the path of a function of the type
/// [`OnEvery`](crate::testsuite::ledger::OnEvery).
#[macro_export]
macro_rules! ledger_contract {
    ($on_every:path) => {
        $crate::contract_tests! { ledger, $on_every,
            an_export_is_found_as_entered
            a_lane_is_busy_until_its_export_has_ended
            the_oldest_export_is_claimed_first
            a_heartbeat_is_counted_and_stores_the_progress
            only_an_export_whose_heartbeat_has_not_changed_is_taken_over
            a_claim_ends_with_its_export
            the_end_of_an_export_is_stored_unchanged
            an_export_that_is_handed_back_keeps_its_place
            a_postponed_export_waits_and_keeps_its_place
            a_wait_that_is_too_long_counts_as_past
            an_export_says_until_when_it_waits
            tags_increase_in_a_lane_even_if_the_clock_is_set_back
            old_and_replaced_exports_are_withdrawn
            exports_are_counted_by_state
            a_list_has_the_exports_of_its_dialects_and_accounts_oldest_first
            a_list_entry_matches_its_export
            a_page_is_a_part_of_the_list
            an_order_is_refused_while_a_limit_is_reached
            limits_of_customers_do_not_apply_to_others
            bytes_are_those_of_files_that_can_be_collected
            the_row_of_a_sheet_of_counts_is_not_counted
            a_callback_is_due_when_its_export_has_ended
            a_taken_callback_is_hidden_until_it_is_due_again
            a_pending_callback_reports_a_withdrawal
            an_export_waits_while_its_customer_is_at_the_limit
            a_waiting_export_is_claimed_after_another_of_its_customer
            the_customer_limit_does_not_apply_to_taking_over
            an_export_is_withdrawn_once_in_any_state
            the_claim_on_a_withdrawn_export_is_invalid
        }
    };
}
