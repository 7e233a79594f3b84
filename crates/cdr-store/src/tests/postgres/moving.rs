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
use crate::{Store, StoreError, move_store};

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
    let (home, url) = (Home::sqlite(), server.database());
    let here = &home.store;
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

    let moved = move_store(&home.path_of_store(), &url, &options(), &mut |_, _| {}).unwrap();
    assert_eq!(moved.calls, here.count(&everything()).unwrap() + 1, "including a replaced version");
    let there = Store::open(address(&url), &options()).unwrap();
    assert_eq!(scan(&there, &everything()), scan(here, &everything()));
    let entries = |store: &Store| Quarantine::entries(store, true, 0, 10).unwrap();
    assert_eq!(format!("{:?}", entries(&there)), format!("{:?}", entries(here)));
    assert_eq!(there.directory().unwrap().customers, here.directory().unwrap().customers);
    assert_eq!(format!("{:?}", there.find(first.id).unwrap()), format!("{:?}", here.find(first.id).unwrap()));
    assert_eq!((there.secret("jwt").unwrap(), there.watermark().unwrap()), (secret, here.watermark().unwrap()));
    let of_group = Condition::new(CdrField::XdrGroup, Test::Eq(Operand::from("A"))).unwrap();
    assert_eq!(scan(&there, &everything().only(of_group)).len(), 1);
    let walk = there.join("reader", &[7; 32], 0, Timestamp::from_seconds(NOW)).unwrap();
    assert_eq!(walk.unwrap().document, "a\0b");
    for store in [here, &there] {
        assert_eq!(counts(&take(store, odd())), (0, 7, 0), "all keys are known");
    }
}

#[test]
fn a_table_or_column_missing_on_one_side_is_an_error() {
    let Some(server) = cluster::shared() else { return };
    for (change, message) in [
        ("CREATE TABLE more (x INTEGER) STRICT", "the file has the tables"),
        ("ALTER TABLE lanes ADD COLUMN more TEXT", "the table lanes has the columns"),
    ] {
        let (home, url) = (Home::sqlite(), server.database());
        spoil(&home.store, change);
        let refused = move_store(&home.path_of_store(), &url, &options(), &mut |_, _| {}).unwrap_err();
        assert!(matches!(&refused, StoreError::Differs { what, .. } if what.contains(message)), "{change}: {refused}");
    }
}

#[test]
fn a_file_is_locked_while_it_is_moved() {
    let Some(server) = cluster::shared() else { return };
    let home = Home::sqlite();
    take(&home.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    // Long enough for a connection, and short enough to expire a few times.
    let short = crate::StoreOptions { busy_timeout: std::time::Duration::from_secs(1), ..options() };
    let other = home.again_with(&short);
    let mut refused = 0;
    let watch = &mut |done, _| {
        if done > 0 {
            refused += usize::from(other.take(&calls([call("late", 0, "x")])).is_err());
        }
    };
    move_store(&home.path_of_store(), &server.database(), &options(), watch).unwrap();
    assert!(refused > 0);
    assert_eq!(counts(&take(&other, [call("late", 0, "x")])), (1, 0, 0), "the file can be written to again afterwards");
}

#[test]
fn a_process_with_the_target_open_cannot_write_until_the_move_has_finished() {
    let Some(server) = cluster::shared() else { return };
    let (home, url) = (Home::sqlite(), server.database());
    take(&home.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    let (there, _) = Store::create_or_open(address(&url), &options()).unwrap();
    let mut messages = Vec::new();
    let watch = &mut |done, _| {
        if done > 0 {
            messages.push(there.take(&calls([call("early", 0, "x")])).unwrap_err().to_string());
            messages.push(there.secret("jwt").unwrap_err().to_string());
        }
    };
    move_store(&home.path_of_store(), &url, &options(), watch).unwrap();
    assert!(!messages.is_empty() && messages.iter().all(|it| it.contains("is being moved into")), "{messages:?}");
    assert_eq!(there.watermark().unwrap(), 6_000);
    assert_eq!(counts(&take(&there, [call("early", 0, "x")])), (1, 0, 0));
}
