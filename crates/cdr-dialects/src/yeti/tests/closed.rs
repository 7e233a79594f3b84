//! Closed customers, logins and accounts, and balances with a date.

use cdr_model::{Account, Cdr, Timestamp};
use serde_json::{Value, json};

use super::support::{A1, A2, Answer, PASSWORD, Start, YetiFixture, request, uuid_of};

const CLOSED: Option<Timestamp> = Some(Timestamp::from_seconds(1_700_000_000));

async fn sign_in(fixture: &YetiFixture) -> Answer {
    let request = request(actix_web::http::Method::POST, "/auth").insert_header(("Content-Type", "application/json"));
    let auth = json!({"auth": {"login": "acme", "password": PASSWORD}});
    fixture.send(request.set_payload(auth.to_string())).await
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_closed_login_and_one_of_a_closed_customer_are_refused_like_a_wrong_password() {
    let mut login = Start::default();
    login.login.closed_at = CLOSED;
    let mut customer = Start::default();
    customer.directory.customers.get_mut(&7).unwrap().closed_at = CLOSED;
    let mut other = Start::default();
    other.directory.customers.get_mut(&8).unwrap().closed_at = CLOSED;
    for (start, admits) in [(login, false), (customer, false), (other, true), (Start::default(), true)] {
        let fixture = start.fixture();
        let answer = sign_in(&fixture).await;
        // A token from before is refused too.
        let accounts = fixture.get("/accounts").await;
        if admits {
            assert_eq!((answer.status, accounts.status), (201, 200));
        } else {
            let expected = json!({"errors": [{
                "title": "Authentication failed", "detail": "Incorrect login or password.", "code": "401", "status": "401",
            }]});
            assert_eq!((answer.status, answer.text()), (401, &*expected.to_string()));
            assert_eq!(accounts.status, 401);
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_closed_account_is_listed_as_before() {
    let mut start = Start::default();
    start.directory.accounts.get_mut(&A2).unwrap().closed_at = CLOSED;
    let (closed, open) = (start.fixture().get("/accounts").await, YetiFixture::new().get("/accounts").await);
    assert_eq!(closed.text(), open.text());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_balance_with_a_date_is_the_current_one() {
    let mut start = Start::default();
    let at = |seconds| Timestamp::from_seconds(seconds);
    let dated = Account {
        balance: Some("120.00".parse().unwrap()),
        balance_at: Some(at(100)),
        ..start.directory.accounts[&A1].clone()
    };
    start.directory.accounts.insert(A1, dated);
    start.directory.accounts.get_mut(&A2).unwrap().balance = Some("100.5".parse().unwrap());
    let charge = |number, started, price: &str| Cdr {
        number,
        account_id: A1,
        customer_id: 7,
        started_at: at(started),
        price: Some(price.parse().unwrap()),
        ..Cdr::default()
    };
    start.calls = vec![charge(1, 99, "7"), charge(2, 100, "19.25"), charge(3, 200, "0.75")];
    let fixture = start.fixture();
    let shown = fixture.get(&format!("/accounts/{}", uuid_of(A1))).await.json();
    assert_eq!(shown["data"]["attributes"]["balance"], "100.0");
    let found = fixture.get("/accounts?filter[balance_lt]=100.4&sort=balance").await;
    assert_eq!(found.ids_in_order(), [uuid_of(A1).to_string()]);
    let all: Value = fixture.get("/accounts?sort=-balance").await.json();
    let balances: Vec<&Value> = all["data"].as_array().unwrap().iter().map(|it| &it["attributes"]["balance"]).collect();
    assert!(balances.contains(&&json!("100.0")) && balances.contains(&&json!("100.5")), "{balances:?}");
}
