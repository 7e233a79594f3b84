//! The contract of [`Walks`].
//!
//! [`walks_contract!`](crate::walks_contract) defines a test for each of these functions. Each function runs its case
//! with two handles on the same walks, of which there are none.

use std::time::Duration;

use cdr_model::Timestamp;

use crate::{NewWalk, WalkLimits, Walks};

/// Runs a case with two handles on the same walks, for each kind.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn Walks, &dyn Walks)) + 'a;

const LIMITS: WalkLimits = WalkLimits { keep: Duration::from_secs(600), most: 3, bytes: 1_000 };

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

fn begin(walks: &dyn Walks, owner: &str, question: u8, document: &str, seconds: i64) {
    let walk = NewWalk { owner, question: [question; 32], given: 10, document };
    walks.begin(&walk, &LIMITS, at(seconds)).unwrap();
}

fn joined(walks: &dyn Walks, owner: &str, question: u8, offset: u64, seconds: i64) -> Option<String> {
    walks.join(owner, &[question; 32], offset, at(seconds)).unwrap().map(|walk| walk.document)
}

/// A walk is known to every handle, for its owner and its question, with any text, until it expires.
pub fn a_walk_is_found_by_its_owner_and_question_until_it_expires(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        begin(one, "a", 1, "{\"é\\u0000\":\u{0}}", 0);
        for (owner, question, seconds, found) in
            [("a", 1, 0, true), ("a", 1, 599, true), ("a", 1, 600, false), ("a", 2, 0, false), ("b", 1, 0, false)]
        {
            let document = joined(other, owner, question, 70, seconds);
            assert_eq!(document.as_deref(), found.then_some("{\"é\\u0000\":\u{0}}"), "{owner} {question} {seconds}");
        }
    });
}

/// An offset belongs to the newest walk that gave it out.
pub fn an_offset_joins_the_newest_walk_that_gave_it_out(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let join = |offset| joined(other, "a", 1, offset, 9).unwrap();
        begin(one, "a", 1, "first", 0);
        assert_eq!((join(10), join(500)), ("first".to_owned(), "first".to_owned()), "the only one gave out everything");
        begin(one, "a", 1, "second", 1);
        assert_eq!((join(10), join(20)), ("second".to_owned(), "first".to_owned()));
        let second = one.join("a", &[1; 32], 10, at(9)).unwrap().unwrap();
        assert_eq!(second.given, Some(10));
        one.give(second.number, 30, at(700)).unwrap();
        one.give(second.number, 20, at(650)).unwrap();
        assert_eq!((join(30), join(31)), ("second".to_owned(), "first".to_owned()));
        // The first one has expired. The second one is kept since it was used, and is the newest for every offset.
        assert_eq!(joined(one, "a", 1, 31, 650).as_deref(), Some("second"));
        assert_eq!(joined(one, "a", 1, 31, 700), None);
        one.give(second.number + 100, 30, at(700)).unwrap();
    });
}

/// The number of walks of an owner and their size are limited. The walks of others do not count.
pub fn walks_are_limited_for_each_owner(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        begin(one, "b", 9, "of another", 0);
        for question in 1..=4 {
            begin(one, "a", question, "short", i64::from(question));
        }
        let found = |question| joined(other, "a", question, 0, 9).is_some();
        assert_eq!([1, 2, 3, 4].map(found), [false, true, true, true], "the oldest one beyond three is dropped");
        begin(one, "a", 5, &"x".repeat(993), 5);
        assert_eq!([3, 4, 5].map(found), [false, true, true], "998 bytes fit, 1003 do not");
        begin(one, "a", 6, &"x".repeat(5_000), 6);
        assert_eq!([4, 5, 6].map(found), [false, false, true], "the newest one is kept whatever its size");
        assert_eq!(joined(other, "b", 9, 0, 9).as_deref(), Some("of another"));
    });
}

/// Defines a test for each rule of the contract. `$on_every` runs a case with two handles on the same walks, for each
/// kind of walks.
#[macro_export]
macro_rules! walks_contract {
    ($on_every:path) => {
        $crate::contract_tests! { walks, $on_every,
            a_walk_is_found_by_its_owner_and_question_until_it_expires
            an_offset_joins_the_newest_walk_that_gave_it_out
            walks_are_limited_for_each_owner
        }
    };
}
