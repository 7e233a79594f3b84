//! What has changed since a record number: every call in its latest version, and calls that are no more.

use std::collections::BTreeMap;

use cdr_mediation::{
    AccountDraft, Batch, CdrSink, CdrSource, CustomerDraft, DirectoryEditor, LoadDraft, Loads, Quarantine,
};
use cdr_model::{RecordKind, Timestamp};

use super::support::*;
use crate::{CallChange, Store};

/// All changes after a number, read so many at a time.
fn since(store: &Store, mut after: i64, most: usize) -> Vec<CallChange> {
    let mut all = Vec::new();
    loop {
        let read = store.changes(after, most).unwrap();
        assert!(read.changes.len() <= most && read.next >= after, "{after}");
        let is_end = read.changes.is_empty();
        assert!(read.changes.iter().all(|change| (after + 1..=read.next).contains(&change.call.number)));
        all.extend(read.changes);
        if is_end {
            assert_eq!(read.next, store.watermark().unwrap());
            return all;
        }
        after = read.next;
    }
}

/// The called numbers of the calls that a reader has after these changes, by ID.
fn applied(to: &mut BTreeMap<i64, String>, changes: Vec<CallChange>) {
    for CallChange { call, .. } in changes {
        match call.kind {
            RecordKind::Withdrawn => drop(to.remove(&call.id)),
            _ => drop(to.insert(call.id, call.called.unwrap())),
        }
    }
}

/// The same for the store.
fn present(store: &Store) -> BTreeMap<i64, String> {
    scan(store, &everything()).into_iter().map(|call| (call.id, call.called.unwrap())).collect()
}

#[test]
fn a_reader_that_goes_on_has_what_the_store_has() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    let load = |file: &str| {
        let (source, feed, loaded_by) = ("pbx".to_owned(), "native".to_owned(), "ada".to_owned());
        let begun_at = Timestamp::from_seconds(1);
        store.begin_load(&LoadDraft { source, feed, file: file.to_owned(), loaded_by, begun_at }).unwrap()
    };
    for most in [1, 2, 1000] {
        let (mut reader, mut late, mut after) = (BTreeMap::new(), BTreeMap::new(), 0);
        let mut goes_on = |what: &str| {
            applied(&mut reader, since(store, after, most));
            after = store.watermark().unwrap();
            assert_eq!(reader, present(store), "{most} at a time, after {what}");
        };
        goes_on("nothing");
        let key = |name: &str| format!("{name}{most}");
        take(store, [call(&key("a"), 10, "1"), call(&key("b"), 20, "2")]);
        goes_on("a load");
        take(store, [call(&key("a"), 10, "3")]);
        let conflict = store.entries(false, 0, 1000).unwrap().last().unwrap().id;
        store.accept(conflict).unwrap();
        goes_on("a correction");
        let id = load("bad.csv");
        store.take(&Batch { load: Some(id), ..calls([call(&key("c"), 5, "4"), call(&key("d"), 6, "5")]) }).unwrap();
        goes_on("another load");
        store.undo_load(id, &mut |_| ()).unwrap();
        goes_on("its undoing");
        applied(&mut late, since(store, 0, most));
        assert_eq!(late, present(store), "who begins now");
    }
}

#[test]
fn a_change_names_the_customers_before() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    let mut draft = call("a", 10, "1");
    (draft.account, draft.call.details.account_given) = (Some("100".to_owned()), Some("100".to_owned()));
    take(store, [draft, call("b", 20, "2")]);
    let before = |changes: Vec<CallChange>| changes.into_iter().map(|change| change.before).collect::<Vec<_>>();
    assert_eq!(before(since(store, 0, 10)), [Vec::<i64>::new(), vec![]]);
    store.add_customer(&CustomerDraft { name: "Acme".to_owned(), ..CustomerDraft::default() }).unwrap();
    let account = AccountDraft { customer: "Acme".to_owned(), number: "100".to_owned(), ..AccountDraft::default() };
    let account = store.add_account(&account).unwrap();
    assert_eq!(store.adopt(account.id, &mut |_| ()).unwrap(), 1);
    let changes = since(store, 2, 10);
    assert_eq!((changes[0].call.customer_id, before(changes.clone())), (account.customer_id, vec![vec![0]]));
}
