//! The contract of every ledger.

use cdr_mediation::JobLedger;

use crate::tests::support::Home;

/// Runs a case on a store with one handle and on a store with two handles.
fn on_every_ledger(case: &dyn Fn(&dyn JobLedger, &dyn JobLedger)) {
    let home = Home::new();
    case(&home.store, &home.store);
    let home = Home::new();
    case(&home.store, &home.again());
}

cdr_mediation::ledger_contract!(on_every_ledger);
