//! The contract of every ledger.

use cdr_mediation::JobLedger;

use crate::tests::support::StoreFixture;

/// Runs a case on a store with one handle and on a store with two handles.
fn on_every_ledger(case: &dyn Fn(&dyn JobLedger, &dyn JobLedger)) {
    let fixture = StoreFixture::new();
    case(&fixture.store, &fixture.store);
    let fixture = StoreFixture::new();
    case(&fixture.store, &fixture.again());
}

cdr_mediation::ledger_contract!(on_every_ledger);
