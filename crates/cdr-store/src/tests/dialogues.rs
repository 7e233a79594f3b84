//! Transactions are joined to calls, whatever brings them and in whatever order.

use cdr_mediation::{
    Batch, BatchReport, CdrSink, Content, EntryFilter, LoadDraft, Loads, Quarantine, Transaction, TransactionPart,
};
use cdr_model::{Cdr, Timestamp};
use proptest::prelude::*;

use super::support::*;
use crate::{Store, StoreOptions};

const HOUR: i64 = 3_600;

/// A transaction of a dialogue, so many seconds after the epoch.
fn transaction(key: &str, part: TransactionPart, second: i64) -> Content {
    let mut draft = call(key, second, &format!("{key} {part:?}"));
    let at = draft.call.started_at;
    match part {
        TransactionPart::Answer => draft.call.connected_at = Some(at),
        TransactionPart::End | TransactionPart::Failure | TransactionPart::Whole => draft.call.ended_at = Some(at),
    }
    Content::Transaction(Box::new(Transaction { part, at, draft }))
}

fn answer(key: &str, second: i64) -> Content {
    transaction(key, TransactionPart::Answer, second)
}

fn end(key: &str, second: i64) -> Content {
    transaction(key, TransactionPart::End, second)
}

fn failure(key: &str, second: i64) -> Content {
    transaction(key, TransactionPart::Failure, second)
}

fn take_some(store: &Store, contents: impl IntoIterator<Item = Content>) -> BatchReport {
    store.take(&batch(contents)).unwrap()
}

/// A store whose clock is a day later.
fn a_day_later(fixture: &StoreFixture) -> Store {
    fixture.again_with(&StoreOptions { clock: || Timestamp::from_seconds(NOW + 24 * HOUR), ..options() })
}

/// The current calls: what they have of the called party, and their talk in seconds.
fn present(store: &Store) -> Vec<String> {
    let talk = |call: &Cdr| call.talk_us.map_or("-".to_owned(), |talk| (talk / 1_000_000).to_string());
    let line = |call: Cdr| format!("{} {}", call.called.as_deref().unwrap_or_default(), talk(&call));
    let mut lines: Vec<String> = scan(store, &everything()).into_iter().map(line).collect();
    lines.sort_unstable();
    lines
}

/// The reasons of the open entries of the quarantine.
fn reasons(store: &Store) -> Vec<String> {
    let tallies = store.summary(&EntryFilter::default()).unwrap();
    tallies.into_iter().map(|tally| format!("{} {}", tally.reason, tally.entries)).collect()
}

#[test]
fn a_call_is_stored_once_both_halves_are_there() {
    for (first, second) in [(answer("a", 100), end("a", 160)), (end("a", 160), answer("a", 100))] {
        let fixture = StoreFixture::new();
        assert_eq!(counts(&take_some(&fixture.store, [first.clone()])), (1, 0, 0));
        assert_eq!(present(&fixture.store), [""; 0]);
        // It waits in the store, and another process joins it.
        let other = fixture.again();
        assert_eq!(counts(&take_some(&other, [second.clone(), first.clone()])), (1, 1, 0));
        assert_eq!(present(&other), ["a Answer 60"]);
        assert_eq!(counts(&take_some(&other, [first, second])), (0, 2, 0));
        assert_eq!(scan(&fixture.store, &everything()).len(), 1, "nothing is doubled");
    }
}

#[test]
fn a_failed_invite_is_a_call_that_a_later_answer_corrects() {
    let fixture = StoreFixture::new();
    take_some(&fixture.store, [failure("a", 100), failure("b", 100)]);
    assert_eq!(present(&fixture.store), ["a Failure -", "b Failure -"]);
    take_some(&fixture.store, [answer("a", 50), end("a", 200)]);
    assert_eq!(present(&fixture.store), ["a Answer 150", "b Failure -"]);
}

#[test]
fn a_half_that_is_overdue_is_a_call_without_an_end_or_an_entry_of_the_quarantine() {
    let fixture = StoreFixture::new();
    take_some(&fixture.store, [answer("a", 100), end("b", 100)]);
    // By the times of the transactions alone, they are not: a file may be loaded before the one with the other halves.
    take_some(&fixture.store, [failure("c", 100 + 20 * HOUR)]);
    assert_eq!(present(&fixture.store), ["c Failure -"]);
    let later = a_day_later(&fixture);
    take_some(&later, [failure("d", 100 + 20 * HOUR)]);
    assert_eq!(present(&later), ["a Answer -", "c Failure -", "d Failure -"]);
    assert_eq!(reasons(&later), ["invite-missing 1"]);
    // The other halves come late.
    take_some(&later, [end("a", 100 + 13 * HOUR), answer("b", 40)]);
    assert_eq!(present(&later), ["a Answer 46800", "b Answer 60", "c Failure -", "d Failure -"]);
    assert_eq!(reasons(&later), [""; 0]);
    assert_eq!(counts(&take_some(&later, [answer("a", 100), end("b", 100)])), (0, 2, 0));
}

#[test]
fn a_rehearsal_keeps_no_transaction() {
    let fixture = StoreFixture::new();
    let rehearsed = fixture.store.rehearse(&batch([answer("a", 100)])).unwrap();
    assert_eq!(counts(&rehearsed.report), (1, 0, 0));
    assert_eq!(counts(&take_some(&fixture.store, [end("a", 160)])), (1, 0, 0));
    assert_eq!(present(&fixture.store), [""; 0]);
}

#[test]
fn the_transactions_of_an_undone_load_leave_their_dialogues() {
    let begin = |store: &Store| {
        let draft = LoadDraft {
            kind: cdr_mediation::LoadKind::File,
            source: "pbx".to_owned(),
            feed: "native".to_owned(),
            file: "acc.log".to_owned(),
            loaded_by: "ada".to_owned(),
            begun_at: Timestamp::from_seconds(NOW),
        };
        store.begin_load(&draft).unwrap()
    };
    for undone_first in [true, false] {
        let fixture = StoreFixture::new();
        let store = &fixture.store;
        let (first, second) = (begin(store), begin(store));
        store.take(&Batch { load: Some(first), ..batch([answer("a", 100), failure("b", 100)]) }).unwrap();
        store.take(&Batch { load: Some(second), ..batch([end("a", 160)]) }).unwrap();
        assert_eq!(present(store), ["a Answer 60", "b Failure -"]);
        let (undone, missing, rest) =
            if undone_first { (first, answer("a", 100), vec![]) } else { (second, end("a", 160), vec!["b Failure -"]) };
        store.undo_load(undone, &mut |_| {}).unwrap();
        assert_eq!(present(store), rest);
        // The other half waits again.
        assert_eq!(counts(&take_some(store, [missing])), (1, 0, 0));
        assert!(present(store).contains(&"a Answer 60".to_owned()), "{:?}", present(store));
    }
}

#[test]
fn old_transactions_are_neither_taken_nor_kept() {
    let fixture = StoreFixture::new();
    take_some(&fixture.store, [answer("a", 100), answer("b", 1_000)]);
    fixture.store.remove_before(Timestamp::from_seconds(500), &mut |_| {}).unwrap();
    take_some(&fixture.store, [end("a", 2_000), end("b", 2_000)]);
    assert_eq!(present(&fixture.store), ["b Answer 1000"]);
    let floor = Some(Timestamp::from_seconds(500));
    let taken = fixture.store.take(&Batch { floor, ..batch([answer("c", 100)]) }).unwrap();
    assert_eq!((counts(&taken), reasons(&fixture.store)), ((0, 0, 1), vec!["before-retention 1".to_owned()]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Any order, repetition and split of the transactions gives the same calls, over a store that is opened again.
    #[test]
    fn any_order_of_transactions_gives_the_same_calls(
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        again in prop::collection::vec(0..8_usize, 0..6),
        size in 1..5_usize,
    ) {
        let all = || [
            answer("a", 100), answer("a", 130), end("a", 160), failure("b", 100), failure("c", 90), answer("c", 80),
            end("c", 95), end("c", 96),
        ];
        let fixture = StoreFixture::new();
        let all = all();
        let given: Vec<Content> = order.iter().chain(&again).map(|at| all[*at].clone()).collect();
        let mut taken = (0, 0, 0);
        for part in given.chunks(size) {
            let store = fixture.again();
            let (loaded, known, quarantined) = counts(&take_some(&store, part.iter().cloned()));
            taken = (taken.0 + loaded, taken.1 + known, taken.2 + quarantined);
        }
        prop_assert_eq!(taken, (8, again.len() as u64, 0));
        prop_assert_eq!(present(&fixture.store), ["a Answer 60", "b Failure -", "c Answer 15"]);
    }
}
