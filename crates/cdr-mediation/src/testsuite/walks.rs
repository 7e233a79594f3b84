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

/// An offset belongs to the newest walk that gave it out and has not ended, and to the newest of all if there is none.
pub fn an_offset_joins_the_newest_walk_that_gave_it_out(on_every: &OnEvery<'_>) {
    on_every(&|one, other| {
        let join = |offset| joined(other, "a", 1, offset, 9).unwrap();
        let number = |document: &str| {
            let offsets = (0..=40).map(|offset| one.join("a", &[1; 32], offset, at(9)).unwrap().unwrap());
            offsets.into_iter().find(|walk| walk.document == document).unwrap().number
        };
        let expect = |expected: [(u64, &str); 6], when: &str| {
            for (offset, document) in expected {
                assert_eq!(join(offset), document, "{offset}, {when}");
            }
        };
        let far = 1_000_000_000;
        begin(one, "a", 1, "first", 0);
        let first = number("first");
        let all = [0, 10, 11, 20, 500, far].map(|offset| (offset, "first"));
        expect(all, "with the only one");
        assert_eq!(one.join("a", &[1; 32], 10, at(9)).unwrap().unwrap().given, Some(10));
        one.give(first, Some(20), at(600)).unwrap();

        begin(one, "a", 1, "second", 1);
        let second = number("second");
        let of_both = [(10, "second"), (11, "first"), (20, "first"), (21, "second"), (500, "second"), (far, "second")];
        expect(of_both, "after the first one gave out 20");
        one.give(second, Some(30), at(700)).unwrap();
        one.give(second, Some(20), at(650)).unwrap();
        expect([10, 11, 20, 30, 31, far].map(|offset| (offset, "second")), "after the second one gave out 30");

        begin(one, "a", 1, "third", 2);
        let of_three = [(10, "third"), (20, "second"), (30, "second"), (31, "third"), (500, "third"), (far, "third")];
        expect(of_three, "with a third one");
        one.give(second, None, at(700)).unwrap();
        let ended = [(10, "third"), (20, "first"), (21, "third"), (30, "third"), (31, "third"), (far, "third")];
        expect(ended, "after the end of the second one");
        one.give(second, Some(40), at(700)).unwrap();
        expect(ended, "a walk that has ended gives out nothing more");
        one.give(first, None, at(600)).unwrap();
        expect([0, 10, 20, 30, 40, far].map(|offset| (offset, "third")), "after the end of the first one");

        // The others have expired. The second one is kept since it was used, and is the newest for every offset.
        assert_eq!(joined(one, "a", 1, 31, 650).as_deref(), Some("second"));
        assert_eq!(joined(one, "a", 1, 31, 700), None);
        one.give(second + 100, Some(30), at(700)).unwrap();
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
