//! The contract of walks.

use cdr_mediation::Walks;

use crate::tests::support::Home;

/// Runs a case on a store with one handle and on a store with two handles.
fn on_every_walks(case: &dyn Fn(&dyn Walks, &dyn Walks)) {
    let home = Home::new();
    case(&home.store, &home.store);
    let home = Home::new();
    case(&home.store, &home.again());
}

cdr_mediation::walks_contract!(on_every_walks);
