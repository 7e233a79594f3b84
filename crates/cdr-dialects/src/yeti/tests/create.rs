//! `POST /cdr-exports`: cases A, and other requests.

use cdr_export::Package;
use cdr_mediation::{ExportJob, ExportLimits, JobLedger, JobState};
use cdr_model::CdrField;
use cdr_query::Test;
use serde_json::{Value, json};

use super::support::{A1, A2, Answer, FOREIGN, NOW, Start, YetiFixture, uuid_of};

const FILTERS: &str = "/data/attributes/filters";

/// The default request of the cases.
fn default() -> Value {
    sent(json!({"filters": window()}), A1)
}

fn window() -> Value {
    json!({"time_start_gteq": "2018-01-01T00:00:00.000Z", "time_start_lt": "2018-01-02T00:00:00.000Z"})
}

fn sent(attributes: Value, account: i64) -> Value {
    let account = json!({"account": {"data": {"type": "accounts", "id": uuid_of(account)}}});
    json!({"data": {"type": "cdr-exports", "attributes": attributes, "relationships": account}})
}

/// The request with these filters in addition to the window.
fn with_filters(more: Value) -> Value {
    let mut filters = window();
    filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    sent(json!({"filters": filters}), A1)
}

/// The only export, and the answer.
async fn created(fixture: &YetiFixture, request: &Value) -> (ExportJob, Answer) {
    let answer = fixture.post("/cdr-exports", request).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(fixture.count(), 1);
    let id = answer.json()["data"]["id"].as_str().unwrap().parse().unwrap();
    (fixture.ledger.find(id).unwrap().unwrap(), answer)
}

/// The problems of a rejected request, which enters no export.
async fn refused(fixture: &YetiFixture, request: &Value) -> Vec<(String, String)> {
    let answer = fixture.post("/cdr-exports", request).await;
    assert_eq!(fixture.count(), 0, "{request}");
    answer.invalid()
}

fn one(detail: &str, pointer: &str) -> Vec<(String, String)> {
    vec![(detail.to_owned(), pointer.to_owned())]
}

fn all_filters() -> Value {
    json!({
        "success_eq": true, "duration_eq": 60, "duration_gteq": 0, "duration_lteq": 100,
        "src_prefix_routing_eq": "123", "dst_prefix_routing_eq": "456",
    })
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a01_to_a04_an_export_is_entered_and_answered() {
    for start in [Start::default(), Start::default().seeing(&[A1])] {
        let fixture = start.fixture();
        let (job, answer) = created(&fixture, &default()).await;
        assert!(matches!(job.state, JobState::Pending));
        assert_eq!((job.order.account_id, job.order.customer_id), (Some(A1), Some(7)));
        assert_eq!((job.order.callback, job.rows, job.created_at), (None, None, NOW.parse().unwrap()));
        let spec = &job.order.request.as_ref().unwrap().spec;
        assert_eq!((spec.layout.sheets[0].columns.len(), spec.package), (29, Package::Gzip));
        let conditions = &job.order.request.as_ref().unwrap().query.conditions;
        assert!(conditions.iter().any(|it| it.field() == CdrField::AccountId && *it.test() == Test::Eq(A1.into())));

        let data = &answer.json()["data"];
        assert_eq!(data["type"], "cdr-exports");
        let expected = json!({
            "filters": window(), "status": "Pending", "rows-count": null, "created-at": NOW, "updated-at": NOW,
            "time-format": "with_timezone", "time-zone-name": null,
        });
        assert_eq!(data["attributes"], expected);
        let relationships: Vec<&String> = data["relationships"].as_object().unwrap().keys().collect();
        assert_eq!(relationships, ["account"]);
        assert_eq!(answer.header("Location"), data["links"]["self"]);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a05_and_a06_a_zone_is_stored_as_sent() {
    for zone in ["Europe/Kyiv", ""] {
        let (job, answer) =
            created(&YetiFixture::new(), &sent(json!({"filters": window(), "time-zone-name": zone}), A1)).await;
        assert_eq!(answer.json()["data"]["attributes"]["time-zone-name"], zone);
        assert_eq!(answer.json()["data"]["attributes"]["filters"], window());
        assert_eq!(job.order.request.as_ref().unwrap().spec.zone, if zone.is_empty() { "UTC" } else { zone });
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a07_zones_are_those_of_the_database() {
    let fixture = YetiFixture::new();
    for zone in ["invalid value", "europe/kyiv", "posix/Europe/Kyiv", "right/Europe/Kyiv", "+02:00", "Z", "localtime"] {
        let problems = refused(&fixture, &sent(json!({"filters": window(), "time-zone-name": zone}), A1)).await;
        let expected = one("time-zone-name - is not included in the list", "/data/attributes/time-zone-name");
        assert_eq!(problems, expected, "{zone}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a08_and_a09_all_filters_are_converted_and_echoed() {
    let (job, answer) = created(&YetiFixture::new(), &with_filters(all_filters())).await;
    let mut expected = window();
    expected.as_object_mut().unwrap().extend(all_filters().as_object().unwrap().clone());
    assert_eq!(answer.json()["data"]["attributes"]["filters"], expected);
    let conditions: Vec<String> =
        job.order.request.as_ref().unwrap().query.conditions.iter().map(ToString::to_string).collect();
    let narrowed = "account_id=1,2,3";
    assert_eq!(
        conditions,
        [
            "success=true",
            "talk>=60s",
            "talk<61s",
            // A call without a talk time has the duration 0.
            "talk(>=0s or !)",
            "talk(<101s or !)",
            "calling_routed=123",
            "called_routed=456",
            "account_id=1",
            narrowed,
        ]
    );
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a10_to_a25_invalid_orders_are_reported_and_not_entered() {
    let no_account = json!({"data": {
        "type": "cdr-exports", "attributes": {"filters": window()}, "relationships": {},
    }});
    let only = |filters: Value| sent(json!({"filters": filters}), A1);
    let (gteq, lt) = (json!({"time_start_gteq": "2018-01-01"}), json!({"time_start_lt": "2018-01-02"}));
    let not_theirs = json!({"customer_id_eq": 123, "customer_acc_id_eq": 456});
    let account = "/data/relationships/account";
    for (case, request, expected) in [
        ("A10, A11", no_account, one("account - can't be blank", account)),
        ("A12, A13", sent(json!({}), A1), one("filters - can't be blank", FILTERS)),
        ("A14, A15", only(lt), one("filters - requires time_start_gteq", FILTERS)),
        ("A16, A17", only(gteq), one("filters - requires time_start_lt", FILTERS)),
        (
            "A18, A19",
            only(json!({"success_eq": true})),
            [one("filters - requires time_start_gteq", FILTERS), one("filters - requires time_start_lt", FILTERS)]
                .concat(),
        ),
        (
            "A20, A21",
            with_filters(not_theirs),
            one("filters - customer_id_eq, customer_acc_id_eq not allowed", FILTERS),
        ),
        ("A22, A23", sent(json!({"filters": window()}), FOREIGN), one("account - is invalid", account)),
    ] {
        assert_eq!(refused(&YetiFixture::new(), &request).await, expected, "{case}");
    }
    let fixture = Start::default().seeing(&[A2]).fixture();
    assert_eq!(refused(&fixture, &default()).await, one("account - is invalid", account), "A24, A25");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn all_problems_are_reported_together_by_attribute() {
    let fixture = YetiFixture::new();
    let request = json!({"data": {"type": "cdr-exports", "attributes": {
        "filters": {"foo": 1, "baz": 2, "time_start_lt": "soon", "customer_id_eq": 1},
        "time-format": "", "time-zone-name": "Mars/Olympus",
    }}});
    let details: Vec<String> = refused(&fixture, &request).await.into_iter().map(|(detail, _)| detail).collect();
    let list = "is not included in the list: with_timezone, without_timezone, round_to_seconds";
    assert_eq!(
        details,
        [
            "filters - foo, baz not allowed",
            "filters - requires time_start_gteq",
            "filters - requires time_start_lt",
            "filters - customer_id_eq not allowed",
            "time-zone-name - is not included in the list",
            "account - can't be blank",
            "time-format - can't be blank",
            &format!("time-format - {list}"),
        ]
    );
    let answer = fixture.post("/cdr-exports", &sent(json!({"filters": window(), "time-format": "x"}), A1)).await;
    let error = json!({"errors": [{
        "title": list, "detail": format!("time-format - {list}"), "code": "100",
        "source": {"pointer": "/data/attributes/time-format"}, "status": "422",
    }]});
    assert_eq!(answer.text(), error.to_string(), "also the order of members");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn blank_filters_are_only_reported_as_blank() {
    for filters in [
        json!(null),
        json!({}),
        json!(""),
        json!([]),
        json!({"success_eq": false}),
        json!({"time_start_gteq": "", "duration_eq": null}),
        json!({"time_start_gteq": "soon"}),
    ] {
        let problems = refused(&YetiFixture::new(), &sent(json!({"filters": filters}), A1)).await;
        assert_eq!(problems, one("filters - can't be blank", FILTERS), "{filters}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn values_are_read_as_leniently_as_in_the_original() {
    for (key, value, repeated) in [
        ("duration_eq", json!("12abc"), json!(12)),
        ("duration_eq", json!("abc"), json!(0)),
        ("duration_eq", json!(60.9), json!(60)),
        ("duration_eq", json!(""), Value::Null),
        ("success_eq", json!("no"), json!(true)),
        ("success_eq", json!("f"), json!(false)),
        ("src_prefix_routing_eq", json!(123), json!("123")),
        ("src_prefix_routing_eq", json!(true), json!("t")),
        ("src_prefix_routing_eq", json!(""), Value::Null),
        ("time_start_lt", json!("2018-01-02 00:00:00"), json!("2018-01-02T00:00:00.000Z")),
        ("time_start_lt", json!("2 Jan 2018"), json!("2018-01-02T00:00:00.000Z")),
        ("time_start_lt", json!("2018-01-01 19:00:00 EST"), json!("2018-01-02T00:00:00.000Z")),
        ("time_start_lt", json!("Tue Jan 02 2018 02:00:00 GMT+0200 (EET)"), json!("2018-01-02T00:00:00.000Z")),
        ("time_start_lt", json!("2018-01-02T02:00:00.1239+02:00"), json!("2018-01-02T00:00:00.123Z")),
    ] {
        let (_, answer) = created(&YetiFixture::new(), &with_filters(json!({key: value}))).await;
        assert_eq!(answer.json()["data"]["attributes"]["filters"][key], repeated, "{key}: {value}");
    }
    // Spaces around a number are ignored; a blank number filters nothing.
    for (value, asked) in [(" 49 ", Some("calling_routed=49")), ("  ", None)] {
        let (job, _) = created(&YetiFixture::new(), &with_filters(json!({"src_prefix_routing_eq": value}))).await;
        let conditions: Vec<String> =
            job.order.request.as_ref().unwrap().query.conditions.iter().map(ToString::to_string).collect();
        assert_eq!(conditions.iter().find(|it| it.starts_with("calling")).map(String::as_str), asked);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_answer_has_the_requested_members() {
    let fixture = YetiFixture::new();
    let path = "/cdr-exports?include=account&fields[cdr-exports]=status,account&fields[accounts]=name";
    let answer = fixture.post(path, &default()).await;
    assert_eq!(answer.status, 201);
    let document = answer.json();
    assert_eq!(document["data"]["attributes"], json!({"status": "Pending"}));
    let linkage = json!({"type": "accounts", "id": uuid_of(A1)});
    assert_eq!(document["data"]["relationships"]["account"]["data"], linkage);
    assert_eq!(document["included"][0]["attributes"], json!({"name": "account 1"}));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn hidden_columns_and_time_formats_are_part_of_the_specification() {
    let hide = |options: &mut crate::yeti::YetiOptions| {
        options.hidden_columns = vec!["auth_orig_ip".to_owned(), "lega_user_agent".to_owned()];
    };
    let fixture = Start::default().with(hide).fixture();
    let (job, answer) =
        created(&fixture, &sent(json!({"filters": window(), "time-format": "round_to_seconds"}), A1)).await;
    let sheet = &job.order.request.as_ref().unwrap().spec.layout.sheets[0];
    let headings: Vec<&str> = sheet.columns.iter().map(|column| column.heading.as_str()).collect();
    assert_eq!((headings.len(), headings.contains(&"Auth Orig Ip")), (27, false));
    assert_eq!(job.order.request.as_ref().unwrap().spec.layout.styles.times, cdr_export::TimeStyle::PgLocalSeconds);
    assert_eq!(answer.json()["data"]["attributes"]["time-format"], "round_to_seconds");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_order_beyond_a_limit_is_refused_as_a_whole() {
    let none = ExportLimits::default();
    for (limits, accepted, message) in [
        (
            ExportLimits { pending_per_customer: Some(2), ..none },
            2,
            "2 exports are pending, which is the limit; try again later",
        ),
        (ExportLimits { pending: Some(1), ..none }, 1, "too many exports are pending on this server; try again later"),
        (
            ExportLimits { bytes_per_customer: Some(0), ..none },
            0,
            "the files of finished exports have reached their limit of 0 bytes; order again when some have expired",
        ),
        (ExportLimits { bytes: Some(0), ..none }, 0, "the space for finished exports is used up; try again later"),
    ] {
        let fixture = Start { limits, ..Start::default() }.fixture();
        for _ in 0..accepted {
            assert_eq!(fixture.post("/cdr-exports", &default()).await.status, 201, "{message}");
        }
        let answer = fixture.post("/cdr-exports", &default()).await;
        let error = json!({"errors": [{
            "title": message, "detail": message, "code": "100", "source": {"pointer": "/data"}, "status": "422",
        }]});
        assert_eq!((answer.status, answer.text()), (422, &*error.to_string()));
        assert_eq!(fixture.count(), accepted, "{message}");
        fixture.work();
        let again = fixture.post("/cdr-exports", &default()).await.status;
        assert_eq!(again == 201, limits.bytes.or(limits.bytes_per_customer).is_none(), "{message}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_reversed_window_is_empty() {
    let filters = json!({"time_start_gteq": "2018-01-02", "time_start_lt": "2018-01-01"});
    let fixture = YetiFixture::new();
    let (job, _) = created(&fixture, &sent(json!({"filters": filters}), A1)).await;
    fixture.work();
    assert_eq!(fixture.ledger.find(job.id).unwrap().unwrap().rows, Some(0));
}
