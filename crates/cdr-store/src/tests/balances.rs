//! Balances: an opening balance, without the current records since its date, before and after records are removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use cdr_mediation::{
    AccountDraft, BalanceDate, Batch, CallDraft, CdrSink, CdrSource, Content, CustomerDraft, DirectoryEditor,
    LoadDraft, Loads, PortError, Quarantine,
};
use cdr_model::{Account, Cdr, Directory, RecordKind, Timestamp};
use cdr_query::{CdrQuery, Cursor};

use super::support::*;

/// The date of the opening balance, in seconds.
const OPENING: i64 = 1_000;

fn account(number: &str) -> AccountDraft {
    AccountDraft { customer: "Acme".to_owned(), number: number.to_owned(), ..AccountDraft::default() }
}

fn opening(balance: &str, at: i64) -> AccountDraft {
    AccountDraft {
        balance: Some(balance.parse().unwrap()),
        balance_at: Some(BalanceDate::Opening(Timestamp::from_seconds(at))),
        ..account("7")
    }
}

/// A charge of an account.
fn charge(key: &str, start: i64, account: &str, price: &str) -> CallDraft {
    let mut draft = call(key, start, price);
    (draft.account, draft.customer) = (Some(account.to_owned()), Some("Acme".to_owned()));
    draft.call.price = (!price.is_empty()).then(|| price.parse().unwrap());
    if price.starts_with('-') {
        draft.call.kind = RecordKind::Payment;
    }
    draft
}

/// The customer Acme with the account 7, which has an opening balance of 120.00, and 8, which has received one. Until then and
/// since then there are records of both.
fn filled() -> StoreFixture {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    store.add_customer(&CustomerDraft { name: "Acme".to_owned(), ..CustomerDraft::default() }).unwrap();
    store.add_account(&opening("120.00", OPENING)).unwrap();
    store.add_account(&AccountDraft { balance: Some("9".parse().unwrap()), ..account("8") }).unwrap();
    let records = [
        charge("before", OPENING - 1, "7", "50"),
        charge("a", OPENING, "7", "0.05"),
        charge("b", OPENING + 500, "7", "0.05"),
        charge("c", OPENING + 500, "7", "19.900000001"),
        charge("paid", OPENING + 600, "7", "-25.00"),
        charge("unrated", OPENING + 600, "7", ""),
        charge("other", OPENING + 600, "8", "3"),
    ];
    assert_eq!(counts(&take(store, records)), (7, 0, 0));
    fixture
}

fn balances(source: &dyn CdrSource) -> BTreeMap<i64, String> {
    let found = source.balances(&[1, 2, 3]).unwrap();
    found.into_iter().map(|(id, balance)| (id, balance.to_string())).collect()
}

fn seven(fixture: &StoreFixture) -> Account {
    fixture.store.directory().unwrap().accounts[&1].clone()
}

fn is(balance: &str) -> BTreeMap<i64, String> {
    [(1, balance.to_owned())].into()
}

/// The same records, for the default of the port.
struct Scanned<'a>(&'a dyn CdrSource);

impl CdrSource for Scanned<'_> {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        self.0.page(query, after, limit)
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.0.directory()
    }
}

#[test]
fn a_balance_is_what_is_left_of_the_opening_balance() {
    let fixture = filled();
    let store = &fixture.store;
    let agree = |expected: &str| {
        assert_eq!(balances(store), is(expected));
        assert_eq!(balances(&Scanned(store)), is(expected));
    };
    agree("124.999999999");
    // A new version counts in place of the old one.
    assert_eq!(counts(&take(store, [charge("c", OPENING + 500, "7", "20.9")])), (0, 0, 1));
    store.accept(1).unwrap();
    agree("124.00");
    // A withdrawn record does not count.
    let load = LoadDraft {
        kind: cdr_mediation::LoadKind::File,
        source: "pbx".to_owned(),
        feed: "native".to_owned(),
        file: "a.csv".to_owned(),
        loaded_by: "ada".to_owned(),
        begun_at: Timestamp::from_seconds(1_000),
    };
    let load = store.begin_load(&load).unwrap();
    let late = Content::Call(Box::new(charge("late", OPENING + 700, "7", "4")));
    store.take(&Batch { load: Some(load), ..batch([late]) }).unwrap();
    agree("120.00");
    store.undo_load(load, &mut |_| {}).unwrap();
    agree("124.00");
}

#[test]
fn a_removal_leaves_balances_as_they_are() {
    let fixture = filled();
    let store = &fixture.store;
    let remove = |floor: i64| store.remove_before(Timestamp::from_seconds(floor), &mut |_| ()).unwrap();
    let dated = |account: &Account| account.balance_at.map(|at| at.micros() / 1_000_000);
    remove(OPENING - 1);
    assert_eq!(dated(&seven(&fixture)), Some(OPENING), "the date is later");
    assert_eq!(remove(OPENING + 550), 4);
    assert_eq!(balances(store), is("124.999999999"));
    let folded = seven(&fixture);
    assert_eq!((folded.balance.unwrap().to_string().as_str(), dated(&folded)), ("99.999999999", Some(OPENING + 550)));
    // What lies before the date counts no more, also if it is loaded again.
    assert_eq!(counts(&take(store, [charge("a", OPENING, "7", "0.05")])), (1, 0, 0));
    assert_eq!(balances(store), is("124.999999999"));
    remove(OPENING + 550);
    remove(OPENING + 10);
    assert_eq!((balances(store), seven(&fixture)), (is("124.999999999"), folded));
    remove(OPENING + 601);
    assert_eq!(
        (balances(store), seven(&fixture).balance.unwrap().to_string()),
        (is("124.999999999"), "124.999999999".to_owned())
    );
    assert_eq!(seven(&fixture).balance_at, Some(Timestamp::from_seconds(OPENING + 601)));
    assert_eq!(
        store.directory().unwrap().accounts[&2].balance.unwrap().to_string(),
        "9",
        "one that was received stays"
    );
}

#[test]
fn a_balance_and_its_date_belong_together() {
    let fixture = filled();
    let store = &fixture.store;
    let refused = |draft: AccountDraft, message: &str| {
        let error = store.change_account(&draft.number.clone(), &draft).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    let at = Some(BalanceDate::Opening(Timestamp::from_seconds(5)));
    refused(AccountDraft { balance_at: at, ..account("7") }, "needs the balance too");
    refused(AccountDraft { balance_at: at, ..account("8") }, "needs the balance too");
    refused(AccountDraft { balance: Some("1".parse().unwrap()), ..account("7") }, "give the date of the new one too");
    let error = store.add_account(&AccountDraft { balance_at: at, ..account("9") }).unwrap_err().to_string();
    assert!(error.contains("needs the balance too"), "{error}");
    // The limits alone change.
    store.change_account("7", &AccountDraft { total_capacity: Some(2), ..account("7") }).unwrap();
    store.change_account("7", &opening("10", OPENING + 600)).unwrap();
    assert_eq!(balances(store), is("35.00"));
    let received = AccountDraft { balance_at: Some(BalanceDate::Received), ..account("7") };
    store.change_account("7", &received).unwrap();
    assert_eq!((balances(store), seven(&fixture).balance.unwrap().to_string()), (BTreeMap::new(), "10".to_owned()));
}
