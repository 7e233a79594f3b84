//! `GET /cdr-exports`: cases B, and how lists are filtered, sorted and paged.

use cdr_mediation::ExportStatus;
use serde_json::json;

use super::support::{A1, A2, A3, Answer, FOREIGN, Start, YetiFixture, sorted, uuid_of};

use ExportStatus::{Completed, Failed, Pending, Withdrawn};

/// The states of the API, with its names.
const STATES: [(ExportStatus, &str); 4] =
    [(Pending, "Pending"), (Completed, "Completed"), (Failed, "Failed"), (Withdrawn, "Deleted")];

/// The four exports of the cases, and two that the customer may not see.
fn four(fixture: &YetiFixture) -> Vec<uuid::Uuid> {
    let wanted = [
        (Some(A1), Pending),
        (Some(A1), Failed),
        (Some(A2), Completed),
        (Some(A3), Withdrawn),
        (None, Failed),
        (Some(FOREIGN), Failed),
    ];
    fixture.exports(&wanted)[..4].to_vec()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn b01_and_b02_a_customer_sees_their_exports() {
    let fixture = YetiFixture::new();
    let ids = four(&fixture);
    let answer = fixture.get("/cdr-exports").await;
    assert_eq!(answer.ids(), sorted(&ids));
    let document = answer.json();
    let links: Vec<&String> = document["links"].as_object().unwrap().keys().collect();
    assert_eq!(links, ["first", "last"]);
    let first = "http://example.org/api/rest/customer/v1/cdr-exports?page%5Bnumber%5D=1&page%5Bsize%5D=50";
    assert_eq!((&document["links"]["first"], &document["links"]["last"]), (&first.into(), &first.into()));
    assert_eq!(document["meta"], json!({"total-count": 4}));
    assert_eq!(document["data"][0]["type"], "cdr-exports");
    let members: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(members, ["data", "meta", "links"]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn b03_to_b10_exports_by_status() {
    for (status, name) in STATES {
        let fixture = YetiFixture::new();
        let wanted: Vec<_> = STATES.iter().map(|(other, _)| (Some(A1), *other)).collect();
        let ids = fixture.exports(&wanted);
        let (mut same, mut others) = (Vec::new(), Vec::new());
        for (id, (_, other)) in ids.iter().zip(&wanted) {
            if *other == status { same.push(*id) } else { others.push(*id) }
        }
        assert_eq!(fixture.get(&format!("/cdr-exports?filter[status_eq]={name}")).await.ids(), sorted(&same));
        assert_eq!(fixture.get(&format!("/cdr-exports?filter[status_not_eq]={name}")).await.ids(), sorted(&others));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn running_exports_are_pending() {
    let fixture = YetiFixture::new();
    let ids = fixture.exports(&[(Some(A1), ExportStatus::Running)]);
    let answer = fixture.get("/cdr-exports?filter[status_eq]=Pending").await;
    assert_eq!(answer.ids(), sorted(&ids));
    assert_eq!(answer.json()["data"][0]["attributes"]["status"], "Pending");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn b11_and_b12_exports_by_time_format_and_zone() {
    let fixture = YetiFixture::new();
    let wanted = STATES.map(|(status, _)| (Some(A1), status));
    let memo = json!({"time_format": "round_to_seconds", "time_zone_name": "Europe/Kyiv"});
    let ids = sorted(&fixture.exports_with(&wanted, &memo));
    fixture.exports(&[(Some(A1), Failed)]);
    for query in [
        "filter[time_format]=round_to_seconds",
        "filter[timeFormat]=round_to_seconds,without_timezone",
        "filter[time_zone_name_eq]=Europe/Kyiv",
        "filter[time_zone_name_start]=europe",
        "filter[time_zone_name_cont_any]=x,KYIV",
    ] {
        assert_eq!(fixture.get(&format!("/cdr-exports?{query}")).await.ids(), ids, "{query}");
    }
    let answer = fixture.get("/cdr-exports?filter[time_format]=x").await;
    assert_eq!((answer.status, answer.error().1), (400, "107".to_owned()));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn b13_an_invalid_status_is_rejected() {
    let (status, _, title, detail) = YetiFixture::new().get("/cdr-exports?filter[status_eq]=test").await.error();
    assert_eq!((status, &*title, &*detail), (400, "Invalid filter value", "test is not a valid value for status_eq."));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn b14_a_login_for_certain_accounts_sees_their_exports() {
    let fixture = Start::default().seeing(&[A1, A2]).fixture();
    let ids = fixture.exports(&[(Some(A1), Pending), (Some(A1), Failed), (Some(A2), Pending), (Some(A3), Failed)]);
    assert_eq!(fixture.get("/cdr-exports").await.ids(), sorted(&ids[..3]));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn exports_of_administrators_for_an_account_are_listed_too() {
    let fixture = YetiFixture::new();
    let theirs = fixture.export("yeti-admin", Some(A1), Failed, &json!({}));
    fixture.export("yeti-admin", None, Failed, &json!({}));
    fixture.export("dma", Some(A1), Failed, &json!({}));
    assert_eq!(fixture.get("/cdr-exports").await.ids(), sorted(&[theirs.id]));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn other_filters_and_spellings() {
    let fixture = YetiFixture::new();
    let ids = four(&fixture);
    let (a1, unknown) = (uuid_of(A1), uuid_of(77));
    for (query, expected) in [
        (format!("filter[account_id_eq]={a1}"), vec![ids[0], ids[1]]),
        (format!("filter[accountIdEq]={}", a1.to_string().to_uppercase()), vec![ids[0], ids[1]]),
        (format!("filter[account-id-not-eq]={a1}"), vec![ids[2], ids[3]]),
        (format!("filter[account_id_in]={a1},{unknown}"), vec![ids[0], ids[1]]),
        (format!("filter[account_id_eq]={unknown}"), vec![]),
        (format!("filter[account_id_eq]={}", uuid_of(FOREIGN)), vec![]),
        (format!("filter[id]={},{}", ids[1], ids[3]), vec![ids[1], ids[3]]),
        ("filter[rows_count_eq]=0".to_owned(), vec![ids[2]]),
        // An export without a number of rows passes no filter by it.
        ("filter[rows_count_not_eq]=7".to_owned(), vec![ids[2]]),
        ("filter[created_at_gteq]=2024-11-14T09:56:05.767Z".to_owned(), ids.clone()),
        ("filter[created_at_lt]=2024-11-14T10:56:05.767%2B01:00".to_owned(), vec![]),
        ("filter[statusIn]=Failed,Completed".to_owned(), vec![ids[1], ids[2]]),
        ("filter%5Bstatus_not_in%5D=Failed%2CCompleted&filter[rowsCountEq]=0".to_owned(), vec![]),
    ] {
        assert_eq!(fixture.get(&format!("/cdr-exports?{query}")).await.ids(), sorted(&expected), "{query}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn exports_are_listed_newest_first_by_default() {
    let fixture = YetiFixture::new();
    let ids = fixture.exports(&[(Some(A1), Failed), (Some(A1), Completed), (Some(A1), Withdrawn), (Some(A1), Pending)]);
    let order = |places: [usize; 4]| places.map(|place| ids[place].to_string()).to_vec();
    let mut by_id: Vec<String> = ids.iter().map(ToString::to_string).collect();
    by_id.sort();
    for (query, expected) in [
        ("", order([3, 2, 1, 0])),
        ("?sort=-created-at", order([3, 2, 1, 0])),
        ("?sort=status", order([1, 2, 0, 3])),
        ("?sort=-status,created_at", order([3, 0, 2, 1])),
        // Null is greater than every value.
        ("?sort=rows-count", order([1, 3, 2, 0])),
        ("?sort=-rows_count", order([3, 2, 0, 1])),
        ("?sort=id", by_id),
    ] {
        assert_eq!(fixture.get(&format!("/cdr-exports{query}")).await.ids_in_order(), expected, "{query}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn pages_and_their_links() {
    let fixture = YetiFixture::new();
    let mut ids: Vec<String> = fixture.exports(&[(Some(A1), Failed); 5]).iter().map(ToString::to_string).collect();
    ids.reverse();
    let names =
        |answer: &Answer| -> Vec<String> { answer.json()["links"].as_object().unwrap().keys().cloned().collect() };
    for (query, expected, links) in [
        ("page[size]=2", &ids[..2], &["first", "next", "last"][..]),
        ("page[size]=2&page[number]=2", &ids[2..4], &["first", "prev", "next", "last"]),
        ("page%5Bsize%5D=2&page%5Bnumber%5D=3", &ids[4..], &["first", "prev", "last"]),
        ("page[size]=2&page[number]=9", &[], &["first", "prev", "last"]),
        ("page=1", &ids[..], &["first", "last"]),
        ("page=2", &[], &["first", "prev", "last"]),
    ] {
        let answer = fixture.get(&format!("/cdr-exports?{query}")).await;
        assert_eq!(answer.ids_in_order(), expected, "{query}");
        assert_eq!(names(&answer), links, "{query}");
        assert_eq!(answer.json()["meta"]["total-count"], 5, "{query}");
    }
    let answer =
        fixture.get("/cdr-exports?sort=-status&page[size]=2&filter[statusEq]=Failed&include=account&x=1").await;
    let next = answer.json()["links"]["next"].as_str().unwrap().to_owned();
    assert!(
        next.ends_with("?filter%5BstatusEq%5D=Failed&include=account&page%5Bnumber%5D=2&page%5Bsize%5D=2&sort=-status")
    );
    assert_eq!(fixture.get(next.split_once("/v1").unwrap().1).await.ids_in_order(), ids[2..4]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn accounts_are_included_once_each() {
    let fixture = YetiFixture::new();
    four(&fixture);
    let document = fixture.get("/cdr-exports?include=account").await.json();
    let mut included: Vec<&str> =
        document["included"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    included.sort_unstable();
    assert_eq!(included, [A1, A2, A3].map(|id| uuid_of(id).to_string()));
    assert_eq!(document["data"][0]["relationships"]["account"]["data"]["type"], "accounts");
    assert_eq!(fixture.get("/cdr-exports").await.json()["data"][0]["relationships"]["account"].get("data"), None);
}
