//! The calls in lists, page by page.

use cdr_model::Cdr;

use super::world::{self, OURS, THEIRS, call, uuid};
use crate::yeti::YetiOptions;

const DAY: i64 = 24 * 60;

/// Calls of each account in turn, a minute apart, and calls that must never be visible.
fn mixed() -> Vec<Cdr> {
    let noise = [call(THEIRS, 5), Cdr { last_attempt: false, ..call(OURS[0], 6) }];
    let ours = (0..6).map(|at| call(OURS[at % 3], 10 + at as i64));
    ours.chain(noise).collect()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l20_without_filters_the_last_attempts_of_the_last_24_hours() {
    let world = world::of([
        call(OURS[0], 1),
        Cdr { last_attempt: false, ..call(OURS[0], 2) },
        call(OURS[0], DAY),
        call(OURS[0], DAY + 1),
        call(THEIRS, 3),
    ]);
    assert_eq!(world.numbers("/cdrs").await, [1, 3]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l21_l22_a_lower_bound_replaces_the_default() {
    let world = world::of([call(OURS[0], 1), call(OURS[0], DAY + 1), call(OURS[0], 2 * DAY), call(OURS[0], 3 * DAY)]);
    for (filter, expected) in [
        ("time_start_gteq]=2026-11-23T12:00:00Z", &[1, 2, 3][..]),
        ("timeStartGteq]=2026-11-23 12:00:00", &[1, 2, 3]),
        ("time_start_gt]=2026-11-23T12:00:00.000Z", &[1, 2]),
        ("time_start_eq]=2026-11-22T12:00:00Z", &[4]),
        // An upper bound does not replace it.
        ("time_start_lt]=2026-11-25T11:00:00Z", &[]),
        ("time_start_lteq]=2026-11-25T11:59:00Z", &[1]),
        ("time_start_not_eq]=2026-11-25T11:59:00Z", &[]),
    ] {
        assert_eq!(world.numbers(&format!("/cdrs?filter[{filter}").replace(' ', "%20")).await, expected, "{filter}");
    }
    assert!(
        world.numbers("/cdrs?filter[time_start_gteq]=2026-11-24&filter[time_start_lt]=2026-11-23").await.is_empty()
    );
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l23_the_customers_calls_page_by_page_newest_first() {
    let world = world::of(mixed());
    assert_eq!(world.numbers("/cdrs").await, [1, 2, 3, 4, 5, 6]);
    for (page, expected) in [
        ("page[size]=4", &[1, 2, 3, 4][..]),
        ("page[size]=4&page[number]=2", &[5, 6]),
        ("page[size]=4&page[number]=3", &[]),
        ("page[size]=4&page[number]=9999999999", &[]),
    ] {
        let answer = world.get(&format!("/cdrs?{page}")).await;
        assert_eq!(answer.numbers(), expected, "{page}");
        assert_eq!(answer.json()["meta"], serde_json::json!({ "total-count": 6 }), "{page}");
    }
    let links = world.get("/cdrs/?page[size]=4&page[number]=2").await.json()["links"].clone();
    let at =
        |number| format!("http://example.org/api/rest/customer/v1/cdrs?page%5Bnumber%5D={number}&page%5Bsize%5D=4");
    assert_eq!(links, serde_json::json!({ "first": at(1), "prev": at(1), "last": at(2) }));

    let many = world::of((0..51).map(|at| call(OURS[0], at)));
    assert_eq!(many.numbers("/cdrs").await.len(), 50);
    assert_eq!(many.numbers("/cdrs?page[number]=2").await, [51]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l24_a_login_for_some_accounts_sees_only_their_calls() {
    let world = world::with(mixed(), |login| login.accounts = [OURS[1]].into(), YetiOptions::default());
    assert_eq!(world.numbers("/cdrs").await, [2, 5]);
    assert_eq!(world.get("/cdrs/2").await.status, 200);
    assert_eq!(world.get("/cdrs/1").await.status, 404);
    // No filter reveals calls of other accounts.
    assert!(world.numbers(&format!("/cdrs?filter[account_id_eq]={}", uuid(OURS[0]))).await.is_empty());
    assert_eq!(world.numbers(&format!("/cdrs?filter[account_id_not_eq]={}", uuid(OURS[0]))).await, [2, 5]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l25_calls_of_accounts_by_uuid() {
    let world = world::of(mixed());
    let [a, b, _] = OURS.map(uuid);
    let unknown = uuid(99);
    for (filter, expected) in [
        (format!("eq]={a}"), &[1, 4][..]),
        (format!("not_eq]={a}"), &[2, 3, 5, 6]),
        (format!("in]={a},{b}"), &[1, 2, 4, 5]),
        (format!("not_in]={a},{b}"), &[3, 6]),
        (format!("eq]={unknown}"), &[]),
        (format!("in]={unknown},{b}"), &[2, 5]),
        (format!("not_eq]={unknown}"), &[1, 2, 3, 4, 5, 6]),
        (format!("eq]={}", uuid(THEIRS)), &[]),
    ] {
        assert_eq!(world.numbers(&format!("/cdrs?filter[account_id_{filter}")).await, expected, "{filter}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l27_accounts_are_included_once() {
    let world = world::of(mixed());
    let answer = world.get("/cdrs?include=account&page[size]=5").await.json();
    let linked: Vec<_> =
        answer["data"].as_array().unwrap().iter().map(|it| it["relationships"]["account"]["data"].clone()).collect();
    let [a, b, c] = OURS.map(|id| serde_json::json!({ "type": "accounts", "id": uuid(id) }));
    assert_eq!(linked, [&a, &b, &c, &a, &b].map(Clone::clone));
    let included = answer["included"].as_array().unwrap();
    let ids: Vec<_> = included.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, OURS.map(uuid));

    let plain = world.get("/cdrs").await.json();
    assert!(plain.get("included").is_none());
    assert!(plain["data"][0]["relationships"]["account"].get("data").is_none());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn all_problems_of_a_list_are_reported_together() {
    let world = world::of(mixed());
    let answer = world.get("/cdrs?filter[foo]=1&filter[duration_eq]=long&page[size]=0&sort=rec&include=x").await;
    assert_eq!(answer.status, 400);
    let mut details = answer.details();
    details.sort();
    assert_eq!(
        details,
        [
            "0 is not a valid value for size page parameter.",
            "foo is not allowed.",
            "long is not a valid value for duration_eq.",
            "rec is not a valid sort criteria for cdrs",
            "x is not a valid relationship of cdrs",
        ]
    );
}
