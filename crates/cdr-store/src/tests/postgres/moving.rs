//! A store that was moved from a file is identical, including unusual values.

use cdr_access::Secrets;
use cdr_mediation::{CallDraft, CdrSource, Content, DirectoryEditor, JobLedger, Quarantine};
use cdr_mediation::{CdrSink, CustomerDraft, Walks};
use cdr_model::{Cdr, CdrField, Timestamp, Xdr};
use cdr_query::{Condition, Operand, Test};
use tollbook_tests::cluster;

use super::support::address;
use crate::tests::ledger::support::{claim, enter};
use crate::tests::support::*;
use crate::{Store, StoreAddress, StoreError, move_store};

/// Calls with values that are hard to transfer: texts, amounts, instants before the year 1 and before 1970, JSON.
fn odd() -> Vec<CallDraft> {
    let texts = ["", "\\", "\\N", "tab\tline\nreturn\r", "'\"{}[],", "é\u{10FFFF}\u{1}", "null"];
    let prices = ["0", "-0.00000001", "0.0190", "92233720368.54775807", "-92233720368.54775807", "1.5", "-12.50"];
    let instants = [
        "0000-01-01T00:00:00Z",
        "0000-02-29T23:59:59.999999Z",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00Z",
        "2026-11-27T12:00:00.000001Z",
        "9999-12-31T23:59:59.999999Z",
    ];
    let all = texts.iter().zip(prices).zip(instants).enumerate();
    all.map(|(n, ((text, price), instant))| {
        let draft = call(&format!("{n} {text}"), i64::try_from(n).unwrap() * 40_000_000, text);
        let mut details = draft.call.details.clone();
        details.sip.user_agent = Some((*text).to_owned());
        let connected_at: Option<Timestamp> = Some(instant.parse().unwrap());
        let call = Cdr { price: Some(price.parse().unwrap()), connected_at, details, ..draft.call.clone() };
        CallDraft { call, ..draft }
    })
    .collect()
}

#[test]
fn unusual_values_are_moved_unchanged() {
    let Some(server) = cluster::shared() else { return };
    let (fixture, url) = (StoreFixture::sqlite(), server.database());
    let here = &fixture.store;
    here.add_customer(&CustomerDraft { name: "Acme \\ 'Sons'".to_owned(), ..CustomerDraft::default() }).unwrap();
    // The second has a reseller with a higher number.
    let add = |id, name: &str, reseller: Option<&str>| {
        let draft = CustomerDraft {
            id: Some(id),
            name: name.to_owned(),
            reseller: reseller.map(str::to_owned),
            ..CustomerDraft::default()
        };
        here.add_customer(&draft).unwrap();
    };
    add(900, "above", None);
    add(800, "below", Some("above"));
    take(here, odd());
    let mut bad = incoming(Content::Unreadable { reason: "broken", detail: "with a \0".to_owned() });
    bad.raw = (0..=255).collect();
    here.take(&cdr_mediation::Batch { records: vec![bad], ..calls([]) }).unwrap();
    take(here, [call("0 ", 0, "another")]);
    take(here, [call("1 \\", 40_000_000, "one more")]);
    let waiting = Quarantine::entries(here, false, 0, 10).unwrap();
    here.accept(waiting[1].id).unwrap();
    // Its memo contains a NUL.
    let first = enter(here, Some("lane"), 10);
    claim(here, 20);
    let secret = here.secret("jwt").unwrap();
    begin_walk(here);
    let mut leg = call("leg", 0, "leg");
    leg.call.details.xdr = Some(Box::new(Xdr { conf_id: Some("A".to_owned()), ..Xdr::default() }));
    take(here, [leg]);

    // From a file to a database, to another database, to a distributed one, back to a file, and to another file.
    let distributed = server.database();
    simulate(&distributed);
    let file = |name: &str| StoreAddress::File(fixture.path(name));
    let stations =
        [address(&url), address(&server.database()), address(&distributed), file("back.db"), file("again.db")];
    let mut from = fixture.at.clone();
    for to in stations {
        let moved = move_store(&from, &to, &options(), &mut |_, _| {}).unwrap();
        assert_eq!(moved.calls, here.count(&everything()).unwrap() + 1, "including a replaced version");
        let there = Store::open(&to, &options()).unwrap();
        assert_eq!(scan(&there, &everything()), scan(here, &everything()), "{to}");
        let entries = |store: &Store| Quarantine::entries(store, true, 0, 10).unwrap();
        assert_eq!(format!("{:?}", entries(&there)), format!("{:?}", entries(here)), "{to}");
        assert_eq!(there.directory().unwrap().customers, here.directory().unwrap().customers, "{to}");
        assert_eq!(
            format!("{:?}", there.find(first.id).unwrap()),
            format!("{:?}", here.find(first.id).unwrap()),
            "{to}"
        );
        assert_eq!((&there.secret("jwt").unwrap(), there.watermark().unwrap()), (&secret, here.watermark().unwrap()));
        let of_group = Condition::new(CdrField::XdrGroup, Test::Eq(Operand::from("A"))).unwrap();
        assert_eq!(scan(&there, &everything().only(of_group)).len(), 1, "{to}");
        let walk = there.join("reader", &[7; 32], 0, Timestamp::from_seconds(NOW)).unwrap();
        assert_eq!(walk.unwrap().document, "a\0b", "{to}");
        for store in [here, &there] {
            assert_eq!(counts(&take(store, odd())), (0, 7, 0), "all keys are known: {to}");
        }
        from = to;
    }
    let last = Store::open(&from, &options()).unwrap();
    assert_eq!(
        (counts(&take(&last, [call("new", 0, "x")])), last.watermark().unwrap()),
        ((1, 0, 0), here.watermark().unwrap() + 1)
    );
    let refused = move_store(&fixture.at, &from, &options(), &mut |_, _| {}).unwrap_err();
    assert!(matches!(refused, StoreError::NotEmpty { .. }), "{refused}");
}

#[test]
fn a_database_is_locked_while_it_is_moved() {
    let Some(server) = cluster::shared() else { return };
    for distributed in [false, true] {
        let (url, fixture) = (server.database(), StoreFixture::sqlite());
        if distributed {
            simulate(&url);
        }
        let (here, _) = Store::create_or_open(address(&url), &options()).unwrap();
        take(&here, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
        let short = crate::StoreOptions { busy_timeout: std::time::Duration::from_millis(300), ..options() };
        let other = Store::open(address(&url), &short).unwrap();
        let mut refused = 0;
        let watch = &mut |done, _| {
            if done > 0 {
                refused += usize::from(other.take(&calls([call("late", 0, "x")])).is_err());
                refused += usize::from(other.secret("jwt").is_err());
            }
        };
        let to = StoreAddress::File(fixture.path("moved.db"));
        move_store(&address(&url), &to, &options(), watch).unwrap();
        assert!(refused >= 2, "{refused}");
        assert_eq!(counts(&take(&here, [call("late", 0, "x")])), (1, 0, 0), "it can be written to again afterwards");
        assert_eq!(Store::open(&to, &options()).unwrap().count(&everything()).unwrap(), 6_000);
    }
}

#[test]
fn a_file_that_is_filled_is_no_store_before_the_end() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    let to = StoreAddress::File(fixture.path("moved.db"));
    // Another program has the empty file open.
    let (open, _) = Store::create_or_open(&to, &options()).unwrap();
    open.watermark().unwrap();
    let short = crate::StoreOptions { busy_timeout: std::time::Duration::from_millis(300), ..options() };
    let refused = move_store(&fixture.at, &to, &short, &mut |_, _| {}).unwrap_err();
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    drop(open);
    // It is interrupted.
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        move_store(&fixture.at, &to, &options(), &mut |done, _| assert!(done == 0, "the machine goes down"))
    }));
    assert!(ended.is_err());
    let half = Store::open(&to, &options()).unwrap_err();
    assert!(matches!(half, StoreError::HalfMoved { .. }), "{half}");
    let moved = move_store(&fixture.at, &to, &options(), &mut |_, _| {}).unwrap();
    assert_eq!((moved.calls, moved.before), (6_000, 5_000));
    assert_eq!(Store::open(&to, &options()).unwrap().watermark().unwrap(), 6_000);
}

#[test]
fn every_table_of_a_database_is_moved() {
    let Some(server) = cluster::shared() else { return };
    let url = server.database();
    Store::create_or_open(address(&url), &options()).unwrap();
    let sql = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace \
               AND relname <> '__diesel_schema_migrations'";
    let there = cluster::asked(&url, sql).unwrap().into_iter().collect();
    assert_eq!(crate::moving::tables(), there);
}

#[test]
fn a_table_or_column_missing_on_one_side_is_an_error() {
    let Some(server) = cluster::shared() else { return };
    for (change, message) in [
        ("CREATE TABLE more (x INTEGER) STRICT", "the source has the tables"),
        ("ALTER TABLE lanes ADD COLUMN more TEXT", "the table lanes has the columns"),
    ] {
        let (fixture, url) = (StoreFixture::sqlite(), server.database());
        spoil(&fixture.store, change);
        let refused = move_store(&fixture.at, &address(&url), &options(), &mut |_, _| {}).unwrap_err();
        assert!(matches!(&refused, StoreError::Differs { what, .. } if what.contains(message)), "{change}: {refused}");
    }
}

#[test]
fn a_file_is_locked_while_it_is_moved() {
    let Some(server) = cluster::shared() else { return };
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    // Long enough for a connection, and short enough to expire a few times.
    let short = crate::StoreOptions { busy_timeout: std::time::Duration::from_secs(1), ..options() };
    let other = fixture.again_with(&short);
    let mut refused = 0;
    let watch = &mut |done, _| {
        if done > 0 {
            refused += usize::from(other.take(&calls([call("late", 0, "x")])).is_err());
        }
    };
    move_store(&fixture.at, &address(&server.database()), &options(), watch).unwrap();
    assert!(refused > 0);
    assert_eq!(counts(&take(&other, [call("late", 0, "x")])), (1, 0, 0), "the file can be written to again afterwards");
}

#[test]
fn a_process_with_the_target_open_cannot_write_until_the_move_has_finished() {
    let Some(server) = cluster::shared() else { return };
    let (fixture, url) = (StoreFixture::sqlite(), server.database());
    take(&fixture.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    let (there, _) = Store::create_or_open(address(&url), &options()).unwrap();
    let mut messages = Vec::new();
    let watch = &mut |done, _| {
        if done > 0 {
            messages.push(there.take(&calls([call("early", 0, "x")])).unwrap_err().to_string());
            messages.push(there.secret("jwt").unwrap_err().to_string());
        }
    };
    move_store(&fixture.at, &address(&url), &options(), watch).unwrap();
    assert!(!messages.is_empty() && messages.iter().all(|it| it.contains("is being moved into")), "{messages:?}");
    assert_eq!(there.watermark().unwrap(), 6_000);
    assert_eq!(counts(&take(&there, [call("early", 0, "x")])), (1, 0, 0));
}
