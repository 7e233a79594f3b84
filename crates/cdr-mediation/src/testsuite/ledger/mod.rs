//! What every [`JobLedger`] promises.
//!
//! [`ledger_contract!`](crate::ledger_contract) makes a test of each of these functions. They are given a way to have
//! something done with fresh ledgers: two handles of one, as two processes would have them, or the same one twice.

mod callbacks;
mod claims;
mod customers;
pub mod exports;
mod lists;
mod withdrawn;

use crate::JobLedger;

pub use callbacks::{
    a_callback_is_due_when_its_export_has_ended, what_is_taken_is_hidden_until_it_is_due_again,
    who_was_not_told_yet_hears_of_a_withdrawal_instead,
};
pub use claims::{
    a_claim_ends_with_its_export, a_heartbeat_is_counted_and_tells_how_far_it_is,
    a_lane_is_busy_until_its_export_has_ended_whoever_entered_it, an_end_is_kept_as_it_was_told,
    an_export_is_found_as_it_was_entered, exports_are_counted_by_state,
    only_an_export_whose_heart_stands_still_is_taken_over, tags_rise_in_a_lane_whatever_the_clock_does,
    the_oldest_is_claimed_first_and_runs_then, what_is_handed_back_has_its_old_place,
    what_is_old_or_followed_by_another_is_withdrawn,
};
pub use customers::{
    a_dead_worker_is_followed_however_many_its_customer_has_running,
    an_export_waits_while_its_customer_has_so_many_running,
    whoever_waits_goes_on_when_one_of_theirs_has_ended_or_is_handed_back_or_withdrawn,
};
pub use lists::{
    a_list_has_the_exports_of_its_dialects_and_accounts_oldest_first,
    a_list_says_the_same_of_an_export_as_the_export_itself, the_row_of_a_sheet_of_counts_is_no_record,
};
pub use withdrawn::{
    an_export_is_withdrawn_however_it_stands_and_once, the_claim_on_a_withdrawn_export_is_worth_nothing,
};

/// Does something with each kind of ledger, by two handles of a fresh one.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn JobLedger, &dyn JobLedger)) + 'a;

/// A test for each promise of a ledger. It takes the path of a function with the type of [`OnEvery`](crate::testsuite::ledger::OnEvery).
#[macro_export]
macro_rules! ledger_contract {
    ($on_every:path) => {
        $crate::contract_tests! { ledger, $on_every,
            an_export_is_found_as_it_was_entered
            a_lane_is_busy_until_its_export_has_ended_whoever_entered_it
            the_oldest_is_claimed_first_and_runs_then
            a_heartbeat_is_counted_and_tells_how_far_it_is
            only_an_export_whose_heart_stands_still_is_taken_over
            a_claim_ends_with_its_export
            an_end_is_kept_as_it_was_told
            what_is_handed_back_has_its_old_place
            tags_rise_in_a_lane_whatever_the_clock_does
            what_is_old_or_followed_by_another_is_withdrawn
            exports_are_counted_by_state
            a_list_has_the_exports_of_its_dialects_and_accounts_oldest_first
            a_list_says_the_same_of_an_export_as_the_export_itself
            the_row_of_a_sheet_of_counts_is_no_record
            a_callback_is_due_when_its_export_has_ended
            what_is_taken_is_hidden_until_it_is_due_again
            who_was_not_told_yet_hears_of_a_withdrawal_instead
            an_export_waits_while_its_customer_has_so_many_running
            whoever_waits_goes_on_when_one_of_theirs_has_ended_or_is_handed_back_or_withdrawn
            a_dead_worker_is_followed_however_many_its_customer_has_running
            an_export_is_withdrawn_however_it_stands_and_once
            the_claim_on_a_withdrawn_export_is_worth_nothing
        }
    };
}
