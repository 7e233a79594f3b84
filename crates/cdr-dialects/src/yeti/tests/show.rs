//! `GET /cdr-exports/{id}`, its relationship and its account: cases C.

use cdr_mediation::JobLedger;
use cdr_mediation::{ExportStatus, Progress, Step};
use serde_json::json;

use super::support::{A1, A2, NOW, Start, YetiFixture, uuid_of};
use crate::yeti::YetiOptions;

const BASE: &str = "http://example.org/api/rest/customer/v1";

/// The export X of the cases, ordered by an administrator.
fn x(fixture: &YetiFixture, account: Option<i64>) -> String {
    let filters = json!({"time_start_gteq": "2018-01-01T00:00:00.000Z", "time_start_lteq": "2018-03-01T00:00:00.000Z"});
    let memo = json!({"fields": ["success", "id"], "filters": filters, "callback": null});
    fixture.export("yeti-admin", account, ExportStatus::Pending, &memo).id.to_string()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn c01_and_c03_an_export_is_shown_with_the_filters_of_customers() {
    for start in [Start::default(), Start::default().seeing(&[A1])] {
        let fixture = start.fixture();
        let id = x(&fixture, Some(A1));
        let answer = fixture.get(&format!("/cdr-exports/{id}")).await;
        let address = format!("{BASE}/cdr-exports/{id}");
        let expected = json!({"data": {
            "id": id,
            "type": "cdr-exports",
            "links": {"self": address},
            "attributes": {
                "filters": {"time_start_gteq": "2018-01-01T00:00:00.000Z"},
                "status": "Pending",
                "rows-count": null,
                "created-at": NOW,
                "updated-at": NOW,
                "time-format": "with_timezone",
                "time-zone-name": null,
            },
            "relationships": {"account": {"links": {
                "self": format!("{address}/relationships/account"),
                "related": format!("{address}/account"),
            }}},
        }});
        assert_eq!((answer.status, answer.text()), (200, &*expected.to_string()));
        assert_eq!(answer.header("Content-Type"), "application/vnd.api+json");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn c02_and_c04_exports_of_others_are_not_found() {
    for (start, account) in [(Start::default(), None), (Start::default().seeing(&[A2]), Some(A1))] {
        let fixture = start.fixture();
        let id = x(&fixture, account);
        let (status, code, title, detail) = fixture.get(&format!("/cdr-exports/{id}")).await.error();
        assert_eq!((status, &*code, &*title), (404, "404", "Record not found"));
        assert_eq!(detail, format!("The record identified by {id} could not be found."));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn c05_and_c06_the_account_is_included() {
    let fixture = YetiFixture::new();
    let id = x(&fixture, Some(A1));
    let document = fixture.get(&format!("/cdr-exports/{id}?include=account")).await.json();
    let included = document["included"].as_array().unwrap();
    assert_eq!((included.len(), &included[0]["id"]), (1, &json!(uuid_of(A1))));
    assert_eq!(included[0]["type"], "accounts");
    assert_eq!(document["data"]["relationships"]["account"]["data"], json!({"type": "accounts", "id": uuid_of(A1)}));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_relationship_and_its_target() {
    let fixture = YetiFixture::new();
    let id = x(&fixture, Some(A1));
    let linkage = fixture.get(&format!("/cdr-exports/{id}/relationships/account")).await;
    let address = format!("{BASE}/cdr-exports/{id}");
    let expected = json!({
        "data": {"type": "accounts", "id": uuid_of(A1)},
        "links": {"self": format!("{address}/relationships/account"), "related": format!("{address}/account")},
    });
    assert_eq!(linkage.text(), expected.to_string());
    let related = fixture.get(&format!("/cdr-exports/{id}/account")).await.json();
    assert_eq!(related, fixture.get(&format!("/accounts/{}", uuid_of(A1))).await.json());
    assert_eq!(related.as_object().unwrap().len(), 1);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn only_the_requested_fields() {
    let fixture = YetiFixture::new();
    let id = x(&fixture, Some(A1));
    for (query, attributes, relationships) in [
        ("fields[cdr-exports]=status,rows-count", json!({"status": "Pending", "rows-count": null}), false),
        ("fields%5Bcdr-exports%5D=account,status", json!({"status": "Pending"}), true),
        ("fields[cdr-exports]=account", json!(null), true),
    ] {
        let data = &fixture.get(&format!("/cdr-exports/{id}?{query}")).await.json()["data"];
        assert_eq!(data["attributes"], attributes, "{query}");
        assert_eq!(data.get("relationships").is_some(), relationships, "{query}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn sums_of_hidden_columns_are_left_out() {
    for (hidden, missing) in [
        (&[][..], &[][..]),
        (&["customer_price"], &["money"]),
        (&["duration", "time_start"], &["talk-seconds", "first", "last"]),
    ] {
        let hide = |options: &mut YetiOptions| options.hidden_columns = hidden.iter().map(|it| (*it).into()).collect();
        let fixture = Start::default().with(hide).fixture();
        let order = json!({"data": {
            "type": "cdr-exports",
            "attributes": {"filters": {"time_start_gteq": "2018-01-01", "time_start_lt": "2018-01-02"}},
            "relationships": {"account": {"data": {"type": "accounts", "id": uuid_of(A1)}}},
        }});
        let id = fixture.post("/cdr-exports", &order).await.json()["data"]["id"].as_str().unwrap().to_owned();
        fixture.work();
        let receipt = &fixture.get(&format!("/cdr-exports/{id}")).await.json()["data"]["meta"]["receipt"];
        for member in ["talk-seconds", "money", "first", "last"] {
            assert_eq!(receipt.get(member).is_none(), missing.contains(&member), "{hidden:?} {member}");
        }
        assert_eq!(receipt["rows"], 0);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn progress_expiry_and_receipt_are_meta_members() {
    let fixture = YetiFixture::new();
    let done = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({}));
    let failed = fixture.export("yeti", Some(A1), ExportStatus::Failed, &json!({}));
    let pending = fixture.export("yeti", Some(A1), ExportStatus::Pending, &json!({}));
    let claim = fixture.ledger.claim(NOW.parse().unwrap(), None).unwrap().unwrap();
    let elapsed = std::time::Duration::from_secs(10);
    let progress = Progress { step: Step::Calls, rows: 20, expected: 100, elapsed };
    assert!(fixture.ledger.renew(&claim, progress).unwrap());
    let running = pending;
    let withdrawn = fixture.export("yeti", Some(A1), ExportStatus::Withdrawn, &json!({}));
    let show = async |id: uuid::Uuid| fixture.get(&format!("/cdr-exports/{id}")).await.json()["data"].clone();

    let shown = show(done.id).await;
    assert_eq!((&shown["attributes"]["status"], &shown["attributes"]["rows-count"]), (&json!("Completed"), &json!(0)));
    assert_eq!(shown["meta"]["expires-at"], "2024-11-21T09:56:05.767Z");
    let receipt = &shown["meta"]["receipt"];
    assert_eq!(receipt["rows"], 0);
    assert_eq!(receipt["file"]["name"], format!("{}.csv.gz", done.id));
    assert_eq!(receipt["file"]["sha256"].as_str().unwrap().len(), 64);
    assert!(!receipt.to_string().contains("account"), "internal numbers are not shown to customers");

    let shown = show(failed.id).await;
    assert_eq!(
        (&shown["attributes"]["status"], shown.get("meta")),
        (&json!("Failed"), None),
        "the reason is not shown to customers"
    );
    let shown = show(running.id).await;
    assert_eq!(shown["attributes"]["status"], "Pending");
    assert_eq!(shown["meta"], json!({"progress": {"rows": 20, "expected-rows": 100, "seconds-left": 40}}));
    let shown = show(withdrawn.id).await;
    assert_eq!((&shown["attributes"]["status"], shown.get("meta")), (&json!("Deleted"), None));
}
