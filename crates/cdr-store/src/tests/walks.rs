//! The contract of walks.

use cdr_mediation::Walks;

use crate::tests::support::StoreFixture;

/// Runs a case on a store with one handle and on a store with two handles.
fn on_every_walks(case: &dyn Fn(&dyn Walks, &dyn Walks)) {
    let fixture = StoreFixture::new();
    case(&fixture.store, &fixture.store);
    let fixture = StoreFixture::new();
    case(&fixture.store, &fixture.again());
}

cdr_mediation::walks_contract!(on_every_walks);
