use cdr_model::{Cdr, Timestamp};
use proptest::prelude::*;

use super::{Joined, join};
use crate::intake::{CallDraft, Transaction, TransactionPart};

/// A transaction at a second.
fn transaction(part: TransactionPart, second: i64) -> Transaction {
    let at = Timestamp::from_seconds(second);
    let is_answer = part == TransactionPart::Answer;
    let call = Cdr { started_at: at, connected_at: is_answer.then_some(at), success: is_answer, ..Cdr::default() };
    let mut digest = [part as u8; 32];
    digest[..8].copy_from_slice(&second.to_be_bytes());
    Transaction { part, at, draft: CallDraft { key: "call".to_owned(), digest, call, ..CallDraft::default() } }
}

/// What is joined in a few words: `open`, `orphan`, or the seconds at which a call started, was answered and ended.
fn joined(parts: &[(TransactionPart, i64)], is_overdue: bool) -> String {
    let all: Vec<Transaction> = parts.iter().map(|(part, second)| transaction(*part, *second)).collect();
    match join(&all, is_overdue) {
        Joined::Open => "open".to_owned(),
        Joined::Orphan => "orphan".to_owned(),
        Joined::Call(draft) => {
            let second = |at: Option<Timestamp>| at.map_or("-".to_owned(), |at| (at.micros() / 1_000_000).to_string());
            let call = &draft.call;
            let talk = call.talk_us.map_or("-".to_owned(), |talk| (talk / 1_000_000).to_string());
            format!("{} {} {} {talk}", second(Some(call.started_at)), second(call.connected_at), second(call.ended_at))
        }
    }
}

#[test]
fn the_transactions_of_a_dialogue_are_a_call() {
    use TransactionPart::{Answer, End, Failure, Whole};
    for (parts, expected, overdue) in [
        (&[][..], "open", "open"),
        (&[(Answer, 10), (End, 70)], "10 10 70 60", "10 10 70 60"),
        (&[(Answer, 10)], "open", "10 10 - -"),
        (&[(End, 70)], "open", "orphan"),
        (&[(Failure, 10)], "10 - - -", "10 - - -"),
        (&[(Whole, 10), (End, 70)], "10 - - -", "10 - - -"),
        // A second INVITE changes the call, a failed one does not end it, and the first BYE does.
        (&[(Answer, 40), (Answer, 10), (End, 71), (End, 70)], "10 10 70 60", "10 10 70 60"),
        (&[(Failure, 30), (Answer, 10), (End, 70)], "10 10 70 60", "10 10 70 60"),
        (&[(Failure, 30), (Answer, 10)], "open", "10 10 - -"),
        // A clock that is behind makes no negative length.
        (&[(Answer, 10), (End, 9)], "10 10 10 0", "10 10 10 0"),
        (&[(Answer, 10), (End, 9), (End, 12)], "10 10 12 2", "10 10 12 2"),
    ] {
        assert_eq!((joined(parts, false).as_str(), joined(parts, true).as_str()), (expected, overdue), "{parts:?}");
    }
}

#[test]
fn a_call_without_an_end_says_so_and_one_with_an_end_is_another_version() {
    let answer = transaction(TransactionPart::Answer, 10);
    let Joined::Call(unfinished) = join(std::slice::from_ref(&answer), true) else { panic!("no call") };
    assert_eq!(unfinished.call.details.sip.release_reason.as_deref(), Some("no BYE was recorded"));
    let Joined::Call(whole) = join(&[transaction(TransactionPart::End, 20), answer], true) else { panic!("no call") };
    assert_eq!(whole.key, unfinished.key);
    assert_ne!(whole.digest, unfinished.digest);
}

proptest! {
    /// Neither the order of transactions nor their repetition changes what they are.
    #[test]
    fn a_set_of_transactions_is_one_thing(
        set in prop::collection::vec((0..4_usize, 0..6_i64), 0..8),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        is_overdue: bool,
    ) {
        let parts = [TransactionPart::Whole, TransactionPart::Answer, TransactionPart::End, TransactionPart::Failure];
        let set: Vec<Transaction> = set.iter().map(|(part, second)| transaction(parts[*part], *second)).collect();
        let mut other = set.clone();
        if !set.is_empty() {
            for index in &order {
                other.push(index.get(&set).clone());
            }
            for (at, index) in order.iter().enumerate() {
                let with = index.index(other.len());
                let at = at % other.len();
                other.swap(at, with);
            }
        }
        prop_assert_eq!(join(&set, is_overdue), join(&other, is_overdue));
    }
}
