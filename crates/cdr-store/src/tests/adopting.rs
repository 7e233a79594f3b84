//! Calls of unknown accounts are adopted by the account that is added later.

use cdr_mediation::{
    AccountDraft, Batch, CallDraft, CdrSink, CdrSource, CustomerDraft, DirectoryEditor, LoadDraft, LoadKind, Loads,
};
use cdr_model::{Assumed, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Test};

use super::support::*;

/// A call whose switch wrote this account code.
fn of_account(key: &str, start: i64, code: &str) -> CallDraft {
    let mut draft = call(key, start, key);
    draft.account = Some(code.to_owned());
    draft.call.details.account_given = Some(code.to_owned());
    draft.call.details.extra.insert("trunk".to_owned(), "a".to_owned());
    draft
}

/// Adds an account, and returns its number.
fn add(fixture: &StoreFixture, code: &str) -> i64 {
    fixture.store.add_customer(&CustomerDraft { name: "Acme".to_owned(), ..CustomerDraft::default() }).unwrap();
    let draft = AccountDraft { customer: "Acme".to_owned(), number: code.to_owned(), ..AccountDraft::default() };
    fixture.store.add_account(&draft).unwrap().id
}

fn of(account: i64) -> CdrQuery {
    everything().only(Condition::new(CdrField::AccountId, Test::Eq(Operand::from(account))).unwrap())
}

#[test]
fn an_account_adopts_the_calls_that_carry_its_code() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [of_account("a", 10, "100"), of_account("b", 20, "200"), of_account("c", 30, "100")]);
    let other = Batch { source: "sbc".to_owned(), ..calls([of_account("d", 40, "100")]) };
    fixture.store.take(&other).unwrap();
    let (before, watermark) = (scan(&fixture.store, &everything().with_identity()), fixture.store.watermark().unwrap());
    assert_eq!(fixture.store.count_adoptable("100").unwrap(), 3);
    assert_eq!(fixture.store.count_adoptable("300").unwrap(), 0);
    let account = add(&fixture, "100");
    let mut seen = Vec::new();
    assert_eq!(fixture.store.adopt(account, &mut |calls| seen.push(calls)).unwrap(), 3);
    assert_eq!(seen.last(), Some(&3));
    assert_eq!(fixture.store.adopt(account, &mut |_| {}).unwrap(), 0);
    assert_eq!(fixture.store.count_adoptable("100").unwrap(), 0);

    let adopted = scan(&fixture.store, &of(account).with_identity());
    assert_eq!(fixture.store.count(&of(account)).unwrap(), 3);
    for call in &adopted {
        let was = before.iter().find(|was| was.id == call.id).unwrap();
        assert!(call.number > watermark && !call.assumed.contains(Assumed::ACCOUNT));
        assert_ne!(call.customer_id, 0);
        let mut same = call.clone();
        (same.number, same.account_id, same.customer_id) = (was.number, was.account_id, was.customer_id);
        same.assumed = was.assumed;
        assert_eq!(same, *was, "nothing else has changed");
    }
    // An export at the earlier watermark stays as it was, and so do the keys.
    let mut then = scan(&fixture.store, &everything().at(watermark).with_identity());
    then.iter_mut().for_each(|call| call.replaced_by = None);
    assert_eq!(then, before);
    let again =
        take(&fixture.store, [of_account("a", 10, "100"), of_account("b", 20, "200"), of_account("c", 30, "100")]);
    assert_eq!(counts(&again), (0, 3, 0));
    assert_eq!(fixture.store.count(&everything()).unwrap(), 4);
    assert!(fixture.store.adopt(99, &mut |_| {}).unwrap_err().to_string().contains("99"));
}

#[test]
fn a_load_whose_calls_were_adopted_can_be_undone() {
    let fixture = StoreFixture::new();
    let draft = LoadDraft {
        kind: LoadKind::File,
        source: "pbx".to_owned(),
        feed: "native".to_owned(),
        file: "a.csv".to_owned(),
        loaded_by: "ada".to_owned(),
        begun_at: Timestamp::from_seconds(1),
    };
    let load = fixture.store.begin_load(&draft).unwrap();
    let file = || [of_account("a", 10, "100"), of_account("b", 20, "200")];
    fixture.store.take(&Batch { load: Some(load), ..calls(file()) }).unwrap();
    let account = add(&fixture, "100");
    fixture.store.adopt(account, &mut |_| {}).unwrap();
    let undone = fixture.store.undo_load(load, &mut |_| {}).unwrap();
    assert_eq!((undone.withdrawn, undone.replaced), (2, 0));
    assert_eq!(fixture.store.count(&everything()).unwrap(), 0);
    assert!(scan(&fixture.store, &everything()).is_empty());
    assert_eq!(counts(&take(&fixture.store, file())), (2, 0, 0));
    assert_eq!(fixture.store.count(&of(account)).unwrap(), 1);
}

/// More calls than one transaction looks at.
#[test]
fn many_calls_are_adopted_in_short_transactions() {
    let fixture = StoreFixture::new();
    for batch in 0..5 {
        let code = |n: i64| if n % 3 == 0 { "100" } else { "200" };
        take(&fixture.store, (0..900).map(|n| of_account(&format!("{batch}/{n}"), n, code(n))));
    }
    let account = add(&fixture, "100");
    assert_eq!(fixture.store.adopt(account, &mut |_| {}).unwrap(), 1_500);
    assert_eq!(fixture.store.count(&of(account)).unwrap(), 1_500);
    assert_eq!(fixture.store.count(&everything()).unwrap(), 4_500);
}
