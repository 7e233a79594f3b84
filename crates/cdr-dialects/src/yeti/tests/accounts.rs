//! Accounts: cases L01 to L08.

use actix_web::http::Method;
use cdr_mediation::ExportStatus;
use cdr_model::{Account, Money};
use serde_json::{Value, json};

use super::support::{A1, A2, A3, FOREIGN, Start, YetiFixture, account, uuid_of};

fn money(text: &str) -> Option<Money> {
    Some(text.parse().unwrap())
}

/// Accounts 1 to `count`, of one customer.
fn many(count: i64) -> YetiFixture {
    let mut start = Start::default();
    start.directory.accounts = (1..=count).map(|id| (id, account(id, 7))).collect();
    start.fixture()
}

fn uuids(range: std::ops::RangeInclusive<i64>) -> Vec<String> {
    range.map(|id| uuid_of(id).to_string()).collect()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l01_pages_in_the_order_of_identifiers() {
    for (count, query, expected) in [
        (12, "page[size]=10&page[number]=1", 1..=10),
        (12, "page[size]=10&page[number]=2", 11..=12),
        (51, "", 1..=50),
        (51, "page[number]=1", 1..=50),
        (51, "page[number]=2", 51..=51),
    ] {
        let answer = many(count).get(&format!("/accounts?{query}")).await;
        assert_eq!(answer.ids_in_order(), uuids(expected), "{query}");
        assert_eq!(answer.json()["meta"], json!({"total-count": count}));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l03_and_l07_a_login_sees_its_accounts() {
    for (start, ours) in [(Start::default(), vec![A1, A2, A3]), (Start::default().seeing(&[A2, FOREIGN]), vec![A2])] {
        let fixture = start.fixture();
        let expected: Vec<String> = ours.iter().map(|id| uuid_of(*id).to_string()).collect();
        assert_eq!(fixture.get("/accounts").await.ids_in_order(), expected);
        for id in [A1, A2, A3, FOREIGN, 77] {
            let answer = fixture.get(&format!("/accounts/{}", uuid_of(id))).await;
            assert_eq!(answer.status, if ours.contains(&id) { 200 } else { 404 }, "{id}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l05_every_filter() {
    let mut start = Start::default();
    let one = Account {
        name: "My Account".to_owned(),
        external_id: Some("41".to_owned()),
        balance: money("10.50"),
        min_balance: money("-5"),
        max_balance: money("1000"),
        balance_low: money("1.5"),
        balance_high: money("900"),
        destination_rate_limit: money("0.5"),
        max_call_duration: Some(7200),
        origination_capacity: Some(10),
        termination_capacity: Some(20),
        total_capacity: Some(25),
        ..account(A1, 7)
    };
    let other = Account { name: "Other".to_owned(), external_id: Some("x-7".to_owned()), ..account(A2, 7) };
    start.directory.accounts = [(A1, one), (A2, other)].into();
    let fixture = start.fixture();
    let numbers = [
        ("balance", "10.5"),
        ("min_balance", "-5"),
        ("max_balance", "1000"),
        ("balance_low_threshold", "1.5"),
        ("balance_high_threshold", "900.0"),
        ("destination_rate_limit", "0.50"),
        ("max_call_duration", "7200"),
        ("external_id", "41"),
        ("origination_capacity", "10"),
        ("termination_capacity", "20"),
        ("total_capacity", "25"),
    ];
    let mut cases = Vec::new();
    for (name, same) in numbers {
        for (operator, value, finds) in [
            ("eq", same, true),
            ("not_eq", same, false),
            ("not_eq", "7", true),
            ("gteq", same, true),
            ("lteq", same, true),
            ("gt", same, false),
            ("lt", same, false),
            ("gt", "-6", true),
            ("lt", "8000", true),
            ("in", &format!("7,{same}"), true),
            ("not_in", &format!("7,{same}"), false),
        ] {
            cases.push((format!("{name}_{operator}"), value.to_owned(), finds));
        }
    }
    for (operator, value, finds) in [
        ("eq", "My Account", true),
        ("eq", "my account", false),
        ("not_eq", "Other", true),
        ("start", "my", true),
        ("end", "COUNT", true),
        ("cont", "y a", true),
        ("in", "a,My Account", true),
        ("not_in", "a,Other", true),
        ("cont_any", "zzz,acc", true),
        ("cont", "zzz", false),
    ] {
        cases.push((format!("name_{operator}"), value.to_owned(), finds));
    }
    let (this, that) = (uuid_of(A1).to_string(), uuid_of(A2).to_string());
    cases.push(("uuid_eq".to_owned(), this.clone(), true));
    cases.push(("uuid_not_eq".to_owned(), that.clone(), true));
    cases.push(("uuid_in".to_owned(), format!("{this},{}", uuid_of(77)), true));
    cases.push(("uuid_not_in".to_owned(), format!("{that},{}", uuid_of(77)), true));
    cases.push(("id".to_owned(), this.clone(), true));
    for (name, value, finds) in cases {
        let value = value.replace(' ', "%20");
        let found = fixture.get(&format!("/accounts?filter[{name}]={value}")).await.ids();
        assert_eq!(found.contains(&this), finds, "{name}={value}");
        // The other account has no numbers, and null passes no filter.
        assert!(!found.contains(&that) || (name.starts_with("name_not") && !value.contains("Other")), "{name}={value}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l06_the_document_of_an_account() {
    let mut start = Start::default();
    let shown = Account {
        balance: money("10.50"),
        min_balance: money("-5"),
        destination_rate_limit: money("0.0190"),
        origination_capacity: Some(10),
        ..account(A1, 7)
    };
    start.directory.accounts.insert(A1, shown);
    let fixture = start.fixture();
    let answer = fixture.get(&format!("/accounts/{}", uuid_of(A1))).await;
    let address = format!("http://example.org/api/rest/customer/v1/accounts/{}", uuid_of(A1));
    let expected = json!({"data": {
        "id": uuid_of(A1),
        "type": "accounts",
        "links": {"self": address},
        "attributes": {
            "name": "account 1",
            "balance": "10.5",
            "min-balance": "-5.0",
            "max-balance": null,
            "destination-rate-limit": "0.019",
            "origination-capacity": 10,
            "termination-capacity": null,
            "total-capacity": null,
            "currency": "USD",
        },
    }});
    assert_eq!(answer.text(), expected.to_string());
    assert_eq!(
        fixture.get("/accounts?fields[accounts]=name").await.json()["data"][0]["attributes"],
        json!({"name": "account 1"})
    );
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn accounts_can_be_sorted() {
    let mut start = Start::default();
    start.directory.accounts.get_mut(&A1).unwrap().balance = money("9");
    start.directory.accounts.get_mut(&A3).unwrap().balance = money("10");
    let fixture = start.fixture();
    for (sort, expected) in
        [("balance", [A1, A3, A2]), ("-balance", [A2, A3, A1]), ("-name", [A3, A2, A1]), ("currency,-id", [A3, A2, A1])]
    {
        let expected: Vec<String> = expected.iter().map(|id| uuid_of(*id).to_string()).collect();
        assert_eq!(fixture.get(&format!("/accounts?sort={sort}")).await.ids_in_order(), expected, "{sort}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l08_unknown_routes_are_not_found() {
    let fixture = YetiFixture::new();
    let export = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    let account = uuid_of(A1);
    for (method, path) in [
        (Method::POST, "/accounts".to_owned()),
        (Method::PATCH, format!("/accounts/{account}")),
        (Method::PUT, format!("/accounts/{account}")),
        (Method::DELETE, format!("/accounts/{account}")),
        (Method::PATCH, format!("/cdr-exports/{export}")),
        (Method::PUT, format!("/cdr-exports/{export}")),
        (Method::DELETE, format!("/cdr-exports/{export}")),
        (Method::DELETE, format!("/cdr-exports/{export}/relationships/account")),
        (Method::PATCH, format!("/cdr-exports/{export}/relationships/account")),
        (Method::POST, format!("/cdr-exports/{export}/download")),
        (Method::GET, format!("/cdr-exports/{export}/files")),
        (Method::GET, "/nothing".to_owned()),
        (Method::GET, String::new()),
        (Method::PUT, "/auth".to_owned()),
    ] {
        let answer = fixture.send(fixture.request(method.clone(), &path)).await;
        let (status, code, ..) = answer.error();
        assert_eq!((status, &*code), (404, "404"), "{method} {path}");
        assert_eq!(answer.header("Content-Type"), "application/vnd.api+json");
    }
    assert_eq!(fixture.get("/cdr-exports").await.json()["data"][0]["attributes"]["status"], Value::from("Completed"));
}
