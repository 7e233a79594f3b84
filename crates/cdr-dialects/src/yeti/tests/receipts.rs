//! `GET /cdr-exports/{id}/receipt`: the receipt of a file, for the customer that can download it.

use std::io::Cursor;

use actix_web::http::Method;
use cdr_export::Receipt;
use cdr_mediation::ExportStatus;
use cdr_model::Cdr;
use serde_json::{Value, json};

use super::support::{A1, A2, Answer, FOREIGN, Start, YetiFixture, request, uuid_of};
use crate::yeti::YetiOptions;

fn with_calls() -> Start {
    let call = |talk| Cdr {
        account_id: A1,
        customer_id: 7,
        started_at: "2018-01-01T10:00:00Z".parse().unwrap(),
        talk_us: Some(talk),
        price: Some("0.0190".parse().unwrap()),
        ..Cdr::default()
    };
    Start { calls: vec![call(61_500_000), call(1_000_000)], ..Start::default() }
}

/// An export of the account, ordered by its customer.
async fn ordered(fixture: &YetiFixture) -> String {
    let filters = json!({"time_start_gteq": "2018-01-01", "time_start_lt": "2018-01-02", "duration_gteq": 1});
    let order = json!({"data": {
        "type": "cdr-exports",
        "attributes": {"filters": filters},
        "relationships": {"account": {"data": {"type": "accounts", "id": uuid_of(A1)}}},
    }});
    let id = fixture.post("/cdr-exports", &order).await.json()["data"]["id"].as_str().unwrap().to_owned();
    fixture.work();
    id
}

fn receipt(answer: &Answer) -> Receipt {
    assert_eq!((answer.status, answer.header("Content-Type")), (200, "application/json"));
    Receipt::from_text(answer.text()).unwrap()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_customer_gets_a_receipt_that_verifies_the_file() {
    for (hidden, talk, money, first) in [
        (&[][..], Some("62.500000"), Some(json!({"USD": "0.0380"})), true),
        (&["customer_price"], Some("62.500000"), None, true),
        (&["duration", "time_start"], None, Some(json!({"USD": "0.0380"})), false),
    ] {
        let hide = |options: &mut YetiOptions| options.hidden_columns = hidden.iter().map(|it| (*it).into()).collect();
        let fixture = with_calls().with(hide).fixture();
        let id = ordered(&fixture).await;
        let file = fixture.get(&format!("/cdr-exports/{id}/download")).await;
        let answer = fixture.get(&format!("/cdr-exports/{id}/receipt")).await;
        let receipt = receipt(&answer);
        cdr_export::verify(Cursor::new(&file.body), &receipt).unwrap();
        assert_eq!(receipt.file.name, format!("{id}.csv.gz"));
        let name = format!("attachment; filename=\"{id}.csv.gz.receipt.json\"");
        assert_eq!(answer.header("Content-Disposition"), name);
        assert_eq!((receipt.conditions[0].as_str(), receipt.watermark), ("account=account 1", None));
        let further = "further conditions, which are not shown";
        let hides = receipt.conditions[1] == further;
        assert_eq!((receipt.conditions.len(), hides), (2, talk.is_none()), "{:?}", receipt.conditions);
        let sheet = &receipt.sheets[0];
        assert_eq!((sheet.rows, sheet.talk_seconds.as_deref(), sheet.first.is_some()), (2, talk, first));
        assert_eq!(sheet.money.as_ref().map(|money| json!(money)), money);

        let url = format!("http://example.org/api/rest/customer/v1/cdr-exports/{id}/receipt");
        assert_eq!(file.header("Link"), format!("<{url}>; rel=\"describedby\""));
        let meta = &fixture.get(&format!("/cdr-exports/{id}")).await.json()["data"]["meta"]["receipt"];
        assert_eq!((&meta["url"], &meta["digest"]), (&json!(url), &json!(receipt.digest())));
        assert_eq!(meta["file"]["sha256"], json!(receipt.file.sha256));
        assert_eq!(meta.get("talk-seconds"), talk.map(Value::from).as_ref());
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_internal_number_of_the_account_is_not_shown() {
    let fixture = with_calls().fixture();
    let id = fixture.export("yeti-admin", Some(A1), ExportStatus::Completed, &json!({})).id;
    let answer = fixture.get(&format!("/cdr-exports/{id}/receipt")).await;
    assert_eq!(receipt(&answer).conditions, ["account=account 1"]);
    assert!(!answer.text().contains("account_id=1"), "{}", answer.text());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn nobody_gets_the_receipt_of_an_export_that_he_cannot_download() {
    let fixture = with_calls().fixture();
    let id = ordered(&fixture).await;
    let path = format!("/cdr-exports/{id}/receipt");
    for (account, status) in [
        (Some(A1), ExportStatus::Pending),
        (Some(A1), ExportStatus::Failed),
        (Some(A1), ExportStatus::Withdrawn),
        (Some(FOREIGN), ExportStatus::Completed),
        (None, ExportStatus::Completed),
    ] {
        let fixture = with_calls().fixture();
        let id = fixture.export("yeti", account, status, &json!({})).id;
        assert_eq!(fixture.get(&format!("/cdr-exports/{id}/receipt")).await.status, 404, "{account:?} {status:?}");
    }
    let other = Start::default().seeing(&[A2]).fixture();
    let foreign = other.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    assert_eq!(other.get(&format!("/cdr-exports/{foreign}/receipt")).await.status, 404);
    let unsigned = request(Method::GET, &path);
    assert_eq!(fixture.send(unsigned).await.status, 401);
    assert_eq!(fixture.send(fixture.request(Method::HEAD, &path)).await.status, 200);
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    cdr_mediation::Spool::remove(&fixture.spool, &key).unwrap();
    assert_eq!(fixture.get(&path).await.status, 404, "the file is gone");
}
