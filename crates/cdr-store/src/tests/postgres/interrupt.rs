//! A statement on the server that is no longer wanted.

use std::thread;

use cdr_mediation::{CdrSource, PortError};
use cdr_model::CdrField;
use cdr_query::{Cancel, CdrQuery, Condition, SortBy, SortKey, SortOrder, Test};

use tollbook_tests::cluster::{self, Held, waiting};

use super::super::support::*;
use crate::{Store, StoreAddress};

#[test]
fn a_statement_that_waits_on_the_server_is_cancelled() {
    let Some(server) = cluster::shared() else { return };
    let url = server.database();
    let (store, _) = Store::create_or_open(StoreAddress::Server(url.clone()), &options()).unwrap();
    take(&store, (0..10).map(|n| call(&n.to_string(), n, "1")));
    let key = SortKey { field: CdrField::Called, descending: true };
    let sorted = SortOrder { keys: vec![key], ..SortOrder::new(SortBy::Anchor, true) };
    let query = CdrQuery { order: sorted, ..everything() };
    type Reading = fn(&Store, &CdrQuery) -> Result<(), PortError>;
    let readings: [Reading; 5] = [
        |store, query| store.list(query, 0, 5).map(drop),
        |store, query| store.page(query, None, 5).map(drop),
        |store, query| {
            // Which does not follow from the rollup.
            let succeeded = Condition::new(CdrField::Success, Test::Eq(true.into())).unwrap();
            store.count(&query.clone().only(succeeded)).map(drop)
        },
        |store, query| store.services(query).map(drop),
        |store, query| store.scan(query, &mut |_| Ok(())),
    ];
    for reading in readings {
        let (cancel, held) = (Cancel::new(), Held::against_all(&url, "cdrs").taken());
        thread::scope(|scope| {
            let ended = scope.spawn(|| reading(&store, &query.clone().until(&cancel)));
            until(|| waiting(&url, "cdrs") == 1);
            cancel.cancel();
            let ended = ended.join().unwrap();
            assert!(matches!(ended, Err(PortError::Cancelled)), "{ended:?}");
        });
        drop(held);
        assert_eq!(store.list(&query, 0, 50).unwrap().len(), 10, "the connection answers others");
    }
}
