//! A store that is moved from a file is the same, to the last odd value.

use cdr_access::Secrets;
use cdr_mediation::{CallDraft, CdrSource, Content, DirectoryKeeper, JobLedger, Quarantine};
use cdr_mediation::{CdrSink, CustomerDraft};
use cdr_model::{Cdr, Timestamp};
use tollbook_tests::cluster;

use super::support::address;
use crate::tests::ledger::support::{claim, enter};
use crate::tests::support::*;
use crate::{Store, StoreError, move_store};

/// Calls that are hard to carry: texts, amounts, instants before the year 1 and before 1970, JSON.
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
fn whatever_is_odd_is_carried_as_it_is() {
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
    // Its memo holds a NUL.
    let first = enter(here, Some("lane"), 10);
    claim(here, 20);
    let secret = here.secret("jwt").unwrap();

    let moved = move_store(&home.path_of_store(), &url, &options(), &mut |_, _| {}).unwrap();
    assert_eq!(moved.calls, here.count(&everything()).unwrap() + 1, "and one that was replaced");
    let there = Store::open(address(&url), &options()).unwrap();
    assert_eq!(scan(&there, &everything()), scan(here, &everything()));
    let entries = |store: &Store| Quarantine::entries(store, true, 0, 10).unwrap();
    assert_eq!(format!("{:?}", entries(&there)), format!("{:?}", entries(here)));
    assert_eq!(there.directory().unwrap().customers, here.directory().unwrap().customers);
    assert_eq!(format!("{:?}", there.find(first.id).unwrap()), format!("{:?}", here.find(first.id).unwrap()));
    assert_eq!((there.secret("jwt").unwrap(), there.watermark().unwrap()), (secret, here.watermark().unwrap()));
    for store in [here, &there] {
        assert_eq!(counts(&take(store, odd())), (0, 7, 0), "whatever was known is known");
    }
}

#[test]
fn a_table_or_a_column_that_one_side_lacks_is_not_left_behind() {
    let Some(server) = cluster::shared() else { return };
    for (change, said) in [
        ("CREATE TABLE more (x INTEGER) STRICT", "the file has the tables"),
        ("ALTER TABLE lanes ADD COLUMN more TEXT", "the table lanes has the columns"),
    ] {
        let (home, url) = (Home::sqlite(), server.database());
        spoil(&home.store, change);
        let refused = move_store(&home.path_of_store(), &url, &options(), &mut |_, _| {}).unwrap_err();
        assert!(matches!(&refused, StoreError::Differs { what, .. } if what.contains(said)), "{change}: {refused}");
    }
}

#[test]
fn nobody_writes_to_a_file_that_is_being_moved() {
    let Some(server) = cluster::shared() else { return };
    let home = Home::sqlite();
    take(&home.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    // Long enough for a connection, and short enough to be refused a few times.
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
    assert_eq!(counts(&take(&other, [call("late", 0, "x")])), (1, 0, 0), "and afterwards it can be written to again");
}

#[test]
fn whoever_has_the_database_open_already_writes_nothing_into_it_until_it_is_a_store() {
    let Some(server) = cluster::shared() else { return };
    let (home, url) = (Home::sqlite(), server.database());
    take(&home.store, (0..6_000).map(|n| call(&n.to_string(), n, "49")));
    let (there, _) = Store::create_or_open(address(&url), &options()).unwrap();
    let mut said = Vec::new();
    let watch = &mut |done, _| {
        if done > 0 {
            said.push(there.take(&calls([call("early", 0, "x")])).unwrap_err().to_string());
            said.push(there.secret("jwt").unwrap_err().to_string());
        }
    };
    move_store(&home.path_of_store(), &url, &options(), watch).unwrap();
    assert!(!said.is_empty() && said.iter().all(|said| said.contains("is being moved into")), "{said:?}");
    assert_eq!(there.watermark().unwrap(), 6_000);
    assert_eq!(counts(&take(&there, [call("early", 0, "x")])), (1, 0, 0));
}
