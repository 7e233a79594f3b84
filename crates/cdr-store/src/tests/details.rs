//! The details of calls: those of an older store are read as all others, and are rewritten.

use cdr_mediation::CdrSource;
use cdr_model::{CdrField, Details, Sip, Xdr};
use cdr_query::{Condition, Operand, Test};

use tollbook_tests::cluster;

use super::support::*;
use crate::{RewriteReport, Store, StoreAddress, move_store};

/// Takes the migration back that introduces binary documents.
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
    assert!(!fixture.store.has_older_details().unwrap());
    let before = scan(&fixture.store, &everything());
    let legs = |n: i64| {
        let shared = Operand::from(format!("leg {n}").as_str());
        everything().only(Condition::new(CdrField::XdrGroup, Test::Eq(shared)).unwrap())
    };

    make_older(&fixture);
    let store = fixture.again();
    assert!(store.has_older_details().unwrap());
    take(&store, (5_001..=5_010).map(detailed));
    assert_eq!(scan(&store, &everything())[..5_000], before[..]);
    assert_eq!([contents(&store, &legs(2_000)).len(), contents(&store, &legs(2_504)).len()], [2, 2]);

    // The process ends after the first transaction.
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.rewrite_details(&mut |calls, all| {
            assert_eq!(all, 5_000, "new calls have the current form");
            if calls > 0 {
                std::panic::resume_unwind(Box::new(calls));
            }
        })
    }));
    assert_eq!(ended.unwrap_err().downcast_ref::<u64>(), Some(&2_000));
    assert_eq!(scan(&store, &everything())[..5_000], before[..], "both forms side by side");
    let mut told = Vec::new();
    let report = store.rewrite_details(&mut |calls, all| told.push((calls, all))).unwrap();
    assert_eq!(report.to_string(), "rewrote the details of 3000 calls");
    assert_eq!(told, [(0, 3_000), (2_000, 3_000), (3_000, 3_000)]);
    assert!(!store.has_older_details().unwrap());
    assert_eq!(scan(&store, &everything())[..5_000], before[..]);
    assert_eq!([contents(&store, &legs(2_000)).len(), contents(&store, &legs(2_504)).len()], [2, 2]);
    assert_eq!(store.rewrite_details(&mut |_, _| ()).unwrap(), RewriteReport::default());
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
    assert_eq!(store.rewrite_details(&mut |_, _| ()).unwrap().calls, 10);
    let before = scan(&store, &everything());
    store.restore(&backup).unwrap();
    assert!(store.has_older_details().unwrap());
    assert_eq!(store.rewrite_details(&mut |_, _| ()).unwrap().calls, 10);
    assert_eq!(scan(&store, &everything()), before);
}

/// A store that is half rewritten moves to a database, back to a file, and from file to file, which is rewritten then.
#[test]
fn a_store_with_both_forms_is_moved() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (1..=3_000).map(detailed));
    let before = scan(&fixture.store, &everything());
    make_older(&fixture);
    let store = fixture.again();
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.rewrite_details(&mut |calls, _| {
            if calls > 0 {
                std::panic::resume_unwind(Box::new(calls))
            }
        })
    }));
    assert!(ended.is_err());
    let file = |name: &str| StoreAddress::File(fixture.path(name));
    let mut ways = vec![(fixture.at.clone(), file("other.db"))];
    if cluster::shared().is_some() {
        let url = StoreAddress::Server(database());
        ways.extend([(fixture.at.clone(), url.clone()), (url, file("back.db"))]);
    }
    for (from, to) in ways {
        move_store(&from, &to, &options(), &mut |_, _| ()).unwrap();
        let moved = Store::open(&to, &options()).unwrap();
        assert_eq!(scan(&moved, &everything()), before, "{to}");
        let older = if matches!((&from, &to), (StoreAddress::File(_), StoreAddress::File(_))) { 1_000 } else { 0 };
        assert_eq!(moved.rewrite_details(&mut |_, _| ()).unwrap().calls, older, "{to}");
        assert_eq!(scan(&moved, &everything()), before, "{to}");
    }
}

#[test]
fn damaged_details_name_their_call_and_stop_nothing_else() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (1..=4_500).map(detailed));
    make_older(&fixture);
    // JSON, but not that of details.
    spoil(&fixture.store, r#"UPDATE cdrs SET details = '{"group":7}' WHERE number IN (100, 3000)"#);
    let store = fixture.again();
    let report = store.rewrite_details(&mut |_, _| ()).unwrap();
    let expected = "rewrote the details of 4498 calls; the details of 2 are damaged and stay as they are: those of \
                    records 3000, 100";
    assert_eq!(report.to_string(), expected);
    assert!(!store.has_older_details().unwrap());

    spoil(&store, "UPDATE cdrs SET document = x'07' WHERE number = 2");
    for (from, until, said) in [
        (1, 50, "call 2: details: unknown document version 7; a newer program may have written it"),
        (50, 200, "call 100: details: invalid type: integer `7`, expected a string at line 1 column 10"),
    ] {
        let number = |test: Test| Condition::new(CdrField::Number, test).unwrap();
        let some = everything().only(number(Test::Gt(Operand::Integer(from - 1))));
        let some = some.only(number(Test::Lt(Operand::Integer(until))));
        let error = store.scan(&some, &mut |_| Ok(())).unwrap_err();
        assert!(cdr_model::chain(&error).contains(said), "{}", cdr_model::chain(&error));
    }
    let others = everything().only(Condition::new(CdrField::Number, Test::Gt(Operand::Integer(3_000))).unwrap());
    assert_eq!(scan(&store, &others).len(), 1_500);
}
