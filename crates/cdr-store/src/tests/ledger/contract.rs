//! What every ledger promises.

use cdr_mediation::JobLedger;

use crate::tests::support::Home;

/// A store, and a store that is open twice.
fn on_every_ledger(case: &dyn Fn(&dyn JobLedger, &dyn JobLedger)) {
    let home = Home::new();
    case(&home.store, &home.store);
    let home = Home::new();
    case(&home.store, &home.again());
}

cdr_mediation::ledger_contract!(on_every_ledger);
