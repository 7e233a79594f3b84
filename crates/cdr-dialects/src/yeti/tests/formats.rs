//! Paths that end in `.json`, as Ruby on Rails accepts them.

use actix_web::http::Method;
use cdr_mediation::ExportStatus;
use cdr_model::Cdr;
use serde_json::json;

use super::support::{A1, NOW, Start, request, uuid_of};

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_format_in_the_path_changes_nothing() {
    let at = NOW.parse().unwrap();
    let calls = vec![Cdr { account_id: A1, started_at: at, billed_at: at, ..Cdr::default() }];
    let fixture = Start { calls, ..Start::default() }.fixture();
    let id = fixture.exports(&[(Some(A1), ExportStatus::Completed)])[0];
    let account = uuid_of(A1);
    for path in [
        "/auth".to_owned(),
        "/accounts".to_owned(),
        format!("/accounts/{account}"),
        "/cdr-exports".to_owned(),
        format!("/cdr-exports/{id}"),
        format!("/cdr-exports/{id}/account"),
        format!("/cdr-exports/{id}/relationships/account"),
        format!("/cdr-exports/{id}/download"),
        "/cdrs".to_owned(),
        "/cdrs/1".to_owned(),
        "/cdrs/1/account".to_owned(),
    ] {
        let (plain, named) = (fixture.get(&path).await, fixture.get(&format!("{path}.json")).await);
        assert_eq!((plain.status, named.status), (200, 200), "{path}");
        assert!(plain.body == named.body, "{path}");
        assert_eq!(plain.header("Content-Type"), named.header("Content-Type"), "{path}");
    }
    let paged = fixture.get("/cdr-exports.json?page[size]=1&filter[status_eq]=Completed").await.json();
    let first = paged["links"]["first"].as_str().unwrap();
    assert!(first.contains("/cdr-exports?filter"), "links have no format: {first}");
    for path in ["/cdr-exports.xml", "/cdr-exports/1.json", "/nothing.json", "/cdr-exports.json/"] {
        assert_eq!(fixture.get(path).await.status, 404, "{path}");
    }
    let account = json!({"data": {"type": "accounts", "id": account}});
    let order = json!({"data": {
        "type": "cdr-exports",
        "attributes": {"filters": {"time_start_gteq": "2018-01-01", "time_start_lt": "2018-01-02"}},
        "relationships": {"account": account},
    }});
    assert_eq!(fixture.post("/cdr-exports.json", &order).await.status, 201);
    let chart = json!({"data": {"type": "chart-active-calls", "relationships": {"account": account}}});
    assert_eq!(fixture.post("/chart-active-calls.json", &chart).await.status, 201);
    assert_eq!(fixture.send(request(Method::DELETE, "/auth.json")).await.status, 204);
}
