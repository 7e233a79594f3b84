//! The details of calls: those of an older store are read as all others, and are rewritten.

use cdr_mediation::CdrSource;
use cdr_model::{CdrField, Details, Sip, Xdr};
use cdr_query::{Condition, Operand, Test};

use super::support::*;

/// Takes the migration back that introduces compact documents.
fn make_older(fixture: &StoreFixture) {
    spoil(&fixture.store, include_str!("../../migrations/sqlite/00000000000018_documents/down.sql"));
    spoil(&fixture.store, "DELETE FROM __diesel_schema_migrations WHERE version = '00000000000018'");
}

/// A call with details, some of which depend on its number.
fn detailed(n: i64) -> cdr_mediation::CallDraft {
    let mut draft = call(&n.to_string(), n, "1");
    draft.call.details = Details {
        group: Some(format!("sip:{n}@sbc.example")),
        sip: Sip { ruri_domain: Some("sbc.example".to_owned()), ..Sip::default() },
        xdr: (n % 3 > 0).then(|| Box::new(Xdr { conf_id: Some(format!("leg {}", n / 2)), ..Xdr::default() })),
        ..Details::default()
    };
    draft
}

#[test]
fn details_of_an_older_store_are_read_and_rewritten() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (1..=5_000).map(detailed));
    assert_eq!(fixture.store.older_details().unwrap(), 0);
    let before = scan(&fixture.store, &everything());
    let legs = |n: i64| {
        let shared = Operand::from(format!("leg {n}").as_str());
        everything().only(Condition::new(CdrField::XdrGroup, Test::Eq(shared)).unwrap())
    };

    make_older(&fixture);
    let store = fixture.again();
    assert_eq!(store.older_details().unwrap(), 5_000);
    take(&store, (5_001..=5_010).map(detailed));
    assert_eq!(store.older_details().unwrap(), 5_000, "new calls have the form of today");
    assert_eq!(scan(&store, &everything())[..5_000], before[..]);
    assert_eq!([contents(&store, &legs(2_000)).len(), contents(&store, &legs(2_504)).len()], [2, 2]);

    // The process ends after the first transaction.
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.rewrite_details(&mut |calls| std::panic::resume_unwind(Box::new(calls)))
    }));
    assert_eq!(ended.unwrap_err().downcast_ref::<u64>(), Some(&2_000));
    assert_eq!(store.older_details().unwrap(), 3_000);
    assert_eq!(scan(&store, &everything())[..5_000], before[..], "both forms side by side");
    let mut told = Vec::new();
    assert_eq!(store.rewrite_details(&mut |calls| told.push(calls)).unwrap(), 3_000);
    assert_eq!((told, store.older_details().unwrap()), (vec![2_000, 3_000], 0));
    assert_eq!(scan(&store, &everything())[..5_000], before[..]);
    assert_eq!([contents(&store, &legs(2_000)).len(), contents(&store, &legs(2_504)).len()], [2, 2]);
    assert_eq!(store.rewrite_details(&mut |_| ()).unwrap(), 0);
}

/// The state of the rewriting belongs to the calls: a backup brings its own.
#[test]
fn a_restored_store_is_rewritten_as_far_as_the_backup_was_not() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (1..=10).map(detailed));
    make_older(&fixture);
    let store = fixture.again();
    let backup = fixture.path("backup.db");
    store.backup(&backup).unwrap();
    assert_eq!(store.rewrite_details(&mut |_| ()).unwrap(), 10);
    let before = scan(&store, &everything());
    store.restore(&backup).unwrap();
    assert_eq!(store.older_details().unwrap(), 10);
    assert_eq!(store.rewrite_details(&mut |_| ()).unwrap(), 10);
    assert_eq!(scan(&store, &everything()), before);
}

#[test]
fn damaged_details_name_their_call_and_stop_nothing_else() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (1..=3).map(detailed));
    spoil(&fixture.store, "UPDATE cdrs SET document = x'07' WHERE number = 2");
    let error = fixture.store.scan(&everything(), &mut |_| Ok(())).unwrap_err();
    let said = cdr_model::chain(&error);
    assert!(said.contains("call 2: details: version 7 of their form is not known"), "{said}");
    let first = everything().only(Condition::new(CdrField::Number, Test::Lt(Operand::Integer(2))).unwrap());
    assert_eq!(scan(&fixture.store, &first).len(), 1);
}
