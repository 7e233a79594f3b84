//! The order of calls in lists.

use cdr_model::{Cdr, Timestamp};

use super::world::{self, NOW, OURS, call};

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn calls_can_be_sorted_by_any_attribute() {
    let mut calls = [call(OURS[0], 30), call(OURS[1], 20), call(OURS[2], 10)];
    for (call, (talk, price, ip, called)) in calls.iter_mut().zip([
        (Some(5_000_000), "0.5", "10.0.0.2", "49301"),
        (None, "0.25", "9.0.0.1", "4915"),
        (Some(7_000_000), "0.125", "10.0.0.10", "1"),
    ]) {
        call.talk_us = talk;
        call.billed_us = talk;
        call.price = Some(price.parse().unwrap());
        call.details.sip.peer_ip = Some(ip.parse().unwrap());
        call.called = Some(called.to_owned());
    }
    let world = world::of(calls);
    for (sort, expected) in [
        ("", [3, 2, 1]),
        ("-time-start", [3, 2, 1]),
        ("time_start", [1, 2, 3]),
        ("id", [1, 2, 3]),
        ("-id", [3, 2, 1]),
        // An unanswered call has the duration 0.
        ("duration", [2, 1, 3]),
        ("-duration", [3, 1, 2]),
        // Capitals, hyphens and underscores.
        ("timeStart", [1, 2, 3]),
        ("-timeStart", [3, 2, 1]),
        ("customerPrice", [3, 2, 1]),
        // Null is greater than every value.
        ("customer-duration", [1, 3, 2]),
        ("-customer-duration", [2, 3, 1]),
        ("customer-price", [3, 2, 1]),
        ("auth-orig-ip", [2, 1, 3]),
        ("dst-prefix-in", [3, 2, 1]),
        // If a key leaves the order open, the next one decides, and then newest first.
        ("success,time-start", [1, 2, 3]),
        ("success", [3, 2, 1]),
    ] {
        assert_eq!(world.numbers(&format!("/cdrs?sort={sort}")).await, expected, "{sort}");
        let second = world.numbers(&format!("/cdrs?sort={sort}&page[size]=1&page[number]=2")).await;
        assert_eq!(second, [expected[1]], "{sort}");
    }
}

/// More calls than are read or held at a time. Many of them started at the same instant.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn pages_far_into_a_list_match_the_whole_list() {
    let now: Timestamp = NOW.parse().unwrap();
    let count: i64 = 20_000;
    let calls = (0..count).map(|at| {
        let seconds = (at * 7919 % count) / 3000;
        let talk_us = Some(at * 31 % 101 * 1_000_000);
        Cdr { started_at: now.plus_micros(-seconds * 1_000_000), talk_us, ..call(OURS[0], 0) }
    });
    let calls: Vec<Cdr> = calls.collect();
    let mut newest: Vec<i64> = (1..=count).collect();
    let of = |number: &i64| &calls[usize::try_from(number - 1).unwrap()];
    newest.sort_by_key(|number| std::cmp::Reverse((of(number).started_at, *number)));
    let mut longest = newest.clone();
    longest.sort_by_key(|number| std::cmp::Reverse(of(number).talk_us));
    let some: Vec<i64> = newest.iter().copied().filter(|number| of(number).talk_us != Some(50_000_000)).collect();
    let world = world::of(calls.clone());
    for (query, all) in [("", &newest), ("&sort=-duration", &longest), ("&filter[duration_not_eq]=50", &some)] {
        for number in [1, 2, 13, 17, 18, 20, 21] {
            let page = world.get(&format!("/cdrs?page[size]=1000&page[number]={number}{query}")).await;
            let expected: Vec<i64> = all.iter().copied().skip((number - 1) * 1000).take(1000).collect();
            assert!(page.numbers() == expected, "page {number} {query}");
            assert_eq!(page.json()["meta"]["total-count"], all.len(), "page {number} {query}");
        }
    }
}
