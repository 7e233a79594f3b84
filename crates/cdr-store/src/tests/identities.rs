//! Keys and digests that are read with the columns of calls are those that whole calls have.

use std::collections::BTreeSet;

use cdr_mediation::{CdrSource, Quarantine};
use cdr_model::{CdrField, Directory, Record};

use super::kept::{spoken, with_accounts};
use super::support::*;

#[test]
fn keys_and_digests_are_read_with_columns_also_those_of_replaced_versions() {
    let fixture = with_accounts(StoreFixture::new());
    let store = &fixture.store;
    take(store, (0..5).map(|n| spoken(&n.to_string(), "1", n * 600, 5, "x")));
    let before = store.watermark().unwrap();
    take(store, [spoken("3", "1", 1_800, 9, "corrected")]);
    store.accept(store.entries(false, 0, 1).unwrap()[0].id).unwrap();
    let (mut digests, directory) = (BTreeSet::new(), Directory::default());
    for query in [everything(), everything().at(before)] {
        let query = query.selecting([CdrField::Called]).with_identity();
        let whole = scan(store, &query);
        let mut rows = Vec::new();
        let each = &mut |row| {
            rows.push(row);
            Ok(())
        };
        store.scan_fields(&query, each).unwrap();
        for rows in [rows, store.page_of_fields(&query, None, 100).unwrap()] {
            assert_eq!((rows.len(), whole.len()), (5, 5), "{query:?}");
            for (row, call) in rows.iter().zip(&whole) {
                let identity = call.identity.as_ref().expect("a call has an identity");
                digests.insert(identity.digest.clone());
                for field in [CdrField::Key, CdrField::Digest] {
                    let (found, expected) = (row.value(field, &directory), call.value(field, &directory));
                    assert_eq!(found, expected, "{field} of {}: {query:?}", identity.key);
                }
            }
        }
    }
    assert_eq!(digests.len(), 6, "five calls, and the version that was replaced");
}
